resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name = "${var.name}-${each.key}"
  description   = each.value.description
  role          = aws_iam_role.function[each.key].arn
  kms_key_arn   = var.kms_key_arn
  tags          = var.tags

  filename         = "${local.packages_dir}/${each.key}.zip"
  source_code_hash = try(filebase64sha256("${local.packages_dir}/${each.key}.zip"), null)
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]

  memory_size                    = each.value.memory
  timeout                        = each.value.timeout
  reserved_concurrent_executions = each.value.reserved_concurrency

  environment {
    variables = merge(local.environment, { for name, value in each.value.environment : name => value if value != "" })
  }

  # The programs write JSON themselves; with the format JSON, Lambda would wrap it again and
  # CloudWatch would not find the metrics in it.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.function[each.key].name
  }

  tracing_config {
    mode = "Active"
  }

  lifecycle {
    precondition {
      condition     = fileexists("${local.packages_dir}/${each.key}.zip")
      error_message = "There is no ${each.key}.zip in ${local.packages_dir}. Build the packages first, or set packages_dir."
    }
  }

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# What EventBridge handed over and progress could not do.
resource "aws_lambda_function_event_invoke_config" "progress" {
  function_name                = aws_lambda_function.this["progress"].function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letters["progress"].arn
    }
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "without_a_key_aws_encrypts_with_its_own" {
  command = plan

  assert {
    condition     = alltrue([for q in concat([aws_sqs_queue.notifications, aws_sqs_queue.channels], values(aws_sqs_queue.dead_letters)) : q.sqs_managed_sse_enabled])
    error_message = "Queues are encrypted by SQS."
  }

  assert {
    condition     = aws_sns_topic.notifications.kms_master_key_id == "alias/aws/sns" && aws_sns_topic.emails.kms_master_key_id == "alias/aws/sns" && aws_secretsmanager_secret.slack.kms_key_id == null
    error_message = "Topics have SNS's own key; CloudWatch could not publish to a topic of alarms that has it."
  }

  assert {
    condition     = length(aws_dynamodb_table.requests.server_side_encryption) == 0 || try(aws_dynamodb_table.requests.server_side_encryption[0].enabled, false) == false
    error_message = "The table has AWS's own key."
  }
}

run "a_key_encrypts_everything" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = alltrue([for q in concat([aws_sqs_queue.notifications, aws_sqs_queue.channels], values(aws_sqs_queue.dead_letters)) : q.kms_master_key_id == var.kms_key_arn])
    error_message = "Every queue uses the key."
  }

  assert {
    condition     = alltrue([for t in [aws_sns_topic.notifications, aws_sns_topic.emails, aws_sns_topic.alarms[0]] : t.kms_master_key_id == var.kms_key_arn])
    error_message = "Every topic uses the key."
  }

  assert {
    condition     = alltrue([for g in concat([aws_cloudwatch_log_group.api], values(aws_cloudwatch_log_group.machine), values(aws_cloudwatch_log_group.function)) : g.kms_key_id == var.kms_key_arn])
    error_message = "Every log group uses the key."
  }

  assert {
    condition     = alltrue([for f in aws_lambda_function.this : f.kms_key_arn == var.kms_key_arn])
    error_message = "The functions' environment uses the key."
  }

  assert {
    condition     = aws_dynamodb_table.requests.server_side_encryption[0].kms_key_arn == var.kms_key_arn && aws_secretsmanager_secret.slack.kms_key_id == var.kms_key_arn
    error_message = "The table and the secret use the key."
  }
}

# EventBridge -> state machine.

resource "aws_cloudwatch_event_rule" "non_compliant" {
  name        = "${var.name}-non-compliant"
  description = "A scan found patches missing on a managed node: ask its owner."
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.ssm"]
    detail-type = ["Configuration Compliance State Change"]
    detail = {
      compliance-type   = ["Patch"]
      compliance-status = ["non_compliant"]
    }
  })
}

resource "aws_cloudwatch_event_target" "non_compliant" {
  rule     = aws_cloudwatch_event_rule.non_compliant.name
  arn      = aws_sfn_state_machine.this["patch-approval"].arn
  role_arn = aws_iam_role.start.arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters["events"].arn
  }

  depends_on = [aws_sqs_queue_policy.events_dead_letters]
}

resource "aws_iam_role" "start" {
  name               = "${var.name}-start"
  description        = "Lets EventBridge start executions of the state machine."
  assume_role_policy = data.aws_iam_policy_document.start_trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "start" {
  name   = "start"
  role   = aws_iam_role.start.id
  policy = data.aws_iam_policy_document.start.json
}

data "aws_iam_policy_document" "start_trust" {
  statement {
    sid     = "EventBridgeForThisRule"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["${local.rule_arn}-non-compliant"]
    }
  }
}

data "aws_iam_policy_document" "start" {
  statement {
    sid       = "StartThisMachine"
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.this["patch-approval"].arn]
  }
}

# EventBridge -> function progress.

locals {
  hook_names = distinct([for name in var.hook_documents : reverse(split("/", name))[0]])

  progress_events = {
    commands = {
      description = "A patch command changed its status."
      pattern = {
        source      = ["aws.ssm"]
        detail-type = ["EC2 Command Invocation Status-change Notification"]
        # An event names a document by its name or by its ARN; a command that is not patchbot's is ignored.
        detail = { document-name = concat(["AWS-RunPatchBaseline"], [for name in local.hook_names : { suffix = name }]) }
      }
    }
    snapshots = {
      description = "The snapshots of all volumes of an instance completed or failed."
      pattern = {
        source      = ["aws.ec2"]
        detail-type = ["EBS Multi-Volume Snapshots Completion Status"]
      }
    }
    tags = {
      description = "A tag changed that says whether an instance is patched, beside which others, or who decides."
      pattern = {
        source      = ["aws.tag"]
        detail-type = ["Tag Change on Resource"]
        detail = {
          service          = ["ec2", "ssm"]
          resource-type    = ["instance", "managed-instance"]
          changed-tag-keys = [{ equals-ignore-case = "owner" }, { equals-ignore-case = "patch-channel" }, { equals-ignore-case = "patch-group" }, { equals-ignore-case = "patch-approvals" }, { equals-ignore-case = "patch-policy" }]
        }
      }
    }
    executions = {
      description = "An execution that a request belongs to ended."
      pattern = {
        source      = ["aws.states"]
        detail-type = ["Step Functions Execution Status Change"]
        detail = {
          stateMachineArn = [local.machine_arns["patch-approval"], local.machine_arns["roll-back"]]
          status          = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
        }
      }
    }
  }
}

resource "aws_cloudwatch_event_rule" "progress" {
  for_each = local.progress_events

  name          = "${var.name}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "progress" {
  for_each = local.progress_events

  rule = aws_cloudwatch_event_rule.progress[each.key].name
  arn  = aws_lambda_function.this["progress"].arn

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters["events"].arn
  }

  depends_on = [aws_sqs_queue_policy.events_dead_letters]
}

resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "${var.name}-sweep"
  description         = "Once a minute, progress does what a crash or a refusal left undone."
  schedule_expression = "rate(1 minute)"
  tags                = var.tags
}

# A sweep that could not be delivered is not worth keeping: the next one does the same.
resource "aws_cloudwatch_event_target" "sweep" {
  rule = aws_cloudwatch_event_rule.sweep.name
  arn  = aws_lambda_function.this["progress"].arn

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 1
  }
}

resource "aws_cloudwatch_event_rule" "end_backups" {
  name                = "${var.name}-end-backups"
  description         = "Once an hour, progress deletes the snapshots of backups that nobody needs any more."
  schedule_expression = "rate(1 hour)"
  tags                = var.tags
}

# As a sweep.
resource "aws_cloudwatch_event_target" "end_backups" {
  rule  = aws_cloudwatch_event_rule.end_backups.name
  arn   = aws_lambda_function.this["progress"].arn
  input = jsonencode({ patchbot-schedule = "end-backups" })

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 1
  }
}

resource "aws_lambda_permission" "progress" {
  for_each = merge(
    { for key, rule in aws_cloudwatch_event_rule.progress : key => rule.arn },
    { sweep = aws_cloudwatch_event_rule.sweep.arn, end-backups = aws_cloudwatch_event_rule.end_backups.arn },
  )

  statement_id  = "Rule-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this["progress"].function_name
  principal     = "events.amazonaws.com"
  source_arn    = each.value
}

resource "aws_sqs_queue_policy" "events_dead_letters" {
  queue_url = aws_sqs_queue.dead_letters["events"].id
  policy    = data.aws_iam_policy_document.events_dead_letters.json
}

data "aws_iam_policy_document" "events_dead_letters" {
  source_policy_documents = [data.aws_iam_policy_document.tls_only["events_dead_letters"].json]

  statement {
    sid       = "TakeFromOurRulesOnly"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters["events"].arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values = concat(
        [aws_cloudwatch_event_rule.non_compliant.arn],
        [for key in sort(keys(local.progress_events)) : aws_cloudwatch_event_rule.progress[key].arn],
      )
    }
  }
}

# EventBridge Scheduler -> state machine find-missing. Events are hints: what was non-compliant
# before patchbot came, whose event was lost or whose request ended without an install is
# found by looking.

locals {
  find_missing_schedules = var.find_missing_schedule == null ? {} : { find-missing = var.find_missing_schedule }
}

# A group of its own: the role's trust can name a group of schedules, nothing narrower.
resource "aws_scheduler_schedule_group" "this" {
  for_each = local.find_missing_schedules

  name = var.name
  tags = var.tags
}

resource "aws_scheduler_schedule" "find_missing" {
  for_each = local.find_missing_schedules

  name                = "${var.name}-${each.key}"
  group_name          = aws_scheduler_schedule_group.this[each.key].name
  description         = "Looks for instances that patches are missing on, and starts a patch approval for each."
  schedule_expression = each.value

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sfn_state_machine.this["find-missing"].arn
    role_arn = aws_iam_role.schedule[each.key].arn
    input    = jsonencode({}) # without one, Scheduler sends an event of its own making

    # A look that comes hours late is as good; the next one makes up for a lost one.
    retry_policy {
      maximum_event_age_in_seconds = 21600
      maximum_retry_attempts       = 60
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters["events"].arn
    }
  }

  depends_on = [aws_iam_role_policy.schedule]
}

resource "aws_iam_role" "schedule" {
  for_each = local.find_missing_schedules

  name               = "${var.name}-${each.key}-schedule"
  description        = "Lets EventBridge Scheduler start the state machine ${each.key}."
  assume_role_policy = data.aws_iam_policy_document.schedule_trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "schedule" {
  for_each = local.find_missing_schedules

  name   = "schedule"
  role   = aws_iam_role.schedule[each.key].id
  policy = data.aws_iam_policy_document.schedule.json
}

data "aws_iam_policy_document" "schedule_trust" {
  statement {
    sid     = "SchedulerForThisGroup"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    # The group's ARN: Scheduler names no single schedule.
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule-group/${var.name}"]
    }
  }
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "StartFindMissing"
    actions   = ["states:StartExecution"]
    resources = [local.machine_arns["find-missing"]]
  }

  # Scheduler gives up in the role's name; unlike a rule, it needs no word in the queue's policy.
  statement {
    sid       = "KeepFailedStarts"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters["events"].arn]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "UseKeyOfQueue"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = local.via["sqs"]
      }
    }
  }
}

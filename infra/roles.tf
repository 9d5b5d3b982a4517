# One role for each function. All three perform the same outbox, so most statements are the
# same; what a single function needs besides stands at the end.

resource "aws_iam_role" "function" {
  for_each = local.functions

  name               = "${var.name}-${each.key}"
  description        = "What the function ${each.key} may do."
  assume_role_policy = data.aws_iam_policy_document.function_trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions

  name   = each.key
  role   = aws_iam_role.function[each.key].id
  policy = data.aws_iam_policy_document.function[each.key].json
}

data "aws_iam_policy_document" "function_trust" {
  statement {
    sid     = "Lambda"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "function" {
  for_each = local.functions

  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
  }

  statement {
    sid       = "SendTraces"
    actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"] # X-Ray has no resource-level permissions for traces
  }

  statement {
    sid       = "ReadTable"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
    resources = [aws_dynamodb_table.requests.arn]
  }

  # A transaction is allowed by the actions of its parts.
  statement {
    sid       = "WriteRequestsLocksAndTurns"
    actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
    resources = [aws_dynamodb_table.requests.arn]
  }

  # A denial, where allowing only the other keys would do as well: AWS's guide does not say that
  # the parts of a transaction tell their keys, and every write of ours is one but for those of
  # PaceChannels.
  statement {
    sid       = "NeverWriteOwners"
    effect    = "Deny"
    actions   = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.requests.arn]

    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["OWNERS"]
    }
  }

  # Requests, their audit trail, digests and turns end by time to live only.
  statement {
    sid       = "NeverDeleteRequestsOrAudit"
    effect    = "Deny"
    actions   = ["dynamodb:DeleteItem"]
    resources = [aws_dynamodb_table.requests.arn]

    condition {
      test     = "ForAnyValue:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["CHANNEL#*", "DIGEST#*", "PACE#*", "REQUEST#*", "TURNS#*"]
    }
  }

  statement {
    sid       = "FindRequests"
    actions   = ["dynamodb:Query"]
    resources = ["${aws_dynamodb_table.requests.arn}/index/*"]
  }

  statement {
    sid       = "ReadSlackSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.slack.arn]
  }

  # AWS's reference names no resource for these two, but Step Functions checks the state
  # machine that the task token belongs to.
  statement {
    sid       = "ResumeTheseMachines"
    actions   = ["states:SendTaskFailure", "states:SendTaskSuccess"]
    resources = [aws_sfn_state_machine.this["patch-approval"].arn, aws_sfn_state_machine.this["roll-back"].arn]
  }

  # Whether one runs, and, when an answer's delivery was not confirmed, what it took.
  statement {
    sid       = "LookAtExecutions"
    actions   = ["states:DescribeExecution", "states:GetExecutionHistory"]
    resources = [for machine in ["patch-approval", "roll-back"] : "arn:${local.partition}:states:${local.region}:${local.account}:execution:${var.name}-${machine}:*"]
  }

  statement {
    sid       = "LookAtCommandsSnapshotsAndReplacements"
    actions   = ["ec2:DescribeReplaceRootVolumeTasks", "ec2:DescribeSnapshots", "ssm:ListCommandInvocations"]
    resources = ["*"] # none of them has resource-level permissions
  }

  # A click asks for it, and any function may start what another left.
  statement {
    sid       = "StartRollBacks"
    actions   = ["states:StartExecution"]
    resources = [local.machine_arns["roll-back"]]
  }

  statement {
    sid       = "SignalChannels"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.channels.arn]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = flatten([for service in ["dynamodb", "lambda", "secretsmanager", "sns", "sqs"] : local.via[service]])
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "notify" ? [aws_sqs_queue.notifications.arn] : []

    content {
      sid       = "ReceiveNotifications"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = each.key == "notify" ? [aws_sqs_queue.channels.arn] : []

    content {
      sid       = "ReceiveSignals"
      actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [statement.value]
    }
  }

  # These writes are no transactions, so their key is known: only what paces the chat.
  dynamic "statement" {
    for_each = each.key == "notify" ? [aws_dynamodb_table.requests.arn] : []

    content {
      sid       = "PaceChannels"
      actions   = ["dynamodb:UpdateItem"]
      resources = [statement.value]

      condition {
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["CHANNEL#*", "PACE#*"]
      }

      # ForAllValues holds of no keys, too.
      condition {
        test     = "Null"
        variable = "dynamodb:LeadingKeys"
        values   = ["false"]
      }
    }
  }

  # /patch request has an instance looked at.
  dynamic "statement" {
    for_each = each.key == "interact" ? [local.machine_arns["patch-approval"]] : []

    content {
      sid       = "AskAgain"
      actions   = ["states:StartExecution"]
      resources = [statement.value]
    }
  }

  # The sweep sends all mails.
  dynamic "statement" {
    for_each = each.key == "progress" ? [aws_sns_topic.emails.arn] : []

    content {
      sid       = "PublishEmails"
      actions   = ["sns:Publish"]
      resources = [statement.value]
    }
  }

  # Backups end. Which snapshots are ours, the request says; the tag keeps all others out of reach.
  dynamic "statement" {
    for_each = each.key == "progress" ? [local.snapshots] : []

    content {
      sid       = "DeleteTaggedSnapshots"
      actions   = ["ec2:DeleteSnapshot"]
      resources = [statement.value]

      condition {
        test     = "StringLike"
        variable = "aws:ResourceTag/patchbot:request"
        values   = ["r-*"]
      }
    }
  }

  # The sweep wakes every channel that must still see something.
  dynamic "statement" {
    for_each = each.key == "progress" ? ["${aws_dynamodb_table.requests.arn}/index/by-unshown"] : []

    content {
      sid       = "FindChannels"
      actions   = ["dynamodb:Scan"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = each.key == "progress" ? [aws_sqs_queue.dead_letters["progress"].arn] : []

    content {
      sid       = "KeepFailedEvents"
      actions   = ["sqs:SendMessage"]
      resources = [statement.value]
    }
  }
}

# What every policy of a topic, a queue and the secret says: nothing over a connection that others
# can read.

locals {
  tls_only = merge(
    { for key, about in local.publishers : key => { resource = about.topic, actions = ["sns:Publish"] } },
    {
      for key, queue in merge(
        { notifications_queue = aws_sqs_queue.notifications, channels_queue = aws_sqs_queue.channels },
        { for key in keys(local.dead_letters) : "${key}_dead_letters" => aws_sqs_queue.dead_letters[key] },
      ) : key => { resource = queue.arn, actions = ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"] }
    },
    { secret = { resource = aws_secretsmanager_secret.slack.arn, actions = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"] } },
  )
}

data "aws_iam_policy_document" "tls_only" {
  for_each = local.tls_only

  statement {
    sid       = "NothingWithoutTLS"
    effect    = "Deny"
    actions   = each.value.actions
    resources = [each.value.resource]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# Who may publish: one role or a few, whatever policies others in the account have.

locals {
  publishers = {
    notifications = { topic = aws_sns_topic.notifications.arn, roles = [aws_iam_role.machine["patch-approval"].arn, aws_iam_role.machine["roll-back"].arn] }
    emails        = { topic = aws_sns_topic.emails.arn, roles = [aws_iam_role.function["progress"].arn] }
  }
}

resource "aws_sns_topic_policy" "publishers" {
  for_each = local.publishers

  arn    = each.value.topic
  policy = data.aws_iam_policy_document.publishers[each.key].json
}

data "aws_iam_policy_document" "publishers" {
  for_each = local.publishers

  source_policy_documents = [data.aws_iam_policy_document.tls_only[each.key].json]

  statement {
    sid       = "Publish"
    actions   = ["sns:Publish"]
    resources = [each.value.topic]

    principals {
      type        = "AWS"
      identifiers = each.value.roles
    }
  }

  statement {
    sid       = "NobodyElsePublishes"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [each.value.topic]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = each.value.roles
    }
  }
}

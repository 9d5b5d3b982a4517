# Who may publish: one role or a few, whatever policies others in the account have.

locals {
  publishers = {
    notifications = { topic = aws_sns_topic.notifications.arn, roles = [aws_iam_role.machine["patch-approval"].arn] }
    emails        = { topic = aws_sns_topic.emails.arn, roles = [for key in sort(keys(local.functions)) : aws_iam_role.function[key].arn] }
  }
}

resource "aws_sns_topic_policy" "publishers" {
  for_each = local.publishers

  arn    = each.value.topic
  policy = data.aws_iam_policy_document.publishers[each.key].json
}

data "aws_iam_policy_document" "publishers" {
  for_each = local.publishers

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

  statement {
    sid       = "NothingWithoutTLS"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [each.value.topic]

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

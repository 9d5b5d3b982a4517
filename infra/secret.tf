# Slack's token and signing secret. The value is written by `patchbot setup`, never by
# Terraform, so that it is in no state and in no plan.
resource "aws_secretsmanager_secret" "slack" {
  name                    = "${var.name}/slack"
  description             = "patchbot's Slack token and signing secret."
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_policy" "slack" {
  secret_arn          = aws_secretsmanager_secret.slack.arn
  policy              = data.aws_iam_policy_document.secret.json
  block_public_policy = true
}

# Who reads the secret can post as the bot and sign as Slack. Policies of the account's own
# roles decide; nobody else's count, nor does a connection that others can read.
data "aws_iam_policy_document" "secret" {
  source_policy_documents = [data.aws_iam_policy_document.tls_only["secret"].json]

  statement {
    sid       = "NobodyOfAnotherAccount"
    effect    = "Deny"
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
    resources = [aws_secretsmanager_secret.slack.arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalAccount"
      values   = [local.account]
    }
  }
}

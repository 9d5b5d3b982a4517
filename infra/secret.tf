# Slack's token and signing secret. The value is written by `patchbot setup`, never by
# Terraform, so that it is in no state and in no plan.
resource "aws_secretsmanager_secret" "slack" {
  name                    = "${var.name}/slack"
  description             = "patchbot's Slack token and signing secret."
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
  tags                    = var.tags
}

# What installs and scans print. The instances write it themselves, so that their own roles need the right.
resource "aws_cloudwatch_log_group" "command_output" {
  name              = "/${var.name}/command-output"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

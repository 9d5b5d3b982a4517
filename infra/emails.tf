# For requests that cannot reach their owner in Slack. A message carries the attribute
# "owner"; each subscription takes only its own.

resource "aws_sns_topic" "emails" {
  name              = "${var.name}-emails"
  display_name      = "patchbot"
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

# The owner must confirm once, through the mail that AWS sends.
resource "aws_sns_topic_subscription" "owner" {
  for_each = { for name, owner in var.owners : name => owner.email if owner.email != null }

  topic_arn           = aws_sns_topic.emails.arn
  protocol            = "email"
  endpoint            = each.value
  filter_policy_scope = "MessageAttributes"
  filter_policy       = jsonencode({ owner = [each.key] })
}

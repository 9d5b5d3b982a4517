# For requests that cannot reach their owner in Slack. A message carries the attribute
# "owner"; each subscription takes only the mail of its owners.

resource "aws_sns_topic" "emails" {
  name              = "${var.name}-emails"
  display_name      = "patchbot"
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

locals {
  # Owners by their address: a topic takes an address only once.
  owners_by_email = { for name, owner in var.owners : owner.email => name... if owner.email != null }
}

# Whoever reads the address must confirm once, through the mail that AWS sends.
resource "aws_sns_topic_subscription" "owner" {
  for_each = local.owners_by_email

  topic_arn           = aws_sns_topic.emails.arn
  protocol            = "email"
  endpoint            = each.key
  filter_policy_scope = "MessageAttributes"
  filter_policy       = jsonencode({ owner = sort(each.value) })
}

# For owners whom Slack does not reach, or who want mail besides. A message carries the attribute
# "owner"; each subscription takes only the mail of its owners.

resource "aws_sns_topic" "emails" {
  name              = "${var.name}-emails"
  display_name      = "patchbot"
  kms_master_key_id = coalesce(var.kms_key_arn, "alias/aws/sns")
  tags              = var.tags
}

locals {
  # A mailbox is a key of var.emails, or else an address itself. Both are known before anything
  # is made, also where an address of var.emails is not.
  owners_by_mailbox = { for name, owner in var.owners : owner.email => name... if owner.email != null }
  addresses         = { for mailbox in keys(local.owners_by_mailbox) : mailbox => lookup(var.emails, mailbox, mailbox) }
}

# Whoever reads the address must confirm once, through the mail that AWS sends.
resource "aws_sns_topic_subscription" "owner" {
  for_each = local.owners_by_mailbox

  topic_arn           = aws_sns_topic.emails.arn
  protocol            = "email"
  endpoint            = local.addresses[each.key]
  filter_policy_scope = "MessageAttributes"
  filter_policy       = jsonencode({ owner = sort(each.value) })
}

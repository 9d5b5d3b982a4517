locals {
  # How many are patched at once, as bot.ParseAtOnce reads it: a number, or a share in percent.
  at_once = "^([1-9][0-9]{0,2}|1000|([1-9][0-9]?|100)%)$"

  # When patching is offered to be scheduled for, as bot.ParseWindow reads it, but for the zone's name.
  patch_window = "^(?i:daily|(mon|tue|wed|thu|fri|sat|sun)(,(mon|tue|wed|thu|fri|sat|sun))*) ([01][0-9]|2[0-3]):[0-5][0-9] [A-Za-z][A-Za-z0-9_+/-]*$"
}

# The owner directory, one item each, as bot/dynamostore reads it. What an owner does not
# have is left out.
resource "aws_dynamodb_table_item" "owner" {
  for_each = var.owners

  table_name = aws_dynamodb_table.requests.name
  hash_key   = aws_dynamodb_table.requests.hash_key
  range_key  = aws_dynamodb_table.requests.range_key

  item = jsonencode(merge(
    {
      pk = { S = "OWNERS" }
      sk = { S = each.key }
    },
    { for name, value in { channel = each.value.channel, escalation_channel = each.value.escalation_channel, at_once = each.value.at_once, patch_window = each.value.patch_window, email = each.value.email == null ? null : local.addresses[each.value.email] } : name => { S = value } if value != null },
    {
      for name, ids in {
        approver_users    = each.value.approver_users
        approver_groups   = each.value.approver_groups
        escalation_users  = each.value.escalation_users
        escalation_groups = each.value.escalation_groups
      } :
      name => { L = [for id in sort(ids) : { S = id }] } if length(ids) > 0
    },
    each.value.notify == null ? {} : { notify = { L = [for id in sort(each.value.notify) : { S = id }] } },
    each.value.email_when == null ? {} : { email_when = { S = each.value.email_when } },
    each.value.approval_page == null ? {} : { approval_page = { BOOL = each.value.approval_page } },
    each.value.canary == null ? {} : { canary = { BOOL = each.value.canary } },
    each.value.hold_after == null ? {} : { hold_after = { N = tostring(each.value.hold_after) } },
    each.value.backup_days == null ? {} : { backup_days = { N = tostring(each.value.backup_days) } },
    each.value.approvals_required == null ? {} : { approvals_required = { N = tostring(each.value.approvals_required) } },
  ))
}

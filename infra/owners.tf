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
    { for name, value in { channel = each.value.channel, email = each.value.email == null ? null : local.addresses[each.value.email] } : name => { S = value } if value != null },
    {
      for name, ids in { approver_users = each.value.approver_users, approver_groups = each.value.approver_groups } :
      name => { L = [for id in sort(ids) : { S = id }] } if length(ids) > 0
    },
  ))
}

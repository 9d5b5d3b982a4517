# Requests, their audit trail, locks, turns, digests, the pace of channels, and owners.
# bot/dynamostore documents the items; its TableInput has the same keys and indexes.

locals {
  # The indexes' partition and sort keys, and what they hold beside keys.
  table_indexes = {
    by-instance = { hash = "instance_id", range = "created_at", holds = null }
    by-owner    = { hash = "owner_status", range = "created_at", holds = null }
    by-channel  = { hash = "open_channel", range = "created_at", holds = null }
    by-wait     = { hash = "waiting_for", range = "created_at", holds = null }
    by-due      = { hash = "unperformed", range = "due_at", holds = null }
    by-month    = { hash = "month", range = "created_at", holds = ["summary"] }
    by-unshown  = { hash = "unshown_channel", range = "unshown_since", holds = ["unshown"] }
  }
}

resource "aws_dynamodb_table" "requests" {
  name                        = "${var.name}-requests"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = var.deletion_protection
  hash_key                    = "pk"
  range_key                   = "sk"
  tags                        = var.tags

  dynamic "attribute" {
    for_each = sort(distinct(concat(["pk", "sk"], [for i in values(local.table_indexes) : i.hash], [for i in values(local.table_indexes) : i.range])))

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.table_indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash
      range_key          = global_secondary_index.value.range
      projection_type    = global_secondary_index.value.holds == null ? "KEYS_ONLY" : "INCLUDE"
      non_key_attributes = global_secondary_index.value.holds
    }
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  # Without a key of one's own, DynamoDB encrypts with a key that AWS owns.
  dynamic "server_side_encryption" {
    for_each = var.kms_key_arn[*]

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }
}

# Requests, their audit trail, locks and owners. bot/dynamostore documents the items; its
# TableInput has the same keys and indexes.

locals {
  # Partition keys of the indexes. All are sorted by created_at and hold keys only.
  table_indexes = {
    by-instance = "instance_id"
    by-owner    = "owner_status"
    by-channel  = "open_channel"
    by-wait     = "waiting_for"
    by-outbox   = "unperformed"
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
    for_each = concat(["pk", "sk", "created_at"], sort(values(local.table_indexes)))

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.table_indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value
      range_key       = "created_at"
      projection_type = "KEYS_ONLY"
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

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel = "C0123456789"

  owners = {
    payments = {
      channel         = "C0234567891"
      approver_users  = ["U0234567891", "U0123456789"]
      approver_groups = ["S0123456789"]
      email           = "payments@example.com"
    }
    "web team" = {}
  }
}

run "owners_become_items_and_subscriptions" {
  command = plan

  assert {
    condition = jsondecode(aws_dynamodb_table_item.owner["payments"].item) == {
      pk              = { S = "OWNERS" }
      sk              = { S = "payments" }
      channel         = { S = "C0234567891" }
      approver_users  = { L = [{ S = "U0123456789" }, { S = "U0234567891" }] }
      approver_groups = { L = [{ S = "S0123456789" }] }
      email           = { S = "payments@example.com" }
    }
    error_message = "An owner's item has everything that was said of the owner."
  }

  assert {
    condition     = jsondecode(aws_dynamodb_table_item.owner["web team"].item) == { pk = { S = "OWNERS" }, sk = { S = "web team" } }
    error_message = "What an owner does not have is left out."
  }

  assert {
    condition     = keys(aws_sns_topic_subscription.owner) == ["payments"]
    error_message = "Owners with an address are subscribed, others are not."
  }

  assert {
    condition = (
      aws_sns_topic_subscription.owner["payments"].endpoint == "payments@example.com" &&
      aws_sns_topic_subscription.owner["payments"].filter_policy_scope == "MessageAttributes" &&
      jsondecode(aws_sns_topic_subscription.owner["payments"].filter_policy) == { owner = ["payments"] }
    )
    error_message = "A subscription takes only its owner's mail."
  }
}

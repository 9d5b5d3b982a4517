mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }

  owners = {
    payments = {
      channel         = "C0234567891"
      approver_users  = ["U0234567891", "U0123456789"]
      approver_groups = ["S0123456789"]
      notify          = ["here", "U0123456789"]
      email           = "payments@example.com"
      email_when      = "always"
      approval_page   = false
      at_once         = "25%"
      canary          = false
      hold_after      = 2
      backup_days     = 30

      approvals_required = 2

      patch_window = "Sat,Sun 02:00 Europe/Berlin"

      escalation_channel = "C0345678912"
      escalation_users   = ["U0345678912"]
      escalation_groups  = ["S0234567891"]
    }
    ledger     = { email = "payments@example.com", notify = [] }
    data       = { email = "data@example.com" }
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
      notify          = { L = [{ S = "U0123456789" }, { S = "here" }] }
      email           = { S = "payments@example.com" }
      email_when      = { S = "always" }
      approval_page   = { BOOL = false }
      at_once         = { S = "25%" }
      canary          = { BOOL = false }
      hold_after      = { N = "2" }
      backup_days     = { N = "30" }

      approvals_required = { N = "2" }

      patch_window = { S = "Sat,Sun 02:00 Europe/Berlin" }

      escalation_channel = { S = "C0345678912" }
      escalation_users   = { L = [{ S = "U0345678912" }] }
      escalation_groups  = { L = [{ S = "S0234567891" }] }
    }
    error_message = "An owner's item has everything that was said of the owner."
  }

  assert {
    condition     = jsondecode(aws_dynamodb_table_item.owner["ledger"].item).notify == { L = [] }
    error_message = "An owner may have nobody notified."
  }

  assert {
    condition     = jsondecode(aws_dynamodb_table_item.owner["web team"].item) == { pk = { S = "OWNERS" }, sk = { S = "web team" } }
    error_message = "What an owner does not have is left out."
  }

  assert {
    condition     = keys(aws_sns_topic_subscription.owner) == ["data@example.com", "payments@example.com"]
    error_message = "Every address is subscribed once, however many owners have it."
  }

  assert {
    condition = alltrue([
      for address, subscription in aws_sns_topic_subscription.owner :
      subscription.endpoint == address && subscription.protocol == "email" && subscription.filter_policy_scope == "MessageAttributes"
    ])
    error_message = "A subscription mails to its address."
  }

  assert {
    condition = { for address, subscription in aws_sns_topic_subscription.owner : address => jsondecode(subscription.filter_policy) } == {
      "data@example.com"     = { owner = ["data"] }
      "payments@example.com" = { owner = ["ledger", "payments"] }
    }
    error_message = "A subscription takes only the mail of its owners."
  }
}

run "an_address_that_is_not_known_yet_is_planned" {
  command = plan

  module {
    source = "./tests/unknown"
  }
}

run "and_subscribed_once_it_is_known" {
  module {
    source = "./tests/unknown"
  }

  assert {
    condition     = output.emails_topic_arn != null
    error_message = "It is applied, too."
  }
}

run "an_address_with_a_name_is_subscribed_once" {
  command = plan

  variables {
    emails = { oncall = "oncall@example.com" }
    owners = {
      payments = { email = "oncall" }
      ledger   = { email = "oncall" }
      data     = { email = "data@example.com" }
    }
  }

  assert {
    condition     = { for mailbox, subscription in aws_sns_topic_subscription.owner : mailbox => subscription.endpoint } == { oncall = "oncall@example.com", "data@example.com" = "data@example.com" }
    error_message = "A name stands for its address."
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.owner["oncall"].filter_policy) == { owner = ["ledger", "payments"] }
    error_message = "Owners may share an address by its name."
  }

  assert {
    condition     = jsondecode(aws_dynamodb_table_item.owner["ledger"].item).email == { S = "oncall@example.com" }
    error_message = "The store reads addresses, not names."
  }
}

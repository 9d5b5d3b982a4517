# What the module can do: a key of its own, owners, patch policies, an existing alarm topic.

provider "aws" {
  region = var.region

  default_tags {
    tags = { team = "platform" }
  }
}

locals {
  name = "patchbot"
}

module "patchbot" {
  source = "../.."

  name            = local.name
  tags            = { service = "patchbot" }
  default_channel = "C0123456789"

  default_approvers = {
    user_ids  = ["U0345678912"]
    group_ids = ["S0345678912"]
  }
  platform_channel = "C0345678912"

  owners = {
    payments = {
      channel        = "C0234567891"
      approver_users = ["U0123456789", "U0234567891"]
      email          = "payments@example.com"
      at_once        = "2"
      hold_after     = 2

      approvals_required = 2 # different people

      escalation_channel = "C0456789123"
    }
    data = {
      approver_groups = ["S0123456789"]
      email           = "data@example.com"
      email_when      = "always" # besides Slack
      approval_page   = false    # and without links that decide
    }
    ledger = {
      email = "payments@example.com" # mailboxes may be shared
    }
    "web team" = {
      channel = "G0345678912"
    }
  }

  turns = { at_once = "25%", canary = true }

  find_missing_schedule = "cron(0 6 * * ? *)" # two hours after the scans begin
  severity              = "security"
  backup                = true
  answer_within_hours   = 48
  after_no_answer       = "ask_again"
  ask_again_after_days  = 14
  backup_within_minutes = 90
  patch_within_minutes  = 180
  scan_within_minutes   = 30

  critical_answer_within_hours = 24

  # Nothing is reserved for functions: a new account runs ten at once and refuses any
  # reservation. Larger ones may set notify_reserved_concurrency and progress_reserved_concurrency.
  packages_dir   = var.packages_dir
  architecture   = "arm64"
  throttle_rate  = 10
  throttle_burst = 20

  kms_key_arn             = aws_kms_key.patchbot.arn
  deletion_protection     = var.deletion_protection
  secret_recovery_days    = var.secret_recovery_days
  log_retention_days      = 90
  machine_log_level       = "ALL"
  alarm_topic             = { arn = aws_sns_topic.alarms.arn }
  queue_age_alarm_seconds = 600
}

module "patch_policies" {
  source = "../../modules/patch-policies"

  name                   = local.name
  tags                   = { service = "patchbot" }
  scan_schedule          = "cron(0 4 * * ? *)"
  install_schedule       = "cron(0 2 ? * SAT *)"
  install_timezone       = "Europe/Berlin"
  install_duration_hours = 3
}

resource "aws_sns_topic" "alarms" {
  name              = "platform-alarms"
  kms_master_key_id = aws_kms_key.patchbot.arn
}

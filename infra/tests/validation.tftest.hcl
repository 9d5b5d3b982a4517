mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel = "C0123456789"
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    name                          = "Patch Bot"
    default_channel               = "#patching"
    severity                      = "high"
    answer_within_hours           = 0
    backup_within_minutes         = 1.5
    patch_within_minutes          = 60
    scan_within_minutes           = 0
    architecture                  = "amd64"
    notify_reserved_concurrency   = 1
    progress_reserved_concurrency = 0
    slack_api_url                 = "slack.com/api/"
    aws_endpoint_url              = "localhost:4566"
    throttle_rate                 = 0
    throttle_burst                = 0
    kms_key_arn                   = "alias/patchbot"
    secret_recovery_days          = 3
    log_retention_days            = 31
    machine_log_level             = "DEBUG"
    alarm_topic                   = { arn = "platform-alarms" }
    queue_age_alarm_seconds       = 10
  }

  expect_failures = [
    var.name, var.default_channel, var.severity, var.answer_within_hours, var.backup_within_minutes,
    var.patch_within_minutes, var.scan_within_minutes, var.architecture, var.notify_reserved_concurrency,
    var.progress_reserved_concurrency, var.slack_api_url, var.aws_endpoint_url, var.throttle_rate,
    var.throttle_burst, var.kms_key_arn, var.secret_recovery_days, var.log_retention_days,
    var.machine_log_level, var.alarm_topic, var.queue_age_alarm_seconds,
  ]
}

run "an_owner_without_a_name_is_refused" {
  command = plan

  variables {
    owners = { " payments" = {} }
  }

  expect_failures = [var.owners]
}

run "an_owner_with_a_channel_name_is_refused" {
  command = plan

  variables {
    owners = { payments = { channel = "#payments" } }
  }

  expect_failures = [var.owners]
}

run "an_approver_by_name_is_refused" {
  command = plan

  variables {
    owners = { payments = { approver_users = ["U0123456789", "@ada"] } }
  }

  expect_failures = [var.owners]
}

run "a_group_that_is_a_user_is_refused" {
  command = plan

  variables {
    owners = { payments = { approver_groups = ["U0123456789"] } }
  }

  expect_failures = [var.owners]
}

run "an_email_of_too_many_owners_is_refused" {
  command = plan

  variables {
    owners = { for i in range(151) : "owner-${i}" => { email = "payments@example.com" } }
  }

  expect_failures = [var.owners]
}

run "a_wrong_email_is_refused" {
  command = plan

  variables {
    owners = { payments = { email = "payments at example.com" } }
  }

  expect_failures = [var.owners]
}

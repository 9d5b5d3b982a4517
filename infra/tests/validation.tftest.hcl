mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    name                          = "Patch Bot"
    default_channel               = "#patching"
    default_approvers             = { user_ids = ["@ada"], group_ids = ["oncall"], default_channel_members = true }
    platform_channel              = "#platform"
    interact_reserved_concurrency = 1
    policy_tag_value              = "patch: on approval"
    find_missing_schedule         = "daily"
    baseline_override             = "https://s3.us-east-1.amazonaws.com/my-overrides/baseline_overrides.json"
    ask_again_after_days          = 366
    base_path                     = "patchbot/"
    severity                      = "high"
    answer_within_hours           = 0
    schedule_within_hours         = 0.5
    patch_window                  = "Saturday 2am"
    turn_within_hours             = 0.5
    change_calendars              = ["release freeze"]
    freeze_within_hours           = 4001
    critical_answer_within_hours  = 0.5
    after_no_answer               = "install"
    turns                         = { at_once = "0", hold_after = 0 }
    backup_days                   = 0
    hook_documents                = ["drain web"]
    hook_within_minutes           = 4
    backup_within_minutes         = 2881
    patch_within_minutes          = 60
    scan_within_minutes           = 0
    roll_back_within_minutes      = 20
    back_within_minutes           = 4
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
    var.name, var.default_channel, var.default_approvers, var.platform_channel, var.interact_reserved_concurrency, var.severity, var.answer_within_hours, var.schedule_within_hours, var.patch_window, var.turn_within_hours, var.change_calendars, var.freeze_within_hours, var.turns, var.backup_within_minutes,
    var.patch_within_minutes, var.scan_within_minutes, var.roll_back_within_minutes, var.back_within_minutes, var.architecture, var.notify_reserved_concurrency,
    var.progress_reserved_concurrency, var.slack_api_url, var.aws_endpoint_url, var.throttle_rate,
    var.throttle_burst, var.kms_key_arn, var.secret_recovery_days, var.log_retention_days,
    var.machine_log_level, var.alarm_topic, var.queue_age_alarm_seconds, var.policy_tag_value,
    var.find_missing_schedule, var.baseline_override, var.ask_again_after_days, var.base_path,
    var.critical_answer_within_hours, var.after_no_answer, var.backup_days, var.hook_documents, var.hook_within_minutes,
  ]
}

run "addresses_and_answers_about_mail_are_checked" {
  command = plan

  variables {
    url    = "http://patchbot.example.com/"
    owners = { payments = { email = "payments@example.com", email_when = "sometimes" } }
  }

  expect_failures = [var.url, var.owners]
}

run "fewer_writers_than_aws_allows_are_refused" {
  command = plan

  variables {
    channels_concurrency = 1
  }

  expect_failures = [var.channels_concurrency]
}

run "a_reservation_that_the_queues_exceed_is_refused" {
  command = plan

  variables {
    notify_reserved_concurrency = 6
  }

  expect_failures = [var.notify_reserved_concurrency]
}

run "a_name_that_systems_manager_keeps_for_aws_is_refused" {
  command = plan

  variables {
    name = "ssm-patching"
  }

  expect_failures = [var.name]
}

run "a_tag_value_that_yaml_reads_as_no_text_is_refused" {
  command = plan

  variables {
    policy_tag_value = "On"
  }

  expect_failures = [var.policy_tag_value]
}

run "the_tag_value_of_the_schedule_is_refused" {
  command = plan

  variables {
    policy_tag_value = "patch-on-schedule"
  }

  expect_failures = [var.policy_tag_value]
}

run "a_look_that_happens_only_once_is_refused" {
  command = plan

  variables {
    find_missing_schedule = "at(2026-12-01T06:00:00)"
  }

  expect_failures = [var.find_missing_schedule]
}

run "an_override_from_a_bucket_of_ones_own_is_refused" {
  command = plan

  variables {
    baseline_override = "s3://patches/aws-quicksetup-patchpolicy-1/baseline_overrides.json"
  }

  expect_failures = [var.baseline_override]
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

run "an_owner_with_a_window_in_words_is_refused" {
  command = plan

  variables {
    owners = { payments = { patch_window = "Saturday night" } }
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

run "more_than_five_approvals_are_refused" {
  command = plan

  variables {
    owners = { payments = { approvals_required = 6 } }
  }

  expect_failures = [var.owners]
}

run "no_approval_is_refused" {
  command = plan

  variables {
    owners = { payments = { approvals_required = 0 } }
  }

  expect_failures = [var.owners]
}

run "backups_of_more_than_a_year_are_refused" {
  command = plan

  variables {
    owners = { payments = { backup_days = 366 } }
  }

  expect_failures = [var.owners]
}

run "half_an_approval_is_refused" {
  command = plan

  variables {
    owners = { payments = { approvals_required = 1.5 } }
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

run "an_address_with_two_names_is_refused" {
  command = plan

  variables {
    emails = { one = "payments@example.com", two = "payments@example.com" }
  }

  expect_failures = [var.emails]
}

run "an_address_that_has_a_name_and_is_written_out_is_refused" {
  command = plan

  variables {
    emails = { oncall = "payments@example.com" }
    owners = { payments = { email = "payments@example.com" } }
  }

  expect_failures = [var.owners]
}

run "an_owner_with_an_unknown_mailbox_is_refused" {
  command = plan

  variables {
    emails = { oncall = "payments@example.com" }
    owners = { payments = { email = "on-call" } }
  }

  expect_failures = [var.owners]
}

run "somebody_to_notify_by_name_is_refused" {
  command = plan

  variables {
    owners = { payments = { notify = ["@ada"] } }
  }

  expect_failures = [var.owners]
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "a_short_time_to_answer_has_the_reminders_that_fit" {
  command = plan

  variables {
    answer_within_hours = 48
  }

  assert {
    condition     = jsonencode(local.waits.usual) == "[[0,86400,172800,false],[1,57600,86400,false],[2,28800,28800,true]]"
    error_message = "A reminder after a day, and an escalation after five sixths of the time."
  }
}

run "one_hour_has_none" {
  command = plan

  variables {
    answer_within_hours = 1
  }

  assert {
    condition     = jsonencode(local.waits.usual) == "[[0,3600,3600,false]]" && local.waits.critical == local.waits.usual
    error_message = "There is no time to remind."
  }
}

run "critical_patches_are_more_urgent" {
  command = plan

  variables {
    critical_answer_within_hours  = 24
    critical_remind_after_hours   = [4, 8, 12]
    critical_escalate_after_hours = 12
  }

  assert {
    condition     = jsonencode(local.waits.critical) == "[[0,14400,86400,false],[1,14400,72000,false],[2,14400,57600,false],[3,43200,43200,true]]"
    error_message = "The last reminder escalates."
  }

  assert {
    condition     = jsonencode(local.waits.usual) == "[[0,86400,259200,false],[1,86400,172800,false],[2,43200,86400,false],[3,43200,43200,true]]"
    error_message = "The others wait as before."
  }
}

run "a_shorter_time_for_critical_patches_keeps_the_reminders_that_fit" {
  command = plan

  variables {
    remind_after_hours           = [12, 24, 36]
    critical_answer_within_hours = 24
  }

  assert {
    condition     = jsonencode(local.waits.critical) == "[[0,43200,86400,false],[1,28800,43200,false],[2,14400,14400,true]]"
    error_message = "A reminder after twelve hours, and an escalation after twenty."
  }
}

run "nobody_is_reminded" {
  command = plan

  variables {
    remind_after_hours   = []
    escalate_after_hours = 0
  }

  assert {
    condition     = jsonencode(local.waits.usual) == "[[0,259200,259200,false]]" && local.waits.critical == local.waits.usual
    error_message = "There is nothing but the question."
  }
}

run "reminders_after_the_end_are_refused" {
  command = plan

  variables {
    remind_after_hours          = [24, 72]
    critical_remind_after_hours = [48, 24]
  }

  expect_failures = [var.remind_after_hours, var.critical_remind_after_hours]
}

run "eleven_reminders_are_refused" {
  command = plan

  variables {
    remind_after_hours          = range(1, 12)
    critical_remind_after_hours = range(1, 12)
  }

  expect_failures = [var.remind_after_hours, var.critical_remind_after_hours]
}

run "an_escalation_before_the_last_reminder_is_refused" {
  command = plan

  variables {
    escalate_after_hours          = 24
    critical_escalate_after_hours = 72
  }

  expect_failures = [var.escalate_after_hours, var.critical_escalate_after_hours]
}

run "an_escalation_by_name_is_refused" {
  command = plan

  variables {
    owners = { payments = { escalation_users = ["@boss"] } }
  }

  expect_failures = [var.owners]
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "without_change_calendars_none_may_be_read" {
  assert {
    condition     = !strcontains(jsonencode(data.aws_iam_policy_document.patch_approval.statement[*].sid), "ReadChangeCalendars")
    error_message = "What nobody configured is not allowed."
  }
}

run "change_calendars_are_read_and_no_other_document" {
  variables {
    change_calendars    = ["release-freeze", "arn:aws:ssm:us-east-1:210987654321:document/company-freeze"]
    freeze_within_hours = 48
  }

  assert {
    condition     = local.machine_values.calendars == "[\"release-freeze\",\"arn:aws:ssm:us-east-1:210987654321:document/company-freeze\"]"
    error_message = "The machine names them as they were given."
  }

  assert {
    condition     = strcontains(aws_sfn_state_machine.this["patch-approval"].definition, "release-freeze")
    error_message = "The machine reads them."
  }

  assert {
    condition = jsonencode([for s in data.aws_iam_policy_document.patch_approval.statement : [sort(s.actions), sort(s.resources)] if s.sid == "ReadChangeCalendars"]) == jsonencode([[
      ["ssm:GetCalendarState"],
      ["arn:aws:ssm:us-east-1:123456789012:document/release-freeze", "arn:aws:ssm:us-east-1:210987654321:document/company-freeze"],
    ]])
    error_message = "The role may read these calendars' states, and nothing else of documents."
  }

  assert {
    condition     = local.machine_values.freeze_looks == "[7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200,7200]"
    error_message = "The bound is shared out in parts of 24."
  }
}

run "a_calendar_that_is_none_is_refused" {
  command = plan

  variables {
    change_calendars = ["release-freeze", "release-freeze"]
  }

  expect_failures = [var.change_calendars]
}

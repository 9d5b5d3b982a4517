mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "patchbot_looks_once_a_day" {
  assert {
    condition = alltrue([
      for call in ["ssm:describeInstanceInformation", "ssm:describeInstancePatchStates", "tag:patch-policy", "states:startExecution", local.machine_arns["patch-approval"]] :
      strcontains(aws_sfn_state_machine.this["find-missing"].definition, call)
    ])
    error_message = "It finds tagged nodes, reads what is missing and starts patch approvals."
  }

  assert {
    condition     = aws_scheduler_schedule.find_missing["find-missing"].schedule_expression == "rate(1 day)" && aws_scheduler_schedule.find_missing["find-missing"].flexible_time_window[0].mode == "OFF"
    error_message = "Once a day, on time."
  }

  assert {
    condition     = aws_scheduler_schedule.find_missing["find-missing"].target[0].arn == aws_sfn_state_machine.this["find-missing"].arn && aws_scheduler_schedule.find_missing["find-missing"].target[0].input == "{}"
    error_message = "The schedule starts the machine."
  }

  assert {
    condition     = aws_scheduler_schedule.find_missing["find-missing"].target[0].dead_letter_config[0].arn == aws_sqs_queue.dead_letters["events"].arn && aws_scheduler_schedule.find_missing["find-missing"].target[0].retry_policy[0].maximum_retry_attempts == 60
    error_message = "A start that fails is tried again, then kept."
  }

  assert {
    condition = jsondecode(aws_ssm_parameter.installation.value).find_missing == {
      state_machine_arn = aws_sfn_state_machine.this["find-missing"].arn
      schedule_group    = "patchbot"
      schedule          = "patchbot-find-missing"
    }
    error_message = "The doctor finds machine and schedule."
  }

  assert {
    condition     = output.find_missing_arn == aws_sfn_state_machine.this["find-missing"].arn
    error_message = "The machine's ARN is an output."
  }

  assert {
    condition     = toset([for name in ["find-missing-failed", "find-missing-timed-out"] : aws_cloudwatch_metric_alarm.this[name].metric_name]) == toset(["ExecutionsFailed", "ExecutionsTimedOut"])
    error_message = "A look that failed is an alarm."
  }

  assert {
    condition     = length([for graph in local.graphs : graph if contains(["Looks for what was missed", "Longest look, milliseconds", "Starts by the schedule"], graph.title)]) == 3 && length(local.graphs) % 3 == 0
    error_message = "The looks have a row of the dashboard."
  }
}

run "null_switches_the_schedule_off" {
  command = plan

  variables {
    find_missing_schedule = null
  }

  assert {
    condition     = length(aws_scheduler_schedule.find_missing) == 0 && length(aws_scheduler_schedule_group.this) == 0 && length(aws_iam_role.schedule) == 0
    error_message = "Nothing of the schedule is left."
  }

  assert {
    condition     = aws_sfn_state_machine.this["find-missing"].name == "patchbot-find-missing"
    error_message = "The machine can still be started by hand."
  }
}

run "another_schedule" {
  command = plan

  variables {
    find_missing_schedule = "cron(30 6 ? * MON-FRI *)"
  }

  assert {
    condition     = aws_scheduler_schedule.find_missing["find-missing"].schedule_expression == "cron(30 6 ? * MON-FRI *)"
    error_message = "The schedule is the one that was given."
  }
}

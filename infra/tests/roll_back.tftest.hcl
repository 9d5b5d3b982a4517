mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "an_instance_goes_back_to_its_snapshot" {
  variables {
    policy_tag_value         = "ask-payments"
    roll_back_within_minutes = 48
  }

  assert {
    condition = alltrue([
      for call in ["ec2:createReplaceRootVolumeTask", "ec2:describeReplaceRootVolumeTasks", "tag:patchbot:instance", "ask-payments", "[120,240,480,960,1080]"] :
      strcontains(aws_sfn_state_machine.this["roll-back"].definition, call)
    ])
    error_message = "It finds tagged instances and our snapshots, and looks at the task within the bound."
  }

  assert {
    condition = alltrue([
      for s in data.aws_iam_policy_document.roll_back.statement : s.condition != null && length(s.condition) == 1
      if contains(["RollBackTaggedInstancesOnly", "RollBackToOurSnapshotsOnly", "ScanTaggedInstancesOnly", "TagTasksWhileCreatingThem"], s.sid)
    ])
    error_message = "What it may change depends on a tag, or on the call."
  }

  assert {
    condition     = alltrue([for f in aws_lambda_function.this : endswith(f.environment[0].variables["PATCHBOT_ROLL_BACK_MACHINE_ARN"], ":stateMachine:patchbot-roll-back")]) && output.roll_back_arn == aws_sfn_state_machine.this["roll-back"].arn
    error_message = "The functions know the machine, and so does an output."
  }

  assert {
    condition     = toset([for name in ["roll-back-failed", "roll-back-timed-out"] : aws_cloudwatch_metric_alarm.this[name].metric_name]) == toset(["ExecutionsFailed", "ExecutionsTimedOut"])
    error_message = "A roll back that failed is an alarm."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "a_channel_is_all_that_is_needed" {
  assert {
    condition     = strcontains(aws_sfn_state_machine.this["patch-approval"].definition, "States.StringToJson('[[0,86400,259200,false]")
    error_message = "The owner has three days to answer, and is reminded after the first."
  }

  assert {
    condition = local.machine_values == {
      partition               = "aws"
      notifications_topic_arn = "arn:aws-mock:sns:us-east-1:123456789012:mock"
      patch_approval_arn      = "arn:aws:states:us-east-1:123456789012:stateMachine:patchbot-patch-approval"
      policy_tag_value        = "patch-on-approval"
      baseline_override       = ""
      severity                = "security"
      backup                  = "true"
      waits                   = "[[0,86400,259200,false],[1,86400,172800,false],[2,43200,86400,false],[3,43200,43200,true]]"
      critical_waits          = "[[0,86400,259200,false],[1,86400,172800,false],[2,43200,86400,false],[3,43200,43200,true]]"
      schedule_within_seconds = "604800"
      turn_within_seconds     = "604800"
      freeze_within_seconds   = "5184000"
      calendars               = "[]"
      hook_documents          = "[\"\"]"
      hook_within_seconds     = "3600"
      hook_looks              = "[2400,300,300,600]"
      backup_within_seconds   = "86400"
      patch_within_seconds    = "28800"
      scan_within_seconds     = "14400"
      freeze_looks            = "[216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000,216000]"
      backup_looks            = "[3600,7200,14400,28800,32400]"
      patch_looks             = "[19200,2400,2400,4800]"
      scan_looks              = "[9600,1200,1200,2400]"

      roll_back_within_seconds = "7200"
      roll_back_looks          = "[300,600,1200,2400,2700]"
      back_within_seconds      = "1800"
      back_looks               = "[75,75,150,300,600,600]"
      output_log_group         = "/patchbot/command-output"
    }
    error_message = "Every placeholder has its value, as text."
  }

  assert {
    condition     = strcontains(aws_sfn_state_machine.this["patch-approval"].definition, "States.StringToJson('true')")
    error_message = "A backup comes before the install."
  }

  assert {
    condition     = alltrue([for machine in aws_sfn_state_machine.this : !strcontains(machine.definition, "$${")])
    error_message = "No placeholder is left."
  }

  assert {
    condition     = alltrue([for machine in aws_sfn_state_machine.this : machine.logging_configuration[0].include_execution_data == false && machine.logging_configuration[0].level == "ERROR"])
    error_message = "Errors are logged, execution data never."
  }

  assert {
    condition     = aws_dynamodb_table.requests.deletion_protection_enabled && aws_dynamodb_table.requests.point_in_time_recovery[0].enabled
    error_message = "The table is protected and can be restored."
  }

  assert {
    condition     = length(aws_sns_topic.alarms) == 1 && length(aws_dynamodb_table_item.owner) == 0
    error_message = "A topic for alarms is made, and nobody is in the owner directory."
  }

  assert {
    condition = output.slack_urls == {
      interactions = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/slack/interactions"
      commands     = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/slack/commands"
    }
    error_message = "The request URLs are those of the API."
  }
}

run "another_value_of_the_tag" {
  variables {
    policy_tag_value = "ask-payments"
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.patch_approval.statement :
      statement.sid if contains(flatten(statement.condition[*].values), "ask-payments")
    ] == ["SendToTaggedNodesOnly", "BackUpTaggedInstancesOnly"]
    error_message = "The machine touches nothing but instances with the tag."
  }

  assert {
    condition     = strcontains(aws_sfn_state_machine.this["find-missing"].definition, "ask-payments") && local.machine_values.policy_tag_value == "ask-payments"
    error_message = "Both machines look for the tag."
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.installation.value).machine.policy_tag_value == "ask-payments"
    error_message = "The doctor knows the tag."
  }
}

run "bounds_below_what_is_usual" {
  command = plan

  variables {
    backup_within_minutes = 30
    patch_within_minutes  = 130
    scan_within_minutes   = 20
    back_within_minutes   = 5
    baseline_override     = "https://s3.us-east-1.amazonaws.com/aws-quicksetup-patchpolicy-123456789012-abcde/baseline_overrides.json"
  }

  assert {
    condition     = [for step in ["backup", "patch", "scan", "back"] : local.machine_values["${step}_looks"]] == ["[75,150,300,600,675]", "[5200,650,650,1300]", "[800,100,100,200]", "[12,12,25,50,100,100]"]
    error_message = "The looks share out the bound."
  }

  assert {
    condition     = local.machine_values.baseline_override == var.baseline_override && jsondecode(aws_ssm_parameter.installation.value).machine.baseline_override == var.baseline_override
    error_message = "Machine and doctor know the override."
  }
}

run "the_queue_gives_notify_time_and_tries" {
  command = plan

  assert {
    condition     = aws_sqs_queue.notifications.visibility_timeout_seconds == 6 * aws_lambda_function.this["notify"].timeout
    error_message = "A message stays away for six timeouts of the function."
  }

  assert {
    condition     = local.notify_tries >= 5
    error_message = "A throttled function must not use a message's tries up."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.notify.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "One failed message does not repeat the others."
  }
}

run "a_channel_has_one_writer" {
  command = plan

  assert {
    condition     = aws_sqs_queue.channels.fifo_queue && !aws_sqs_queue.channels.content_based_deduplication && aws_sqs_queue.channels.deduplication_scope == "messageGroup" && aws_sqs_queue.channels.fifo_throughput_limit == "perMessageGroupId"
    error_message = "Each channel is a group of its own, whose sender says what is the same news."
  }

  assert {
    condition     = endswith(aws_sqs_queue.channels.name, ".fifo") && [for key, queue in aws_sqs_queue.dead_letters : key if queue.fifo_queue || endswith(queue.name, ".fifo")] == ["channels"] && aws_sqs_queue.dead_letters["channels"].name == "patchbot-channels-dead-letters.fifo"
    error_message = "What a FIFO queue gives up, a FIFO queue takes."
  }

  assert {
    condition     = aws_sqs_queue.channels.visibility_timeout_seconds == 6 * aws_lambda_function.this["notify"].timeout
    error_message = "A signal stays away for six timeouts of the function."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.channels.function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.channels.batch_size == 10 && aws_lambda_event_source_mapping.channels.scaling_config[0].maximum_concurrency == 5
    error_message = "Ten signals at once, five batches at once, and one that failed does not repeat those of other channels."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.notify.scaling_config[0].maximum_concurrency == 2
    error_message = "Notifications do not use up what the account runs at once."
  }

  assert {
    condition = [
      for sid in ["SignalChannels", "ReceiveSignals", "PaceChannels", "FindChannels"] :
      join(" ", sort([for name, policy in data.aws_iam_policy_document.function : name if contains(policy.statement[*].sid, sid)]))
    ] == ["interact notify progress", "notify", "notify", "progress"]
    error_message = "All wake writers, notify is one, and the sweep finds whom to wake."
  }
}

run "rules_hear_what_aws_says" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.non_compliant.event_pattern) == {
      source      = ["aws.ssm"]
      detail-type = ["Configuration Compliance State Change"]
      detail      = { compliance-type = ["Patch"], compliance-status = ["non_compliant"] }
    }
    error_message = "Non-compliant patch scans start the machine."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.progress["commands"].event_pattern) == {
      source      = ["aws.ssm"]
      detail-type = ["EC2 Command Invocation Status-change Notification"]
      detail      = { document-name = ["AWS-RunPatchBaseline"] }
    }
    error_message = "Patch commands are followed."
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.progress["snapshots"].event_pattern) == {
      source      = ["aws.ec2"]
      detail-type = ["EBS Multi-Volume Snapshots Completion Status"]
    }
    error_message = "Snapshots are followed."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.progress["executions"].event_pattern).detail.stateMachineArn == [for machine in ["patch-approval", "roll-back"] : "arn:aws:states:us-east-1:123456789012:stateMachine:patchbot-${machine}"]
    error_message = "Executions that requests belong to are followed, and no others."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(1 minute)"
    error_message = "What was left undone is done within a minute."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.end_backups.schedule_expression == "rate(1 hour)" && jsondecode(aws_cloudwatch_event_target.end_backups.input) == { patchbot-schedule = "end-backups" }
    error_message = "Backups end by themselves."
  }
}

run "existing_alarm_topic" {
  command = plan

  variables {
    alarm_topic = { arn = "arn:aws:sns:us-east-1:123456789012:platform-alarms" }
  }

  assert {
    condition     = length(aws_sns_topic.alarms) == 0 && output.alarms_topic_arn == "arn:aws:sns:us-east-1:123456789012:platform-alarms"
    error_message = "No topic is made when there is one."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:platform-alarms"])])
    error_message = "Every alarm goes to the topic that was given."
  }
}

# Outside of AWS's commercial Regions an ARN that begins with arn:aws: is refused, in a state
# machine only when an execution comes to it.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "govcloud" {
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-us-gov", dns_suffix = "amazonaws.com" }
  }

  override_data {
    target = data.aws_region.current
    values = { id = "us-gov-west-1" }
  }

  assert {
    condition = [
      for name, written in {
        "find-missing"   = aws_sfn_state_machine.this["find-missing"].definition
        "roll-back"      = aws_sfn_state_machine.this["roll-back"].definition
        "policies"       = jsonencode([data.aws_iam_policy_document.patch_approval.statement, data.aws_iam_policy_document.find_missing.statement, data.aws_iam_policy_document.roll_back.statement, data.aws_iam_policy_document.machine_base.statement, [for d in data.aws_iam_policy_document.function : d.statement], data.aws_iam_policy_document.start.statement, data.aws_iam_policy_document.schedule.statement])
        "trust policies" = jsonencode([[for d in data.aws_iam_policy_document.machine_trust : d.statement], data.aws_iam_policy_document.function_trust.statement, data.aws_iam_policy_document.start_trust.statement, data.aws_iam_policy_document.schedule_trust.statement])
        "queues"         = jsonencode([data.aws_iam_policy_document.notifications_queue.statement, data.aws_iam_policy_document.notifications_dead_letters.statement, data.aws_iam_policy_document.events_dead_letters.statement])
        "alarms"         = jsonencode(data.aws_iam_policy_document.alarms_topic[0].statement)
        "rules"          = jsonencode([aws_cloudwatch_event_rule.non_compliant, aws_cloudwatch_event_rule.progress])
        "functions"      = jsonencode([for f in aws_lambda_function.this : f.environment])
        "dashboard"      = aws_cloudwatch_dashboard.this.dashboard_body
        "installation"   = aws_ssm_parameter.installation.value
      } : name if strcontains(written, "arn:aws:")
    ] == []
    error_message = "Every ARN has GovCloud's partition."
  }

  # The machine has its partition from the placeholder, once it has one.
  assert {
    condition     = !strcontains(aws_sfn_state_machine.this["patch-approval"].definition, "arn:aws:")
    error_message = "Every integration has GovCloud's partition."
  }

  assert {
    condition     = strcontains(aws_sfn_state_machine.this["find-missing"].definition, "arn:aws-us-gov:states:::states:startExecution") && strcontains(jsonencode(data.aws_iam_policy_document.patch_approval.statement), "arn:aws-us-gov:ssm:us-gov-west-1::document/AWS-RunPatchBaseline")
    error_message = "Integrations and documents are GovCloud's."
  }

  assert {
    condition     = startswith(output.dashboard_url, "https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/")
    error_message = "The dashboard is in GovCloud's console."
  }
}

run "a_key_in_govcloud" {
  module {
    source = "./examples/complete"
  }

  variables {
    region = "us-gov-west-1"
  }

  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-us-gov", dns_suffix = "amazonaws.com" }
  }

  assert {
    condition     = !strcontains(jsonencode(data.aws_iam_policy_document.key.statement), "arn:aws:") && strcontains(jsonencode(data.aws_iam_policy_document.key.statement), "logs.us-gov-west-1.amazonaws.com")
    error_message = "The key's policy names GovCloud's account and logs."
  }
}

run "china" {
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }

  override_data {
    target = data.aws_region.current
    values = { id = "cn-north-1" }
  }

  assert {
    condition = [
      for name, written in {
        "find-missing"   = aws_sfn_state_machine.this["find-missing"].definition
        "roll-back"      = aws_sfn_state_machine.this["roll-back"].definition
        "policies"       = jsonencode([data.aws_iam_policy_document.patch_approval.statement, data.aws_iam_policy_document.find_missing.statement, data.aws_iam_policy_document.roll_back.statement, data.aws_iam_policy_document.machine_base.statement, [for d in data.aws_iam_policy_document.function : d.statement], data.aws_iam_policy_document.start.statement, data.aws_iam_policy_document.schedule.statement])
        "trust policies" = jsonencode([[for d in data.aws_iam_policy_document.machine_trust : d.statement], data.aws_iam_policy_document.function_trust.statement, data.aws_iam_policy_document.start_trust.statement, data.aws_iam_policy_document.schedule_trust.statement])
        "queues"         = jsonencode([data.aws_iam_policy_document.notifications_queue.statement, data.aws_iam_policy_document.notifications_dead_letters.statement, data.aws_iam_policy_document.events_dead_letters.statement])
        "alarms"         = jsonencode(data.aws_iam_policy_document.alarms_topic[0].statement)
        "rules"          = jsonencode([aws_cloudwatch_event_rule.non_compliant, aws_cloudwatch_event_rule.progress])
        "functions"      = jsonencode([for f in aws_lambda_function.this : f.environment])
        "dashboard"      = aws_cloudwatch_dashboard.this.dashboard_body
        "installation"   = aws_ssm_parameter.installation.value
      } : name if strcontains(written, "arn:aws:")
    ] == []
    error_message = "Every ARN has China's partition."
  }

  # The machine has its partition from the placeholder, once it has one.
  assert {
    condition     = !strcontains(aws_sfn_state_machine.this["patch-approval"].definition, "arn:aws:")
    error_message = "Every integration has China's partition."
  }

  assert {
    condition     = strcontains(aws_sfn_state_machine.this["find-missing"].definition, "arn:aws-cn:states:::states:startExecution") && strcontains(jsonencode(data.aws_iam_policy_document.patch_approval.statement), "arn:aws-cn:ssm:cn-north-1::document/AWS-RunPatchBaseline")
    error_message = "Integrations and documents are China's."
  }

  assert {
    condition     = startswith(output.dashboard_url, "https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/")
    error_message = "The dashboard is in China's console."
  }
}

run "a_key_in_china" {
  module {
    source = "./examples/complete"
  }

  variables {
    region = "cn-north-1"
  }

  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }

  assert {
    condition     = !strcontains(jsonencode(data.aws_iam_policy_document.key.statement), "arn:aws:") && strcontains(jsonencode(data.aws_iam_policy_document.key.statement), "logs.cn-north-1.amazonaws.com.cn")
    error_message = "The key's policy names China's account and logs."
  }
}

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "a_document_is_followed_by_its_name_and_by_its_arn" {
  variables {
    hook_documents = ["drain-web", "arn:aws:ssm:us-east-1:210987654321:document/drain-web", "arn:aws:ssm:us-east-1:210987654321:document/restore-web"]
  }

  assert {
    condition     = jsonencode(jsondecode(aws_cloudwatch_event_rule.progress["commands"].event_pattern).detail["document-name"]) == jsonencode(["AWS-RunPatchBaseline", { suffix = "drain-web" }, { suffix = "restore-web" }])
    error_message = "An event pattern names each once."
  }

  assert {
    condition     = jsonencode([for s in data.aws_iam_policy_document.patch_approval.statement : sort(s.actions) if s.sid == "SendAllowedDocuments"]) == jsonencode([["ssm:SendCommand"]])
    error_message = "They may be sent."
  }
}

run "ten_of_the_longest_names_fit_into_what_aws_takes" {
  variables {
    hook_documents   = [for n in range(10) : "arn:aws-us-gov:ssm:us-gov-west-1:210987654321:document/${n}${join("", [for _ in range(127) : "d"])}"]
    change_calendars = [for n in range(10) : "arn:aws-us-gov:ssm:us-gov-west-1:210987654321:document/${n}${join("", [for _ in range(127) : "c"])}"]
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.progress["commands"].event_pattern) <= 2048
    error_message = "EventBridge takes patterns of 2,048 characters."
  }

  assert {
    condition     = length(nonsensitive(aws_ssm_parameter.installation.value)) <= 8192 && aws_ssm_parameter.installation.tier == "Intelligent-Tiering"
    error_message = "Parameter Store takes 4,096 characters, of the advanced tier 8,192."
  }
}

run "an_eleventh_document_is_refused" {
  command = plan

  variables {
    hook_documents = [for n in range(11) : "drain-${n}"]
  }

  expect_failures = [var.hook_documents]
}

run "a_document_that_is_named_twice_is_refused" {
  command = plan

  variables {
    hook_documents = ["drain-web", "drain-web"]
  }

  expect_failures = [var.hook_documents]
}

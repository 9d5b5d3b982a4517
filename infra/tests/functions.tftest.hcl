mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  default_channel   = "C0123456789"
  default_approvers = { default_channel_members = true }
}

run "functions_as_they_are_built_by_default" {
  command = plan

  assert {
    condition     = toset(keys(aws_lambda_function.this)) == toset(["notify", "interact", "progress"])
    error_message = "There are three functions."
  }

  assert {
    condition     = alltrue([for f in aws_lambda_function.this : f.architectures == tolist(["arm64"]) && f.runtime == "provided.al2023" && f.handler == "bootstrap"])
    error_message = "Every function runs the program bootstrap on arm64."
  }

  assert {
    condition     = { for key, f in aws_lambda_function.this : key => f.memory_size } == { notify = 256, interact = 1024, progress = 256 }
    error_message = "A click waits for interact to start, and a share of a core comes with the memory."
  }

  assert {
    condition     = aws_lambda_function.this["interact"].timeout == 10 && aws_lambda_function.this["notify"].timeout == 60 && aws_lambda_function.this["progress"].timeout == 30
    error_message = "Slack does not wait; a writer of channels does, and so may take a minute."
  }

  assert {
    condition     = alltrue([for f in aws_lambda_function.this : f.tracing_config[0].mode == "Active" && f.logging_config[0].log_format == "Text"])
    error_message = "Every function is traced and logs what it writes, unwrapped."
  }
}

run "functions_for_x86_64_with_reservations_and_test_addresses" {
  variables {
    architecture                  = "x86_64"
    interact_reserved_concurrency = 3
    notify_reserved_concurrency   = 5
    channels_concurrency          = 3
    progress_reserved_concurrency = 1
    slack_api_url                 = "http://localhost:8080/api/"
    aws_endpoint_url              = "http://localhost:4566"
  }

  assert {
    condition     = alltrue([for f in aws_lambda_function.this : f.architectures == tolist(["x86_64"])])
    error_message = "Every function is for x86_64."
  }

  assert {
    condition     = aws_lambda_function.this["notify"].reserved_concurrent_executions == 5 && aws_lambda_function.this["progress"].reserved_concurrent_executions == 1 && aws_lambda_function.this["interact"].reserved_concurrent_executions == 3
    error_message = "Reservations are made where asked for."
  }

  assert {
    condition = alltrue([
      for name, f in aws_lambda_function.this : toset(keys(f.environment[0].variables)) == setunion([
        "PATCHBOT_TABLE", "PATCHBOT_SECRET_ARN", "PATCHBOT_DEFAULT_CHANNEL", "PATCHBOT_DEFAULT_APPROVERS", "PATCHBOT_EMAIL_ALWAYS", "PATCHBOT_URL", "PATCHBOT_CHANNELS_QUEUE_URL",
        "PATCHBOT_TURNS_AT_ONCE", "PATCHBOT_TURNS_CANARY", "PATCHBOT_TURNS_HOLD_AFTER", "PATCHBOT_ROLL_BACK_MACHINE_ARN", "SLACK_API_URL", "AWS_ENDPOINT_URL",
      ], name == "notify" ? ["PATCHBOT_ASK_AGAIN_AFTER", "PATCHBOT_AFTER_NO_ANSWER", "PATCHBOT_BACKUP_DAYS"] : name == "progress" ? ["PATCHBOT_EMAILS_TOPIC_ARN"] : ["PATCHBOT_STATE_MACHINE_ARN"])
    ])
    error_message = "The environment has the documented names and no others."
  }
}

run "a_function_is_told_what_it_alone_needs" {
  variables {
    base_path            = "/patchbot"
    patch_window         = "daily 03:30 UTC"
    ask_again_after_days = 0
  }

  assert {
    condition     = { for name, f in aws_lambda_function.this : name => f.environment[0].variables["PATCHBOT_BASE_PATH"] if contains(keys(f.environment[0].variables), "PATCHBOT_BASE_PATH") } == { interact = "/patchbot" }
    error_message = "What answers HTTP knows what stands before its paths."
  }

  assert {
    condition     = { for name, f in aws_lambda_function.this : name => endswith(f.environment[0].variables["PATCHBOT_STATE_MACHINE_ARN"], ":stateMachine:patchbot-patch-approval") if contains(keys(f.environment[0].variables), "PATCHBOT_STATE_MACHINE_ARN") } == { interact = true }
    error_message = "What answers /patch request knows the machine to start, and nothing else does."
  }

  assert {
    condition     = aws_lambda_function.this["notify"].environment[0].variables["PATCHBOT_AFTER_NO_ANSWER"] == "leave"
    error_message = "Who did not answer is left in peace, unless somebody says otherwise."
  }

  assert {
    condition     = { for name, f in aws_lambda_function.this : name => f.environment[0].variables["PATCHBOT_PATCH_WINDOW"] if contains(keys(f.environment[0].variables), "PATCHBOT_PATCH_WINDOW") } == { interact = "daily 03:30 UTC" }
    error_message = "What opens windows in Slack knows what to offer."
  }

  assert {
    condition     = aws_lambda_function.this["notify"].environment[0].variables["PATCHBOT_ASK_AGAIN_AFTER"] == "0h"
    error_message = "No pause is a duration, too."
  }

  assert {
    condition     = aws_lambda_function.this["notify"].environment[0].variables["PATCHBOT_BACKUP_DAYS"] == "14"
    error_message = "Who opens a request knows how long its backup is kept."
  }
}

run "links_in_mails_lead_to_the_api" {
  assert {
    condition     = alltrue([for f in aws_lambda_function.this : f.environment[0].variables["PATCHBOT_URL"] == aws_apigatewayv2_api.interact.api_endpoint && f.environment[0].variables["PATCHBOT_EMAIL_ALWAYS"] == "false"])
    error_message = "A link leads to the API's own address."
  }

  assert {
    condition     = alltrue([for method in ["GET", "POST"] : contains(keys(aws_apigatewayv2_route.interact), "${method} /approvals/{id}")])
    error_message = "The page is routed."
  }

  assert {
    condition     = !can(regex("(?i)path|query", jsonencode(values(jsondecode(aws_apigatewayv2_stage.default.access_log_settings[0].format)))))
    error_message = "No address comes into the access log: that of an approval page has its key."
  }
}

run "or_to_a_domain_of_its_own" {
  variables {
    url          = "https://patchbot.example.com/patchbot"
    email_always = true
  }

  assert {
    condition     = alltrue([for f in aws_lambda_function.this : f.environment[0].variables["PATCHBOT_URL"] == var.url && f.environment[0].variables["PATCHBOT_EMAIL_ALWAYS"] == "true"])
    error_message = "A link leads to where the module says."
  }
}

run "without_the_page_there_are_no_links" {
  variables {
    approval_page = false
  }

  assert {
    condition     = !anytrue([for f in aws_lambda_function.this : contains(keys(f.environment[0].variables), "PATCHBOT_URL")]) && toset(keys(aws_apigatewayv2_route.interact)) == toset(["POST /slack/interactions", "POST /slack/commands", "POST /slack/events", "GET /healthz"])
    error_message = "Neither address nor route is there."
  }
}

run "functions_are_told_how_many_are_patched_at_once" {
  variables {
    turns = { at_once = "25%", canary = true }
  }

  assert {
    condition = alltrue([
      for f in aws_lambda_function.this : { for name, value in f.environment[0].variables : name => value if startswith(name, "PATCHBOT_TURNS_") } ==
      { PATCHBOT_TURNS_AT_ONCE = "25%", PATCHBOT_TURNS_CANARY = "true", PATCHBOT_TURNS_HOLD_AFTER = "1" }
    ])
    error_message = "What opens a request and what decides one know the limit."
  }
}

run "a_package_that_was_not_built_is_named" {
  command = plan

  variables {
    packages_dir = "./tests/no-such-folder"
  }

  expect_failures = [aws_lambda_function.this]
}

run "somebody_hears_of_a_sweep_that_does_not_come" {
  command = plan

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.this["sweep-missing"].comparison_operator == "LessThanThreshold" &&
      aws_cloudwatch_metric_alarm.this["sweep-missing"].threshold == 1 &&
      aws_cloudwatch_metric_alarm.this["sweep-missing"].treat_missing_data == "breaching"
    )
    error_message = "A function that is not called has no data."
  }

  assert {
    condition = alltrue([
      for key, alarm in aws_cloudwatch_metric_alarm.this :
      key == "sweep-missing" || alarm.comparison_operator == "GreaterThanThreshold" && alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "Every other alarm rings above its limit."
  }
}

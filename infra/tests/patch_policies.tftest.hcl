mock_provider "aws" {
  source = "./tests/mocks"
}

run "two_policies_by_tag" {
  command = plan

  module {
    source = "./modules/patch-policies"
  }

  assert {
    condition     = aws_ssm_association.scan.name == "AWS-RunPatchBaseline" && aws_ssm_association.scan.parameters == tomap({ Operation = "Scan" })
    error_message = "The association scans and installs nothing."
  }

  assert {
    condition     = toset(aws_ssm_association.scan.targets[0].values) == toset(["patch-on-approval", "patch-on-schedule"])
    error_message = "Instances of both policies are scanned."
  }

  assert {
    condition     = tonumber(aws_ssm_association.scan.max_concurrency) <= 20 && aws_ssm_association.scan.max_errors == "100%"
    error_message = "However large the fleet, it is scanned a few instances at a time, and one that cannot be scanned stops nobody."
  }

  assert {
    condition     = tolist(aws_ssm_maintenance_window_target.scheduled.targets[0].values) == tolist(["patch-on-schedule"])
    error_message = "Only instances whose owners chose the schedule are patched by it."
  }

  assert {
    condition     = one([for p in aws_ssm_maintenance_window_task.install.task_invocation_parameters[0].run_command_parameters[0].parameter : one(p.values) if p.name == "Operation"]) == "Install"
    error_message = "The window installs."
  }
}

run "another_value_of_the_tag" {
  command = plan

  module {
    source = "./modules/patch-policies"
  }

  variables {
    policy_tag_value = "ask-payments"
  }

  assert {
    condition     = toset(aws_ssm_association.scan.targets[0].values) == toset(["ask-payments", "patch-on-schedule"])
    error_message = "The instances that patchbot asks about are scanned."
  }
}

run "wrong_schedules_are_refused" {
  command = plan

  module {
    source = "./modules/patch-policies"
  }

  variables {
    name                    = "Patch Bot"
    policy_tag_value        = "patch-on-schedule"
    scan_schedule           = "daily"
    scan_max_concurrency    = "200%"
    install_schedule        = "every sunday"
    install_duration_hours  = 1
    install_max_concurrency = "0"
    install_max_errors      = "many"
    service_role_arn        = "role"
  }

  expect_failures = [
    var.name, var.scan_schedule, var.scan_max_concurrency, var.install_schedule, var.install_duration_hours,
    var.policy_tag_value, var.install_max_concurrency, var.install_max_errors, var.service_role_arn,
  ]
}

# Two policies, chosen by an instance's tag "patch-policy":
#   patch-on-approval  scanned on a schedule; patched when the owner says yes (var.policy_tag_value)
#   patch-on-schedule  scanned on a schedule; patched in the maintenance window

locals {
  document = "AWS-RunPatchBaseline"
}

# The scan's result is what starts patchbot: Systems Manager tells EventBridge when an
# instance becomes non-compliant.
resource "aws_ssm_association" "scan" {
  name                = local.document
  association_name    = "${var.name}-scan"
  schedule_expression = var.scan_schedule
  parameters          = { Operation = "Scan" }
  max_concurrency     = var.scan_max_concurrency # each scan that finds something starts an execution
  max_errors          = "100%"                   # a node that cannot be scanned must not stop the others
  tags                = var.tags

  targets {
    key    = "tag:patch-policy"
    values = [var.policy_tag_value, "patch-on-schedule"]
  }
}

resource "aws_ssm_maintenance_window" "install" {
  name              = "${var.name}-install"
  description       = "Installs missing patches on instances tagged patch-policy: patch-on-schedule."
  schedule          = var.install_schedule
  schedule_timezone = var.install_timezone
  duration          = var.install_duration_hours
  cutoff            = 1
  tags              = var.tags
}

resource "aws_ssm_maintenance_window_target" "scheduled" {
  window_id     = aws_ssm_maintenance_window.install.id
  name          = "patch-on-schedule"
  description   = "Instances whose owners chose the schedule."
  resource_type = "INSTANCE"

  targets {
    key    = "tag:patch-policy"
    values = ["patch-on-schedule"]
  }
}

# Without a role, Systems Manager uses its service-linked role, which may run commands.
resource "aws_ssm_maintenance_window_task" "install" {
  window_id        = aws_ssm_maintenance_window.install.id
  name             = "install-missing-patches"
  description      = "Installs missing patches and reboots where one of them needs it."
  task_type        = "RUN_COMMAND"
  task_arn         = local.document
  service_role_arn = var.service_role_arn
  priority         = 1
  max_concurrency  = var.install_max_concurrency
  max_errors       = var.install_max_errors

  targets {
    key    = "WindowTargetIds"
    values = [aws_ssm_maintenance_window_target.scheduled.id]
  }

  task_invocation_parameters {
    run_command_parameters {
      comment         = "${var.name} install"
      timeout_seconds = 600 # bounds only the start: what has not begun by then is not begun

      parameter {
        name   = "Operation"
        values = ["Install"]
      }

      parameter {
        name   = "RebootOption"
        values = ["RebootIfNeeded"]
      }
    }
  }
}

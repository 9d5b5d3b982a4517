# The state machines. A machine has its definition in workflow/<key>.asl.yaml, and its role, log
# group and alarms from this one table.

locals {
  machines = {
    patch-approval = {
      does    = "Asks an instance's owner before missing patches are installed, installs them and looks again."
      failure = "A patch approval did not reach its end. The execution says in which state."
      policy  = data.aws_iam_policy_document.patch_approval.json
    }
    find-missing = {
      does    = "Finds tagged instances that patches are missing on, whatever was missed, and starts a patch approval for each."
      failure = "The look for instances that patches are missing on failed. The execution says in which state."
      policy  = data.aws_iam_policy_document.find_missing.json
    }
    roll-back = {
      does    = "Replaces an instance's root volume by its snapshot from before an install, and scans."
      failure = "A roll back did not reach its end. The execution says in which state, and the thread how far it came."
      policy  = data.aws_iam_policy_document.roll_back.json
    }
  }

  # What the machines are told besides where things are; also written to the parameter
  # that `patchbot doctor` reads.
  machine_settings = {
    policy_tag_value        = var.policy_tag_value
    baseline_override       = var.baseline_override == null ? "" : var.baseline_override
    severity                = var.severity
    backup                  = var.backup
    schedule_within_seconds = var.schedule_within_hours * 3600
    turn_within_seconds     = var.turn_within_hours * 3600
    freeze_within_seconds   = var.freeze_within_hours * 3600
    backup_within_seconds   = var.backup_within_minutes * 60
    patch_within_seconds    = var.patch_within_minutes * 60
    scan_within_seconds     = var.scan_within_minutes * 60
    hook_within_seconds     = var.hook_within_minutes * 60

    roll_back_within_seconds = var.roll_back_within_minutes * 60
    back_within_seconds      = var.back_within_minutes * 60
    output_log_group         = aws_cloudwatch_log_group.command_output.name
  }

  # When a machine looks for itself, should nothing tell it: the bound shared out in parts of 24,
  # as workflow/machine.go does, which says why.
  command_looks  = [16, 2, 2, 4]
  snapshot_looks = [1, 2, 4, 8, 9]
  looks          = { freeze = [for part in range(24) : 1], backup = local.snapshot_looks, patch = local.command_looks, scan = local.command_looks, hook = local.command_looks, roll_back = local.snapshot_looks, back = [1, 1, 2, 4, 8, 8] }

  # Placeholders stand inside strings, so every value is text.
  machine_values = merge(
    {
      partition               = local.partition
      notifications_topic_arn = aws_sns_topic.notifications.arn
      patch_approval_arn      = local.machine_arns["patch-approval"]
      hook_documents          = jsonencode(concat([""], var.hook_documents)) # none is allowed, too
      calendars               = jsonencode(var.change_calendars)
      waits                   = jsonencode(local.waits.usual)
      critical_waits          = jsonencode(local.waits.critical)
    },
    { for name, value in local.machine_settings : name => tostring(value) },
    {
      for step, parts in local.looks :
      "${step}_looks" => jsonencode([for part in parts : floor(local.machine_settings["${step}_within_seconds"] * part / 24)])
    },
  )
}

resource "aws_sfn_state_machine" "this" {
  for_each = local.machines

  name     = "${var.name}-${each.key}"
  type     = "STANDARD"
  role_arn = aws_iam_role.machine[each.key].arn
  tags     = var.tags

  definition = jsonencode(yamldecode(join("", [for file in ["shared", each.key] :
    templatefile("${path.module}/../workflow/${file}.asl.yaml", local.machine_values)
  ])).machine)

  logging_configuration {
    level = var.machine_log_level
    # Execution data holds task tokens: whoever reads one can decide in the owner's place.
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.machine[each.key].arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  # Step Functions tries the log delivery when the machine is made.
  depends_on = [aws_iam_role_policy.machine]
}

# The prefix /aws/vendedlogs/ keeps the log group out of the resource policy, whose size is limited.
resource "aws_cloudwatch_log_group" "machine" {
  for_each = local.machines

  name              = "/aws/vendedlogs/states/${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "machine" {
  for_each = local.machines

  name               = "${var.name}-${each.key}"
  description        = "What the state machine ${each.key} may do."
  assume_role_policy = data.aws_iam_policy_document.machine_trust[each.key].json
  tags               = var.tags
}

resource "aws_iam_role_policy" "machine" {
  for_each = local.machines

  name   = each.key
  role   = aws_iam_role.machine[each.key].id
  policy = each.value.policy
}

data "aws_iam_policy_document" "machine_trust" {
  for_each = local.machine_arns

  statement {
    sid     = "StepFunctionsForThisMachine"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [each.value]
    }
  }
}

# There was one machine, and its resources had no key.

moved {
  from = aws_sfn_state_machine.approval
  to   = aws_sfn_state_machine.this["patch-approval"]
}

moved {
  from = aws_cloudwatch_log_group.machine
  to   = aws_cloudwatch_log_group.machine["patch-approval"]
}

moved {
  from = aws_iam_role.machine
  to   = aws_iam_role.machine["patch-approval"]
}

moved {
  from = aws_iam_role_policy.machine
  to   = aws_iam_role_policy.machine["patch-approval"]
}

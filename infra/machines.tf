locals {
  machine_settings = {
    severity              = var.severity
    backup                = var.backup
    answer_within_seconds = var.answer_within_hours * 3600
    backup_within_seconds = var.backup_within_minutes * 60
    patch_within_seconds  = var.patch_within_minutes * 60
    scan_within_seconds   = var.scan_within_minutes * 60
  }

  # Placeholders stand inside strings, so every value is text.
  machine_values = merge(
    { notifications_topic_arn = aws_sns_topic.notifications.arn },
    { for name, value in local.machine_settings : name => tostring(value) },
  )
}

resource "aws_sfn_state_machine" "approval" {
  name     = local.machine_name
  type     = "STANDARD"
  role_arn = aws_iam_role.machine.arn
  tags     = var.tags

  definition = jsonencode(yamldecode(join("", [for file in ["shared", "patch-approval"] :
    templatefile("${path.module}/../workflow/${file}.asl.yaml", local.machine_values)
  ])).machine)

  logging_configuration {
    level = var.machine_log_level
    # Execution data holds task tokens: whoever reads one can decide in the owner's place.
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.machine.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  # Step Functions tries the log delivery when the machine is made.
  depends_on = [aws_iam_role_policy.machine]
}

# The prefix /aws/vendedlogs/ keeps the log group out of the resource policy, whose size is limited.
resource "aws_cloudwatch_log_group" "machine" {
  name              = "/aws/vendedlogs/states/${local.machine_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "machine" {
  name               = local.machine_name
  description        = "What the state machine may do."
  assume_role_policy = data.aws_iam_policy_document.machine_trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "machine" {
  name   = "patch-approval"
  role   = aws_iam_role.machine.id
  policy = data.aws_iam_policy_document.machine.json
}

data "aws_iam_policy_document" "machine_trust" {
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
      values   = [local.machine_arn]
    }
  }
}

locals {
  instances    = "arn:${local.partition}:ec2:${local.region}:${local.account}:instance/*"
  hybrid_nodes = "arn:${local.partition}:ssm:${local.region}:${local.account}:managed-instance/*"
  volumes      = "arn:${local.partition}:ec2:${local.region}:${local.account}:volume/*"
  snapshots    = "arn:${local.partition}:ec2:${local.region}::snapshot/*" # AWS writes a snapshot's ARN without an account
}

data "aws_iam_policy_document" "machine" {
  statement {
    sid       = "Notify"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.notifications.arn]
  }

  statement {
    sid       = "FindInstancesAndSnapshots"
    actions   = ["ec2:DescribeInstances", "ec2:DescribeSnapshots"]
    resources = ["*"] # EC2 has no resource-level permissions for Describe actions
  }

  statement {
    sid       = "ReadNodesAndCommands"
    actions   = ["ssm:DescribeInstanceInformation", "ssm:GetCommandInvocation"]
    resources = ["*"] # Systems Manager has no resource-level permissions for these two
  }

  statement {
    sid       = "ReadPatches"
    actions   = ["ssm:DescribeInstancePatchStates", "ssm:DescribeInstancePatches"]
    resources = ["*"] # AWS offers nothing narrower for sure: its guide names no resource for these two
  }

  statement {
    sid       = "ReadTagsOfHybridNodes"
    actions   = ["ssm:ListTagsForResource"]
    resources = [local.hybrid_nodes]
  }

  statement {
    sid       = "SendNothingButRunPatchBaseline"
    actions   = ["ssm:SendCommand"]
    resources = ["arn:${local.partition}:ssm:${local.region}::document/AWS-RunPatchBaseline"]
  }

  statement {
    sid       = "SendToTaggedNodesOnly"
    actions   = ["ssm:SendCommand"]
    resources = [local.instances, local.hybrid_nodes]

    condition {
      test     = "StringEquals"
      variable = "ssm:resourceTag/patch-policy"
      values   = ["patch-on-approval"]
    }
  }

  statement {
    sid       = "BackUpTaggedInstancesOnly"
    actions   = ["ec2:CreateSnapshots"]
    resources = [local.instances]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/patch-policy"
      values   = ["patch-on-approval"]
    }
  }

  statement {
    sid       = "BackUpTheirVolumes"
    actions   = ["ec2:CreateSnapshots"]
    resources = [local.volumes, local.snapshots]
  }

  statement {
    sid       = "TagSnapshotsWhileCreatingThem"
    actions   = ["ec2:CreateTags"]
    resources = [local.snapshots]

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["CreateSnapshots"]
    }
  }

  statement {
    sid = "DeliverLogs"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"] # CloudWatch Logs has no resource-level permissions for log deliveries
  }

  statement {
    sid = "SendTraces"
    actions = [
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
    resources = ["*"] # X-Ray has no resource-level permissions for traces
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "UseKeyOfTopic"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
    }
  }
}

# What the state machines may do.

locals {
  instances    = "arn:${local.partition}:ec2:${local.region}:${local.account}:instance/*"
  hybrid_nodes = "arn:${local.partition}:ssm:${local.region}:${local.account}:managed-instance/*"
  volumes      = "arn:${local.partition}:ec2:${local.region}:${local.account}:volume/*"
  # AWS's own documents have no account, and a name that begins with AWS.
  hook_document_arns = [
    for name in var.hook_documents :
    startswith(name, "arn:") ? name : "arn:${local.partition}:ssm:${local.region}:${can(regex("^(AWS|Amazon)", name)) ? "" : local.account}:document/${name}"
  ]

  snapshots    = "arn:${local.partition}:ec2:${local.region}::snapshot/*" # AWS writes a snapshot's ARN without an account
  replacements = "arn:${local.partition}:ec2:${local.region}:${local.account}:replace-root-volume-task/*"

  # A change calendar is a document. One that another account shares is named by its ARN.
  calendars = [for calendar in var.change_calendars :
    startswith(calendar, "arn:") ? calendar : "arn:${local.partition}:ssm:${local.region}:${local.account}:document/${calendar}"
  ]
}

data "aws_iam_policy_document" "patch_approval" {
  source_policy_documents = [data.aws_iam_policy_document.machine_base.json]

  statement {
    sid       = "Notify"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.notifications.arn]
  }

  statement {
    sid       = "FindInstancesAndSnapshots"
    actions   = ["ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeSnapshots", "ec2:DescribeVolumes"]
    resources = ["*"] # EC2 has no resource-level permissions for Describe actions
  }

  statement {
    sid       = "ReadNodesAndCommands"
    actions   = ["ssm:DescribeInstanceInformation", "ssm:ListCommandInvocations"]
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

  dynamic "statement" {
    for_each = length(local.hook_document_arns) == 0 ? [] : [local.hook_document_arns]

    content {
      sid       = "SendAllowedDocuments"
      actions   = ["ssm:SendCommand"]
      resources = statement.value
    }
  }

  statement {
    sid       = "FindAutoScalingGroup"
    actions   = ["autoscaling:DescribeAutoScalingInstances"]
    resources = ["*"] # Auto Scaling has no resource-level permissions for Describe actions
  }

  statement {
    sid       = "StandbyInTaggedGroupsOnly"
    actions   = ["autoscaling:EnterStandby", "autoscaling:ExitStandby"]
    resources = ["arn:${local.partition}:autoscaling:${local.region}:${local.account}:autoScalingGroup:*:autoScalingGroupName/*"]

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/patch-standby"
      values   = ["false"]
    }
  }

  statement {
    sid       = "SendToTaggedNodesOnly"
    actions   = ["ssm:SendCommand"]
    resources = [local.instances, local.hybrid_nodes]

    condition {
      test     = "StringEquals"
      variable = "ssm:resourceTag/patch-policy"
      values   = [var.policy_tag_value]
    }
  }

  statement {
    sid       = "BackUpTaggedInstancesOnly"
    actions   = ["ec2:CreateSnapshots"]
    resources = [local.instances]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/patch-policy"
      values   = [var.policy_tag_value]
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

  dynamic "statement" {
    for_each = length(var.change_calendars) > 0 ? [local.calendars] : []

    content {
      sid       = "ReadChangeCalendars"
      actions   = ["ssm:GetCalendarState"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "UseKeyOfTopic"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = local.via["sns"]
      }
    }
  }
}

# What the reference of CreateReplaceRootVolumeTask checks, each as narrow as its condition keys allow.
data "aws_iam_policy_document" "roll_back" {
  source_policy_documents = [data.aws_iam_policy_document.machine_base.json]

  statement {
    sid       = "Notify"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.notifications.arn]
  }

  statement {
    sid       = "FindInstancesSnapshotsAndReplacements"
    actions   = ["ec2:DescribeInstances", "ec2:DescribeReplaceRootVolumeTasks", "ec2:DescribeSnapshots"]
    resources = ["*"] # EC2 has no resource-level permissions for Describe actions
  }

  statement {
    sid       = "ReadNodesAndCommands"
    actions   = ["ssm:DescribeInstanceInformation", "ssm:ListCommandInvocations"]
    resources = ["*"] # Systems Manager has no resource-level permissions for these two
  }

  statement {
    sid       = "ReadPatchCounts"
    actions   = ["ssm:DescribeInstancePatchStates"]
    resources = ["*"] # AWS offers nothing narrower for sure: its guide names no resource for it
  }

  statement {
    sid       = "SendNothingButRunPatchBaseline"
    actions   = ["ssm:SendCommand"]
    resources = ["arn:${local.partition}:ssm:${local.region}::document/AWS-RunPatchBaseline"]
  }

  statement {
    sid       = "ScanTaggedInstancesOnly"
    actions   = ["ssm:SendCommand"]
    resources = [local.instances]

    condition {
      test     = "StringEquals"
      variable = "ssm:resourceTag/patch-policy"
      values   = [var.policy_tag_value]
    }
  }

  statement {
    sid       = "RollBackTaggedInstancesOnly"
    actions   = ["ec2:CreateReplaceRootVolumeTask"]
    resources = [local.instances]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/patch-policy"
      values   = [var.policy_tag_value]
    }
  }

  # A snapshot of ours says of which instance it is; the machine asks whether of this one.
  statement {
    sid       = "RollBackToOurSnapshotsOnly"
    actions   = ["ec2:CreateReplaceRootVolumeTask"]
    resources = [local.snapshots]

    condition {
      test     = "StringLike"
      variable = "aws:ResourceTag/patchbot:instance"
      values   = ["i-*"]
    }
  }

  statement {
    sid       = "MakeVolumesAndTasks"
    actions   = ["ec2:CreateReplaceRootVolumeTask"]
    resources = [local.volumes, local.replacements]
  }

  statement {
    sid       = "TagTasksWhileCreatingThem"
    actions   = ["ec2:CreateTags"]
    resources = [local.replacements]

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["CreateReplaceRootVolumeTask"]
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "UseKeyOfTopic"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = local.via["sns"]
      }
    }
  }
}

data "aws_iam_policy_document" "find_missing" {
  source_policy_documents = [data.aws_iam_policy_document.machine_base.json]

  statement {
    sid       = "FindTaggedNodes"
    actions   = ["ssm:DescribeInstanceInformation"]
    resources = ["*"] # Systems Manager has no resource-level permissions for it
  }

  statement {
    sid       = "ReadPatchCounts"
    actions   = ["ssm:DescribeInstancePatchStates"]
    resources = ["*"] # AWS offers nothing narrower for sure: its guide names no resource for it
  }

  statement {
    sid       = "StartPatchApprovals"
    actions   = ["states:StartExecution"]
    resources = [local.machine_arns["patch-approval"]]
  }

  statement {
    sid       = "GoOnWithTheNextPage"
    actions   = ["states:StartExecution"]
    resources = [local.machine_arns["find-missing"]]
  }
}

# What Step Functions does in the name of every machine.
data "aws_iam_policy_document" "machine_base" {
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
}

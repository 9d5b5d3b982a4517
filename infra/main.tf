data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id
  account   = data.aws_caller_identity.current.account_id

  # Names that are needed before the resource exists: in trust policies and in conditions.
  machine_arns = {
    for key in ["patch-approval", "find-missing", "roll-back"] :
    key => "arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${var.name}-${key}"
  }
  rule_arn = "arn:${local.partition}:events:${local.region}:${local.account}:rule/${var.name}"

  # How kms:ViaService names a service. Which domain China uses, no document says: both are named.
  via = {
    for service in ["dynamodb", "lambda", "secretsmanager", "sns", "sqs"] :
    service => distinct([for domain in ["amazonaws.com", data.aws_partition.current.dns_suffix] : "${service}.${local.region}.${domain}"])
  }

  packages_dir  = coalesce(var.packages_dir, "${path.module}/../dist")
  alarm_actions = [var.alarm_topic == null ? aws_sns_topic.alarms[0].arn : var.alarm_topic.arn]

  console = lookup({
    aws-cn     = "console.amazonaws.cn"
    aws-us-gov = "console.amazonaws-us-gov.com"
  }, local.partition, "console.aws.amazon.com")

  # The one table of functions. A function has its package, role, log group and alarm from it.
  functions = {
    notify = {
      description          = "Tells Slack and inboxes what the state machine says, at the pace that Slack takes."
      timeout              = 60 # a channel's writer waits between two posts; what is left after that it signals to itself
      memory               = 256
      reserved_concurrency = var.notify_reserved_concurrency
      environment          = { PATCHBOT_ASK_AGAIN_AFTER = "${var.ask_again_after_days * 24}h", PATCHBOT_AFTER_NO_ANSWER = var.after_no_answer, PATCHBOT_BACKUP_DAYS = tostring(var.backup_days) }
    }
    interact = {
      description = "Answers everything that Slack or a browser sends over HTTP."
      timeout     = 10 # Slack gives up after three seconds; the rest is for what the answer left to do
      # A share of a core comes with the memory, a whole one with 1,769 MB, and a click on a function that has to
      # start takes 0.12 s of one. Of Slack's three seconds that leaves 1.2 s at 256 MB, 1.9 s at 1,024 MB and no
      # more than 2.0 s above (make bench); on a core that is half as fast 0.4 s, 1.7 s and 1.9 s.
      memory               = 1024
      reserved_concurrency = var.interact_reserved_concurrency
      environment          = { PATCHBOT_BASE_PATH = var.base_path, PATCHBOT_PATCH_WINDOW = var.patch_window == null ? "" : var.patch_window, PATCHBOT_STATE_MACHINE_ARN = local.machine_arns["patch-approval"] }
    }
    progress = {
      description          = "Hears from EventBridge about commands, snapshots and executions, and finishes what a crash left."
      timeout              = 30
      memory               = 256
      reserved_concurrency = var.progress_reserved_concurrency
      environment          = { PATCHBOT_EMAILS_TOPIC_ARN = aws_sns_topic.emails.arn } # it alone mails, once a minute
    }
  }

  # What every function is told. Optional settings are left out, not set to an empty text.
  environment = merge(
    {
      PATCHBOT_TABLE              = aws_dynamodb_table.requests.name
      PATCHBOT_SECRET_ARN         = aws_secretsmanager_secret.slack.arn
      PATCHBOT_DEFAULT_CHANNEL    = var.default_channel
      PATCHBOT_DEFAULT_APPROVERS  = var.default_approvers.default_channel_members ? "default-channel-members" : join(",", concat(sort(var.default_approvers.user_ids), sort(var.default_approvers.group_ids)))
      PATCHBOT_EMAIL_ALWAYS       = tostring(var.email_always)
      PATCHBOT_CHANNELS_QUEUE_URL = aws_sqs_queue.channels.url

      PATCHBOT_ROLL_BACK_MACHINE_ARN = local.machine_arns["roll-back"]
      PATCHBOT_TURNS_AT_ONCE         = var.turns.at_once
      PATCHBOT_TURNS_CANARY          = tostring(var.turns.canary)
      PATCHBOT_TURNS_HOLD_AFTER      = tostring(var.turns.hold_after)
    },
    var.platform_channel == null ? {} : { PATCHBOT_PLATFORM_CHANNEL = var.platform_channel },
    var.approval_page ? { PATCHBOT_URL = local.url } : {},
    var.slack_api_url == null ? {} : { SLACK_API_URL = var.slack_api_url },
    var.aws_endpoint_url == null ? {} : { AWS_ENDPOINT_URL = var.aws_endpoint_url },
  )
}

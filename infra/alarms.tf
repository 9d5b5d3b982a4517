resource "aws_sns_topic" "alarms" {
  count = var.alarm_topic == null ? 1 : 0

  name              = "${var.name}-alarms"
  display_name      = "patchbot alarms"
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_policy" "alarms" {
  count = var.alarm_topic == null ? 1 : 0

  arn    = aws_sns_topic.alarms[0].arn
  policy = data.aws_iam_policy_document.alarms_topic[0].json
}

data "aws_iam_policy_document" "alarms_topic" {
  count = var.alarm_topic == null ? 1 : 0

  statement {
    sid       = "AlarmsOfThisAccount"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms[0].arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

locals {
  # An aborted execution is no alarm: a person stopped it, and the bot tells the thread.
  failed_executions = {
    failed    = "ExecutionsFailed"
    timed-out = "ExecutionsTimedOut"
  }

  machine_alarms = flatten([
    for machine, prefix in { patch-approval = "executions", find-missing = "find-missing", roll-back = "roll-back" } : [
      for end, metric in local.failed_executions : { name = "${prefix}-${end}", machine = machine, metric = metric }
    ]
  ])

  # What the API refused, counted in its access log, since API Gateway counts no status by itself.
  refusals = {
    signature-refused = {
      pattern     = "{ $.status = \"401\" }"
      limit       = 20
      description = "Requests came whose signature fits no signing secret. Somebody is trying, or the secret was changed in Slack only: run patchbot setup."
    }
    throttled = {
      pattern     = "{ $.status = \"429\" && $.route = \"POST /slack/*\" }"
      limit       = 0
      description = "The API refused requests for being too many: clicks and commands may be lost. The access log says from where; throttle_rate is the limit."
    }
  }

  # Every alarm: one metric over five minutes that must not exceed its limit, or not fall below the least.
  alarms = merge(
    {
      for key, queue in local.dead_letters : "${key}-dead-letters" => {
        description = "Messages were given up. ${queue.about} `patchbot doctor` says what to do."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        limit       = 0
        dimensions  = { QueueName = aws_sqs_queue.dead_letters[key].name }
      }
    },
    {
      for key in keys(local.functions) : "${key}-errors" => {
        description = "The function ${key} failed. Its log group says why."
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        statistic   = "Sum"
        limit       = 0
        dimensions  = { FunctionName = aws_lambda_function.this[key].function_name }
      }
    },
    {
      for alarm in local.machine_alarms : alarm.name => {
        description = local.machines[alarm.machine].failure
        namespace   = "AWS/States"
        metric      = alarm.metric
        statistic   = "Sum"
        limit       = 0
        dimensions  = { StateMachineArn = aws_sfn_state_machine.this[alarm.machine].arn }
      }
    },
    {
      notifications-age = {
        description = "Notifications wait too long: notify does not keep up, or fails."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        limit       = var.queue_age_alarm_seconds
        dimensions  = { QueueName = aws_sqs_queue.notifications.name }
      }
      # On a patch day a channel's signals wait behind one another without harm, for its writer
      # shows what there is, whatever they say. An hour of it is not that.
      channels-age = {
        description = "Signals for channels wait too long: notify does not take them, or fails. Messages in Slack are late."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        limit       = 3600
        dimensions  = { QueueName = aws_sqs_queue.channels.name }
      }
      # One alone, at a moment of SQS's, is made good by the next sweep.
      signal-errors = {
        description = "Functions could not send to the queue of channels. The sweep wakes the channels' writers once a minute: messages in Slack are late by so much."
        namespace   = "patchbot"
        metric      = "SignalErrors"
        statistic   = "Sum"
        limit       = 4 # the sweep signals once a minute: a channel that fails for ever makes five
        dimensions  = {}
      }
      # What a sweep tries in vain for about an hour heals by itself no more.
      effects-stuck = {
        description = "Something that must happen has failed for about an hour: an answer to an execution, a look at AWS, a turn, a mail. The log of progress says what, and of which request."
        namespace   = "patchbot"
        metric      = "EffectsStuck"
        statistic   = "Sum"
        limit       = 0
        dimensions  = {}
      }
      # Nothing that was lost is found again, and no mail is sent.
      sweep-missing = {
        description = "The function progress is not called, which sweeps once a minute: its rule is disabled, or Lambda does not take its calls. Terraform enables the rule again."
        namespace   = "AWS/Lambda"
        metric      = "Invocations"
        statistic   = "Sum"
        least       = 1
        dimensions  = { FunctionName = aws_lambda_function.this["progress"].function_name }
      }
      decided-elsewhere = {
        description = "An execution took a decision that nobody made in Slack: somebody answered its task token. The thread and the audit say of which request; ask who may call states:SendTaskSuccess."
        namespace   = "patchbot"
        metric      = "DecidedElsewhere"
        statistic   = "Sum"
        limit       = 0
        dimensions  = {}
      }
      api-errors = {
        description = "Slack got server errors: clicks and commands may have been lost."
        namespace   = "AWS/ApiGateway"
        metric      = "5xx"
        statistic   = "Sum"
        limit       = 0
        dimensions  = { ApiId = aws_apigatewayv2_api.interact.id }
      }
    },
    {
      for key, refusal in local.refusals : key => {
        description = refusal.description
        namespace   = "patchbot"
        metric      = "${var.name}-${key}"
        statistic   = "Sum"
        limit       = refusal.limit
        dimensions  = {}
      }
    },
  )
}

resource "aws_cloudwatch_log_metric_filter" "refusal" {
  for_each = local.refusals

  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.api.name
  pattern        = each.value.pattern

  metric_transformation {
    namespace = "patchbot"
    name      = "${var.name}-${each.key}"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  dimensions          = each.value.dimensions
  comparison_operator = can(each.value.least) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = try(each.value.least, each.value.limit)
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = can(each.value.least) ? "breaching" : "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}

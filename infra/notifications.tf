# State machine -> topic -> queue -> function notify.

resource "aws_sns_topic" "notifications" {
  name              = "${var.name}-notifications"
  display_name      = "patchbot notifications"
  kms_master_key_id = coalesce(var.kms_key_arn, "alias/aws/sns")
  tags              = var.tags
}

# Raw delivery: the queue holds the state machine's message itself, not SNS's wrapping of it.
resource "aws_sns_topic_subscription" "notifications" {
  topic_arn            = aws_sns_topic.notifications.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.notifications.arn
  raw_message_delivery = true
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letters["notifications"].arn })
}

locals {
  # Ten tries, six timeouts of the function apart, outlast an hour without a table.
  notify_tries = 10

  # One queue for each way in which a message can be given up. What a FIFO queue gives up, another
  # one takes.
  dead_letters = {
    notifications = { fifo = false, about = "Notifications that notify failed on again and again, or that SNS could not deliver." }
    channels      = { fifo = true, about = "Signals that there is something to see in a channel, on which notify failed again and again." }
    events        = { fifo = false, about = "Events that EventBridge could not deliver." }
    progress      = { fifo = false, about = "Events that progress failed on again and again." }
  }

  queue_encryption = {
    managed = var.kms_key_arn == null ? true : null
    reuse   = var.kms_key_arn == null ? null : 300
  }
}

resource "aws_sqs_queue" "notifications" {
  name                              = "${var.name}-notifications"
  visibility_timeout_seconds        = 6 * local.functions.notify.timeout
  message_retention_seconds         = 345600 # 4 days: longer than the default time to answer
  sqs_managed_sse_enabled           = local.queue_encryption.managed
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = local.queue_encryption.reuse
  tags                              = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters["notifications"].arn
    maxReceiveCount     = local.notify_tries
  })
}

resource "aws_sqs_queue_policy" "notifications" {
  queue_url = aws_sqs_queue.notifications.id
  policy    = data.aws_iam_policy_document.notifications_queue.json
}

data "aws_iam_policy_document" "notifications_queue" {
  source_policy_documents = [data.aws_iam_policy_document.tls_only["notifications_queue"].json]

  statement {
    sid       = "TakeFromNotificationsTopicOnly"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.notifications.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.notifications.arn]
    }
  }
}

resource "aws_lambda_event_source_mapping" "notify" {
  event_source_arn        = aws_sqs_queue.notifications.arn
  function_name           = aws_lambda_function.this["notify"].arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = local.notifications_concurrency
  }

  depends_on = [aws_iam_role_policy.function]
}

# Fourteen days, the longest there is: time to look, repair and send back.
resource "aws_sqs_queue" "dead_letters" {
  for_each = local.dead_letters

  name                              = "${var.name}-${each.key}-dead-letters${each.value.fifo ? ".fifo" : ""}"
  fifo_queue                        = each.value.fifo
  message_retention_seconds         = 1209600
  sqs_managed_sse_enabled           = local.queue_encryption.managed
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = local.queue_encryption.reuse
  tags                              = var.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "notifications" {
  queue_url = aws_sqs_queue.dead_letters["notifications"].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.notifications.arn]
  })
}

resource "aws_sqs_queue_policy" "notifications_dead_letters" {
  queue_url = aws_sqs_queue.dead_letters["notifications"].id
  policy    = data.aws_iam_policy_document.notifications_dead_letters.json
}

data "aws_iam_policy_document" "notifications_dead_letters" {
  source_policy_documents = [data.aws_iam_policy_document.tls_only["notifications_dead_letters"].json]

  statement {
    sid       = "TakeFromNotificationsTopicOnly"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters["notifications"].arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.notifications.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "progress_dead_letters" {
  queue_url = aws_sqs_queue.dead_letters["progress"].id
  policy    = data.aws_iam_policy_document.tls_only["progress_dead_letters"].json
}

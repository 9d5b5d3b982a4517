# Functions -> FIFO queue -> function notify, the one writer of a channel: a message group is a
# channel, of which one batch at a time is handed over. A message only says that there is something
# to see; what, is in the table.

locals {
  # How many copies of notify the queue of notifications feeds at once: the least that AWS allows.
  notifications_concurrency = 2
}

resource "aws_sqs_queue" "channels" {
  name                              = "${var.name}-channels.fifo"
  fifo_queue                        = true
  content_based_deduplication       = false # whoever sends says what is the same news
  deduplication_scope               = "messageGroup"
  fifo_throughput_limit             = "perMessageGroupId"
  visibility_timeout_seconds        = 6 * local.functions.notify.timeout
  message_retention_seconds         = 345600 # 4 days, as notifications
  sqs_managed_sse_enabled           = local.queue_encryption.managed
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = local.queue_encryption.reuse
  tags                              = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters["channels"].arn
    maxReceiveCount     = local.notify_tries
  })
}

resource "aws_sqs_queue_policy" "channels" {
  queue_url = aws_sqs_queue.channels.id
  policy    = data.aws_iam_policy_document.tls_only["channels_queue"].json
}

resource "aws_sqs_queue_redrive_allow_policy" "channels" {
  queue_url = aws_sqs_queue.dead_letters["channels"].id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.channels.arn]
  })
}

resource "aws_sqs_queue_policy" "channels_dead_letters" {
  queue_url = aws_sqs_queue.dead_letters["channels"].id
  policy    = data.aws_iam_policy_document.tls_only["channels_dead_letters"].json
}

# A batch of ten is the largest that AWS allows of a FIFO queue, which has no batching window.
resource "aws_lambda_event_source_mapping" "channels" {
  event_source_arn        = aws_sqs_queue.channels.arn
  function_name           = aws_lambda_function.this["notify"].arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = var.channels_concurrency
  }

  depends_on = [aws_iam_role_policy.function]
}

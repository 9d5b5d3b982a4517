# Where everything is, for `patchbot setup` and `patchbot doctor`, which know only the name.
# Names, addresses and settings; nothing secret.
resource "aws_ssm_parameter" "installation" {
  name        = "/${var.name}/installation"
  description = "Where the parts of patchbot are."
  type        = "String"
  tier        = "Intelligent-Tiering" # Standard, but for values over 4,096 characters
  tags        = var.tags

  value = jsonencode({
    api_url                 = aws_apigatewayv2_api.interact.api_endpoint
    secret_arn              = aws_secretsmanager_secret.slack.arn
    table                   = aws_dynamodb_table.requests.name
    default_channel         = var.default_channel
    state_machine_arn       = aws_sfn_state_machine.this["patch-approval"].arn
    notifications_topic_arn = aws_sns_topic.notifications.arn
    notifications_queue_arn = aws_sqs_queue.notifications.arn
    functions               = { for key, function in aws_lambda_function.this : key => function.function_name }
    emails_topic_arn        = aws_sns_topic.emails.arn
    dead_letter_queues      = { for key, queue in aws_sqs_queue.dead_letters : key => queue.url }
    machine                 = merge(local.machine_settings, { change_calendars = var.change_calendars, hook_documents = var.hook_documents }, local.waiting_seconds.usual, { critical = local.waiting_seconds.critical })

    # No schedule: switched off.
    find_missing = {
      state_machine_arn = aws_sfn_state_machine.this["find-missing"].arn
      schedule_group    = var.name
      schedule          = one(values(aws_scheduler_schedule.find_missing)[*].name)
    }

    rules = concat(
      [aws_cloudwatch_event_rule.non_compliant.name, aws_cloudwatch_event_rule.sweep.name, aws_cloudwatch_event_rule.end_backups.name],
      [for key in sort(keys(local.progress_events)) : aws_cloudwatch_event_rule.progress[key].name],
    )
  })
}

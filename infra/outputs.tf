output "api_url" {
  description = "Base address of the HTTP API."
  value       = aws_apigatewayv2_api.interact.api_endpoint
}

output "slack_urls" {
  description = "The request URLs of the Slack app, as `patchbot manifest` fills them in."
  value = {
    interactions = "${aws_apigatewayv2_api.interact.api_endpoint}/slack/interactions"
    commands     = "${aws_apigatewayv2_api.interact.api_endpoint}/slack/commands"
  }
}

output "state_machine_arn" {
  description = "The state machine; start it with {\"instance_id\": \"i-...\"} to ask about one instance now."
  value       = aws_sfn_state_machine.this["patch-approval"].arn
}

output "find_missing_arn" {
  description = "The state machine that looks for instances that patches are missing on; start it with {} to look now."
  value       = aws_sfn_state_machine.this["find-missing"].arn
}

output "roll_back_arn" {
  description = "The state machine that replaces a root volume by its snapshot. The bot starts it."
  value       = aws_sfn_state_machine.this["roll-back"].arn
}

output "table_name" {
  description = "The table of requests and owners."
  value       = aws_dynamodb_table.requests.name
}

output "secret_arn" {
  description = "The secret that `patchbot setup` writes Slack's token and signing secret to."
  value       = aws_secretsmanager_secret.slack.arn
}

output "notifications_topic_arn" {
  description = "The topic that the state machine publishes to."
  value       = aws_sns_topic.notifications.arn
}

output "emails_topic_arn" {
  description = "The topic that owners' mail goes through."
  value       = aws_sns_topic.emails.arn
}

output "alarms_topic_arn" {
  description = "The topic that alarms go to; subscribe to it."
  value       = local.alarm_actions[0]
}

output "notifications_queue_url" {
  description = "The queue that feeds notify."
  value       = aws_sqs_queue.notifications.url
}

output "channels_queue_url" {
  description = "The FIFO queue that wakes the one writer of each channel."
  value       = aws_sqs_queue.channels.url
}

output "dead_letter_queue_urls" {
  description = "Where given up messages are, by the way they took: notifications, channels, events, progress."
  value       = { for key, queue in aws_sqs_queue.dead_letters : key => queue.url }
}

output "function_names" {
  description = "The functions, by what they do: notify, interact, progress."
  value       = { for key, function in aws_lambda_function.this : key => function.function_name }
}

output "log_group_names" {
  description = "Log groups of the functions, the state machines and the API, and of what installs and scans print."
  value = merge(
    { for key, group in aws_cloudwatch_log_group.function : key => group.name },
    { for key, group in aws_cloudwatch_log_group.machine : key => group.name },
    { api = aws_cloudwatch_log_group.api.name, command-output = aws_cloudwatch_log_group.command_output.name },
  )
}

output "dashboard_url" {
  description = "The dashboard in the console."
  value       = "https://${local.console}/cloudwatch/home?region=${local.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}

locals {
  # The functions write these metrics into their logs.
  metrics_namespace = "patchbot"

  # Rows of the dashboard, three graphs each: title, statistic and metrics.
  graphs = [
    {
      title   = "Requests"
      stat    = "Sum"
      metrics = [[local.metrics_namespace, "Requests"]]
    },
    {
      title   = "Decisions"
      stat    = "Sum"
      metrics = [[{ expression = "SEARCH('{${local.metrics_namespace},Verdict} MetricName=\"Decisions\"', 'Sum', 300)" }]]
    },
    {
      title = "From request to decision, seconds"
      stat  = "p50"
      metrics = [
        [local.metrics_namespace, "SecondsToDecision", { stat = "p50", label = "half of them within" }],
        [local.metrics_namespace, "SecondsToDecision", { stat = "p90", label = "nine of ten within" }],
      ]
    },
    {
      title = "From request to patched, seconds"
      stat  = "p50"
      metrics = [
        [local.metrics_namespace, "SecondsToPatched", { stat = "p50", label = "half of them within" }],
        [local.metrics_namespace, "SecondsToPatched", { stat = "p90", label = "nine of ten within" }],
      ]
    },
    {
      title = "What Slack refused, what was tried again, and channels not signalled"
      stat  = "Sum"
      metrics = [
        [local.metrics_namespace, "SlackErrors"],
        [local.metrics_namespace, "EffectRetries"],
        [local.metrics_namespace, "EffectsStuck"],
        [local.metrics_namespace, "SignalErrors"],
      ]
    },
    {
      title = "Executions"
      stat  = "Sum"
      metrics = [
        for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] :
        ["AWS/States", metric, "StateMachineArn", aws_sfn_state_machine.this["patch-approval"].arn]
      ]
    },
    {
      title = "Oldest notification and oldest signal, seconds"
      stat  = "Maximum"
      metrics = [
        for queue in [aws_sqs_queue.notifications.name, aws_sqs_queue.channels.name] :
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]
      ]
    },
    {
      title = "Messages given up"
      stat  = "Maximum"
      metrics = [
        for key in sort(keys(local.dead_letters)) :
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.dead_letters[key].name]
      ]
    },
    {
      title = "Errors of the functions"
      stat  = "Sum"
      metrics = [
        for key in sort(keys(local.functions)) :
        ["AWS/Lambda", "Errors", "FunctionName", aws_lambda_function.this[key].function_name]
      ]
    },
    {
      title = "Longest run of the functions, milliseconds"
      stat  = "Maximum"
      metrics = [
        for key in sort(keys(local.functions)) :
        ["AWS/Lambda", "Duration", "FunctionName", aws_lambda_function.this[key].function_name]
      ]
    },
    {
      title = "Answers of the API"
      stat  = "Sum"
      metrics = [
        for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", aws_apigatewayv2_api.interact.id]
      ]
    },
    {
      title = "Slack waits at most 3000 ms"
      stat  = "p99"
      metrics = [
        ["AWS/ApiGateway", "Latency", "ApiId", aws_apigatewayv2_api.interact.id],
      ]
    },
    {
      title = "Looks for what was missed"
      stat  = "Sum"
      metrics = [
        for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] :
        ["AWS/States", metric, "StateMachineArn", aws_sfn_state_machine.this["find-missing"].arn]
      ]
    },
    {
      title = "Longest look, milliseconds"
      stat  = "Maximum"
      metrics = [
        ["AWS/States", "ExecutionTime", "StateMachineArn", aws_sfn_state_machine.this["find-missing"].arn],
      ]
    },
    {
      title = "Starts by the schedule"
      stat  = "Sum"
      metrics = [
        for metric in ["InvocationAttemptCount", "TargetErrorCount", "InvocationDroppedCount"] :
        ["AWS/Scheduler", metric, "ScheduleGroup", var.name]
      ]
    },
    {
      title = "Roll backs"
      stat  = "Sum"
      metrics = [
        for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] :
        ["AWS/States", metric, "StateMachineArn", aws_sfn_state_machine.this["roll-back"].arn]
      ]
    },
    {
      title = "Longest roll back, milliseconds"
      stat  = "Maximum"
      metrics = [
        ["AWS/States", "ExecutionTime", "StateMachineArn", aws_sfn_state_machine.this["roll-back"].arn],
      ]
    },
    {
      title = "Throttled steps"
      stat  = "Sum"
      metrics = [
        for machine in sort(keys(local.machines)) :
        ["AWS/States", "ExecutionThrottled", "StateMachineArn", aws_sfn_state_machine.this[machine].arn]
      ]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [
      for i, graph in local.graphs : {
        type   = "metric"
        x      = i % 3 * 8
        y      = floor(i / 3) * 6
        width  = 8
        height = 6
        properties = {
          title   = graph.title
          region  = local.region
          stat    = graph.stat
          period  = 300
          view    = "timeSeries"
          metrics = graph.metrics
        }
      }
    ]
  })
}

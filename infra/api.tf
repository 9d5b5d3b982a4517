locals {
  # Each route has a throttle of its own, so that a flood on one leaves the others alone. Slack
  # sends an event whenever somebody opens the app's Home.
  routes = merge(
    {
      "POST /slack/interactions" = { rate = var.throttle_rate, burst = var.throttle_burst }
      "POST /slack/commands"     = { rate = var.throttle_rate, burst = var.throttle_burst }
      "POST /slack/events"       = { rate = var.throttle_rate, burst = var.throttle_burst }
      "GET /healthz"             = { rate = 2, burst = 5 }
    },
    # A mail scanner may open every link of a mail at once.
    var.approval_page ? {
      "GET /approvals/{id}"  = { rate = var.throttle_rate, burst = var.throttle_burst }
      "POST /approvals/{id}" = { rate = var.throttle_rate, burst = var.throttle_burst }
    } : {},
  )

  # Where the links in mails lead.
  url = coalesce(var.url, aws_apigatewayv2_api.interact.api_endpoint)
}

resource "aws_apigatewayv2_api" "interact" {
  name          = var.name
  description   = "What Slack calls, and the pages that mails link to."
  protocol_type = "HTTP"
  tags          = var.tags
}

resource "aws_apigatewayv2_integration" "interact" {
  api_id                 = aws_apigatewayv2_api.interact.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = aws_lambda_function.this["interact"].invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "interact" {
  for_each = local.routes

  api_id    = aws_apigatewayv2_api.interact.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.interact.id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.interact.id
  name        = "$default"
  auto_deploy = true
  tags        = var.tags

  default_route_settings {
    throttling_rate_limit  = var.throttle_rate
    throttling_burst_limit = var.throttle_burst
  }

  dynamic "route_settings" {
    for_each = local.routes

    content {
      route_key              = route_settings.key
      throttling_rate_limit  = route_settings.value.rate
      throttling_burst_limit = route_settings.value.burst
    }
  }

  depends_on = [aws_apigatewayv2_route.interact]

  # The route, never the path with its query string, and no body: both can carry what is
  # nobody else's business, such as the key of a mail's link.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format = jsonencode({
      request_id        = "$context.requestId"
      time              = "$context.requestTime"
      source_ip         = "$context.identity.sourceIp"
      route             = "$context.routeKey"
      status            = "$context.status"
      response_length   = "$context.responseLength"
      latency_ms        = "$context.responseLatency"
      integration_error = "$context.integrationErrorMessage"
    })
  }
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_permission" "api" {
  statement_id  = "Api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this["interact"].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.interact.execution_arn}/*/*"
}

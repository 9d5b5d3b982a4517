# Stands for AWS: what it would answer that the module builds on. Its ARNs have a partition of
# their own, so that tests see where the module writes one itself.

mock_data "aws_partition" {
  defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
}

mock_data "aws_region" {
  defaults = { id = "us-east-1" }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_iam_policy_document" {
  defaults = { json = "{}" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws-mock:iam::123456789012:role/mock" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws-mock:sns:us-east-1:123456789012:mock" }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws-mock:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws-mock:sqs:us-east-1:123456789012:mock"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/mock"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws-mock:logs:us-east-1:123456789012:log-group:mock" }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = { arn = "arn:aws-mock:events:us-east-1:123456789012:rule/mock" }
}

mock_resource "aws_dynamodb_table" {
  defaults = { arn = "arn:aws-mock:dynamodb:us-east-1:123456789012:table/mock" }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = { arn = "arn:aws-mock:secretsmanager:us-east-1:123456789012:secret:mock-a1b2c3" }
}

mock_resource "aws_scheduler_schedule_group" {
  defaults = { arn = "arn:aws-mock:scheduler:us-east-1:123456789012:schedule-group/mock" }
}

mock_resource "aws_sfn_state_machine" {
  defaults = { arn = "arn:aws-mock:states:us-east-1:123456789012:stateMachine:mock" }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn        = "arn:aws-mock:lambda:us-east-1:123456789012:function:mock"
    invoke_arn = "arn:aws-mock:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
}

mock_resource "aws_apigatewayv2_api" {
  defaults = {
    api_endpoint  = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
    execution_arn = "arn:aws-mock:execute-api:us-east-1:123456789012:a1b2c3d4e5"
  }
}

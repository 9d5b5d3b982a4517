package installation

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// Account holds the clients of the AWS account that patchbot is installed in.
type Account struct {
	DynamoDB  *dynamodb.Client
	EC2       *ec2.Client
	Events    *eventbridge.Client
	Scheduler *scheduler.Client
	Secrets   *secretsmanager.Client
	SFN       *sfn.Client
	SNS       *sns.Client
	SQS       *sqs.Client
	SSM       *ssm.Client
}

// Connect makes the clients from the usual AWS environment and files. A missing Region is a
// terminal.UsageError.
func Connect(ctx context.Context) (Account, error) {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return Account{}, fmt.Errorf("load the AWS configuration: %w", err)
	}
	if c.Region == "" {
		return Account{}, terminal.UsageError("no AWS Region is set: expected AWS_REGION, or a region in the AWS profile")
	}
	return NewAccount(c), nil
}

// NewAccount makes the clients.
func NewAccount(c aws.Config) Account {
	return Account{dynamodb.NewFromConfig(c), ec2.NewFromConfig(c), eventbridge.NewFromConfig(c), scheduler.NewFromConfig(c), secretsmanager.NewFromConfig(c),
		sfn.NewFromConfig(c), sns.NewFromConfig(c), sqs.NewFromConfig(c), ssm.NewFromConfig(c)}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
	"github.com/patchbot/patchbot/workflow"
)

// installation says where the parts of a deployed patchbot are. Terraform writes it to
// the SSM parameter /NAME/installation, so that setup and doctor need nothing but a name.
type installation struct {
	APIURL                string            `json:"api_url"`
	SecretARN             string            `json:"secret_arn"`
	Table                 string            `json:"table"`
	DefaultChannel        string            `json:"default_channel"`
	StateMachineARN       string            `json:"state_machine_arn"`
	NotificationsTopicARN string            `json:"notifications_topic_arn"`
	NotificationsQueueARN string            `json:"notifications_queue_arn"`
	Functions             map[string]string `json:"functions"` // what they are called in the code, to their name
	EmailsTopicARN        string            `json:"emails_topic_arn"`
	DeadLetterQueues      map[string]string `json:"dead_letter_queues"` // what they are for, to URL
	Rules                 []string          `json:"rules"`              // EventBridge rules by name
	Machine               machineSettings   `json:"machine"`
	FindMissing           findMissing       `json:"find_missing"`
}

// findMissing is the state machine that looks for what no event told.
type findMissing struct {
	StateMachineARN string `json:"state_machine_arn"`
	ScheduleGroup   string `json:"schedule_group"`
	Schedule        string `json:"schedule"` // empty: switched off
}

// machineSettings are the values that Terraform rendered the state machine with.
type machineSettings struct {
	PolicyTagValue      string            `json:"policy_tag_value"`  // of the tag "patch-policy"
	BaselineOverride    string            `json:"baseline_override"` // empty: none
	Severity            workflow.Severity `json:"severity"`
	Backup              bool              `json:"backup"`
	AnswerWithinSeconds int               `json:"answer_within_seconds"`
	BackupWithinSeconds int               `json:"backup_within_seconds"`
	PatchWithinSeconds  int               `json:"patch_within_seconds"`
	ScanWithinSeconds   int               `json:"scan_within_seconds"`
}

// settings are the same values for workflow.Render.
func (i installation) settings() workflow.Settings {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	return workflow.Settings{NotificationsTopicARN: i.NotificationsTopicARN, PatchApprovalARN: i.StateMachineARN,
		PolicyTagValue: i.Machine.PolicyTagValue, BaselineOverride: i.Machine.BaselineOverride,
		Severity: i.Machine.Severity, Backup: i.Machine.Backup,
		AnswerWithin: seconds(i.Machine.AnswerWithinSeconds), BackupWithin: seconds(i.Machine.BackupWithinSeconds),
		PatchWithin: seconds(i.Machine.PatchWithinSeconds), ScanWithin: seconds(i.Machine.ScanWithinSeconds)}
}

// cloud holds the clients of the AWS account that patchbot is installed in.
type cloud struct {
	dynamodb  *dynamodb.Client
	ec2       *ec2.Client
	events    *eventbridge.Client
	scheduler *scheduler.Client
	secrets   *secretsmanager.Client
	sfn       *sfn.Client
	sns       *sns.Client
	sqs       *sqs.Client
	ssm       *ssm.Client
}

// connect makes the clients from the usual AWS environment and files.
func connect(ctx context.Context) (cloud, error) {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return cloud{}, fmt.Errorf("load the AWS configuration: %w", err)
	}
	if c.Region == "" {
		return cloud{}, terminal.UsageError("no AWS Region is set: expected AWS_REGION, or a region in the AWS profile")
	}
	return newCloud(c), nil
}

func newCloud(c aws.Config) cloud {
	return cloud{dynamodb.NewFromConfig(c), ec2.NewFromConfig(c), eventbridge.NewFromConfig(c), scheduler.NewFromConfig(c), secretsmanager.NewFromConfig(c),
		sfn.NewFromConfig(c), sns.NewFromConfig(c), sqs.NewFromConfig(c), ssm.NewFromConfig(c)}
}

// installation reads where everything is.
func (c cloud) installation(ctx context.Context, name string) (installation, error) {
	parameter := "/" + name + "/installation"
	out, err := c.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: &parameter})
	var missing *types.ParameterNotFound
	if errors.As(err, &missing) {
		return installation{}, fmt.Errorf("no SSM parameter %s in this account and Region: run terraform apply first, or name the installation with --name", parameter)
	}
	if err != nil {
		return installation{}, fmt.Errorf("read SSM parameter %s: %w", parameter, err)
	}
	i := installation{Machine: machineSettings{PolicyTagValue: defaultTagValue}}
	if err := json.Unmarshal([]byte(aws.ToString(out.Parameter.Value)), &i); err != nil {
		return installation{}, fmt.Errorf("SSM parameter %s is not an installation: %w; run terraform apply again", parameter, err)
	}
	return i, nil
}

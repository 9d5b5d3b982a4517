// Package installation finds the parts of a deployed patchbot for the commands that check and
// use it: where Terraform put them, the clients of their AWS account, and their Slack token.
package installation

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/patchbot/patchbot/workflow"
)

// Installation says where the parts of a deployed patchbot are. Terraform writes it to
// the SSM parameter /NAME/installation, so that a command needs nothing but a name.
type Installation struct {
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
	Machine               MachineSettings   `json:"machine"`
	FindMissing           FindMissing       `json:"find_missing"`
}

// FindMissing is the state machine that looks for what no event told.
type FindMissing struct {
	StateMachineARN string `json:"state_machine_arn"`
	ScheduleGroup   string `json:"schedule_group"`
	Schedule        string `json:"schedule"` // empty: switched off
}

// MachineSettings are the values that Terraform rendered the state machine with.
type MachineSettings struct {
	PolicyTagValue   string            `json:"policy_tag_value"`  // of the tag "patch-policy"
	BaselineOverride string            `json:"baseline_override"` // empty: none
	Severity         workflow.Severity `json:"severity"`
	Backup           bool              `json:"backup"`
	MachineWaiting
	Critical              MachineWaiting `json:"critical"` // where a critical patch is missing
	ScheduleWithinSeconds int            `json:"schedule_within_seconds"`
	TurnWithinSeconds     int            `json:"turn_within_seconds"`
	ChangeCalendars       []string       `json:"change_calendars"` // names or ARNs
	FreezeWithinSeconds   int            `json:"freeze_within_seconds"`
	BackupWithinSeconds   int            `json:"backup_within_seconds"`
	PatchWithinSeconds    int            `json:"patch_within_seconds"`
	ScanWithinSeconds     int            `json:"scan_within_seconds"`
	RollBackWithinSeconds int            `json:"roll_back_within_seconds"` // 0 of installations that are older than the way back
	BackWithinSeconds     int            `json:"back_within_seconds"`
	HookDocuments         []string       `json:"hook_documents"`
	HookWithinSeconds     int            `json:"hook_within_seconds"` // 0 of installations that are older than documents around an install
	OutputLogGroup        string         `json:"output_log_group"`
}

// MachineWaiting is how long a question waits for its answer, and when it is asked again.
type MachineWaiting struct {
	AnswerWithinSeconds  int   `json:"answer_within_seconds"`
	RemindAfterSeconds   []int `json:"remind_after_seconds"`
	EscalateAfterSeconds int   `json:"escalate_after_seconds"` // 0: never
}

func (w MachineWaiting) waiting() workflow.Waiting {
	waiting := workflow.Waiting{AnswerWithin: seconds(w.AnswerWithinSeconds), EscalateAfter: seconds(w.EscalateAfterSeconds)}
	for _, n := range w.RemindAfterSeconds {
		waiting.RemindAfter = append(waiting.RemindAfter, seconds(n))
	}
	return waiting
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// Settings are the same values for workflow.Machine.Render.
func (i Installation) Settings() workflow.Settings {
	return workflow.Settings{NotificationsTopicARN: i.NotificationsTopicARN, PatchApprovalARN: i.StateMachineARN,
		PolicyTagValue: i.Machine.PolicyTagValue, BaselineOverride: i.Machine.BaselineOverride,
		Severity: i.Machine.Severity, Backup: i.Machine.Backup,
		Waiting: i.Machine.waiting(), Critical: i.Machine.Critical.waiting(), ScheduleWithin: seconds(i.Machine.ScheduleWithinSeconds), TurnWithin: seconds(i.Machine.TurnWithinSeconds),
		Calendars: i.Machine.ChangeCalendars, FreezeWithin: seconds(i.Machine.FreezeWithinSeconds), BackupWithin: seconds(i.Machine.BackupWithinSeconds),
		PatchWithin: seconds(i.Machine.PatchWithinSeconds), ScanWithin: seconds(i.Machine.ScanWithinSeconds),
		RollBackWithin: cmp.Or(seconds(i.Machine.RollBackWithinSeconds), workflow.DefaultSettings().RollBackWithin),
		BackWithin:     cmp.Or(seconds(i.Machine.BackWithinSeconds), workflow.DefaultSettings().BackWithin), OutputLogGroup: i.Machine.OutputLogGroup,
		HookDocuments: i.Machine.HookDocuments, HookWithin: cmp.Or(seconds(i.Machine.HookWithinSeconds), workflow.DefaultSettings().HookWithin)}
}

// Open connects to the account of the environment, and reads the installation of a name in it.
func Open(ctx context.Context, name string) (Account, Installation, error) {
	account, err := Connect(ctx)
	if err != nil {
		return Account{}, Installation{}, err
	}
	where, err := Read(ctx, account.SSM, name)
	return account, where, err
}

// Read reads where everything is. The name is the Terraform variable name, e.g. "patchbot".
func Read(ctx context.Context, client *ssm.Client, name string) (Installation, error) {
	parameter := "/" + name + "/installation"
	out, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: &parameter})
	var missing *types.ParameterNotFound
	if errors.As(err, &missing) {
		return Installation{}, fmt.Errorf("no SSM parameter %s in this account and Region: run terraform apply first, or name the installation with --name", parameter)
	}
	if err != nil {
		return Installation{}, fmt.Errorf("read SSM parameter %s: %w", parameter, err)
	}
	i, err := Parse(aws.ToString(out.Parameter.Value))
	if err != nil {
		return Installation{}, fmt.Errorf("SSM parameter %s is not an installation: %w; run terraform apply again", parameter, err)
	}
	return i, nil
}

// What installations have that do not say it: they are older than the setting.
const (
	defaultTagValue     = "patch-on-approval"
	defaultFreezeWithin = 60 * 24 * 3600 // seconds
)

// Parse reads the value of the parameter. JSON of other software gives an Installation
// without a StateMachineARN.
func Parse(value string) (Installation, error) {
	i := Installation{Machine: MachineSettings{PolicyTagValue: defaultTagValue, FreezeWithinSeconds: defaultFreezeWithin}}
	if err := json.Unmarshal([]byte(value), &i); err != nil {
		return Installation{}, err
	}
	return i, nil
}

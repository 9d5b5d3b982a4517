package moduletest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// plan is what Terraform shows of the applied example.
type plan struct {
	text      string
	resources []resource
}

// resource is one resource of the module patchbot, or of the example around it.
type resource struct {
	Address string
	Type    string
	Name    string
	Index   any
	Values  map[string]any
}

func (r resource) text(name string) string {
	value, _ := r.Values[name].(string)
	return value
}

// blocks returns nested blocks of one kind.
func (r resource) blocks(name string) []map[string]any {
	list, _ := r.Values[name].([]any)
	var blocks []map[string]any
	for _, block := range list {
		blocks = append(blocks, block.(map[string]any))
	}
	return blocks
}

// statement is one statement of a policy.
type statement struct {
	Sid       string
	Effect    string
	Action    oneOrMore
	Resource  oneOrMore
	Principal json.RawMessage
	Condition map[string]map[string]oneOrMore
}

// oneOrMore is a text or a list of texts, as IAM writes them.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*o = []string{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(o))
}

func parsePlan(t *testing.T, shown string) plan {
	t.Helper()
	var parsed struct {
		PlannedValues struct {
			RootModule struct {
				Resources    []resource
				ChildModules []struct {
					Address   string
					Resources []resource
				} `json:"child_modules"`
			} `json:"root_module"`
		} `json:"planned_values"`
	}
	require.NoError(t, json.Unmarshal([]byte(shown), &parsed))
	p := plan{text: shown}
	for _, module := range parsed.PlannedValues.RootModule.ChildModules {
		if module.Address == "module.patchbot" {
			p.resources = append(module.Resources, parsed.PlannedValues.RootModule.Resources...)
		}
	}
	require.NotEmpty(t, p.resources)
	return p
}

func (p plan) ofType(t *testing.T, types ...string) []resource {
	t.Helper()
	found := slices.DeleteFunc(slices.Clone(p.resources), func(r resource) bool { return !slices.Contains(types, r.Type) })
	require.NotEmpty(t, found, "no resource of type %v", types)
	return found
}

// statements returns the statements of policies by the address of their resource.
func (p plan) statements(t *testing.T, types ...string) map[string][]statement {
	t.Helper()
	found := map[string][]statement{}
	for _, r := range p.ofType(t, types...) {
		text := r.text("policy")
		if r.Type == "aws_iam_role" {
			text = r.text("assume_role_policy")
		}
		var policy struct{ Statement []statement }
		require.NoError(t, json.Unmarshal([]byte(text), &policy), r.Address)
		require.NotEmpty(t, policy.Statement, r.Address)
		found[r.Address] = policy.Statement
	}
	return found
}

func (p plan) allowsNoActionByWildcard(t *testing.T) {
	for address, statements := range p.statements(t, "aws_iam_role_policy", "aws_iam_role", "aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_kms_key", "aws_secretsmanager_secret_policy") {
		for _, s := range statements {
			require.NotEmpty(t, s.Sid, "%s: every statement has a name", address)
			require.NotEmpty(t, s.Action, "%s %s", address, s.Sid)
			for _, action := range s.Action {
				require.NotContains(t, action, "*", "%s %s", address, s.Sid)
			}
			if s.Effect == "Allow" {
				require.NotContains(t, string(s.Principal), `*`, "%s %s", address, s.Sid)
			}
		}
	}
}

func (p plan) allowsAllResourcesRarely(t *testing.T) {
	allowed := []string{"FindInstancesAndSnapshots", "ReadNodesAndCommands", "ReadPatches", "FindTaggedNodes", "ReadPatchCounts",
		"DeliverLogs", "SendTraces", "LookAtCommandsSnapshotsAndReplacements", "FindInstancesSnapshotsAndReplacements",
		"FindAutoScalingGroup"}
	for address, statements := range p.statements(t, "aws_iam_role_policy") {
		for _, s := range statements {
			if slices.Contains(s.Resource, "*") {
				require.Contains(t, allowed, s.Sid, address)
			}
		}
	}
}

// machine is one of the state machines, by its key.
func (p plan) machine(t *testing.T, key string) resource {
	t.Helper()
	for _, r := range p.ofType(t, "aws_sfn_state_machine") {
		if r.Index == key {
			return r
		}
	}
	require.Fail(t, "no state machine "+key)
	return resource{}
}

func (p plan) rendersTheMachines(t *testing.T) {
	topics := slices.DeleteFunc(p.ofType(t, "aws_sns_topic"), func(r resource) bool { return r.Name != "notifications" })
	require.Len(t, topics, 1)
	settings := workflow.Settings{
		NotificationsTopicARN: topics[0].text("arn"),
		PatchApprovalARN:      p.machine(t, "patch-approval").text("arn"),
		PolicyTagValue:        "patch-on-approval",
		Severity:              workflow.SeveritySecurity,
		Backup:                true,
		Waiting:               workflow.Waiting{AnswerWithin: 48 * time.Hour, RemindAfter: []time.Duration{24 * time.Hour}, EscalateAfter: 40 * time.Hour},
		Critical:              workflow.Waiting{AnswerWithin: 24 * time.Hour, EscalateAfter: 20 * time.Hour},
		ScheduleWithin:        7 * 24 * time.Hour,
		TurnWithin:            7 * 24 * time.Hour, FreezeWithin: 60 * 24 * time.Hour,
		BackupWithin: 90 * time.Minute,
		PatchWithin:  180 * time.Minute,
		ScanWithin:   30 * time.Minute, RollBackWithin: 120 * time.Minute, BackWithin: 30 * time.Minute, HookWithin: time.Hour, OutputLogGroup: "/patchbot/command-output",
	}
	for _, machine := range []workflow.Machine{workflow.PatchApproval, workflow.FindMissing, workflow.RollBack} {
		want, err := machine.Render(settings)
		require.NoError(t, err)
		require.Equal(t, string(want), p.machine(t, string(machine)).text("definition"))
	}
	for _, machine := range p.ofType(t, "aws_sfn_state_machine") {
		require.Equal(t, "STANDARD", machine.text("type"))
		logging := machine.blocks("logging_configuration")[0]
		require.Equal(t, false, logging["include_execution_data"], "execution data holds task tokens")
	}
}

func (p plan) givesOnlyDocumentedSettings(t *testing.T) {
	found := p.ofType(t, "aws_lambda_function")
	require.Len(t, found, len(functions))
	for _, function := range found {
		environment := function.blocks("environment")[0]["variables"].(map[string]any)
		var names []string
		for name, value := range environment {
			names = append(names, name)
			require.NotEmpty(t, value, name)
		}
		want := []string{"PATCHBOT_TABLE", "PATCHBOT_SECRET_ARN", "PATCHBOT_DEFAULT_CHANNEL", "PATCHBOT_DEFAULT_APPROVERS", "PATCHBOT_PLATFORM_CHANNEL", "PATCHBOT_EMAIL_ALWAYS", "PATCHBOT_URL", "PATCHBOT_CHANNELS_QUEUE_URL",
			"PATCHBOT_TURNS_AT_ONCE", "PATCHBOT_TURNS_CANARY", "PATCHBOT_TURNS_HOLD_AFTER", "PATCHBOT_ROLL_BACK_MACHINE_ARN"}
		own := map[any][]string{"notify": {"PATCHBOT_ASK_AGAIN_AFTER", "PATCHBOT_AFTER_NO_ANSWER", "PATCHBOT_BACKUP_DAYS"}, "progress": {"PATCHBOT_EMAILS_TOPIC_ARN"},
			"interact": {"PATCHBOT_STATE_MACHINE_ARN"}}
		require.ElementsMatch(t, append(want, own[function.Index]...), names)
	}
}

// tellsWhereEverythingIs reads the parameter that `patchbot setup` and `patchbot doctor` read.
func (p plan) tellsWhereEverythingIs(t *testing.T) {
	parameter := p.ofType(t, "aws_ssm_parameter")[0]
	require.Equal(t, "/patchbot/installation", parameter.text("name"))
	var installation map[string]any
	require.NoError(t, json.Unmarshal([]byte(parameter.text("value")), &installation))
	require.Equal(t, p.machine(t, "patch-approval").text("arn"), installation["state_machine_arn"])
	require.Equal(t, map[string]any{"state_machine_arn": p.machine(t, "find-missing").text("arn"), "schedule_group": "patchbot",
		"schedule": "patchbot-find-missing"}, installation["find_missing"])
	require.Equal(t, map[string]any{"policy_tag_value": "patch-on-approval", "baseline_override": "", "severity": "security", "backup": true, "answer_within_seconds": 172800.0, "remind_after_seconds": []any{86400.0}, "escalate_after_seconds": 144000.0,
		"critical": map[string]any{"answer_within_seconds": 86400.0, "remind_after_seconds": []any{}, "escalate_after_seconds": 72000.0}, "schedule_within_seconds": 604800.0, "turn_within_seconds": 604800.0, "freeze_within_seconds": 5184000.0, "change_calendars": []any{}, "hook_documents": []any{}, "hook_within_seconds": 3600.0,
		"backup_within_seconds": 5400.0, "patch_within_seconds": 10800.0, "scan_within_seconds": 1800.0, "roll_back_within_seconds": 7200.0, "back_within_seconds": 1800.0, "output_log_group": "/patchbot/command-output"}, installation["machine"])
	require.Len(t, installation["rules"], len(p.ofType(t, "aws_cloudwatch_event_rule")))
	require.Len(t, installation["dead_letter_queues"], 4)
	require.Len(t, installation["functions"], len(functions))
	require.True(t, strings.HasSuffix(installation["notifications_queue_arn"].(string), ":patchbot-notifications"))
	require.Less(t, len(parameter.text("value")), 4096, "a standard parameter has at most 4 KB, which costs nothing")
}

func (p plan) keepsNoSecretValue(t *testing.T) {
	for _, sign := range []string{"aws_secretsmanager_secret_version", "secret_string", "xoxb-", "xapp-"} {
		require.NotContains(t, p.text, sign)
	}
}

func (p plan) encryptsEverything(t *testing.T) {
	for kind, attribute := range map[string]string{
		"aws_sns_topic": "kms_master_key_id", "aws_sqs_queue": "kms_master_key_id", "aws_secretsmanager_secret": "kms_key_id",
		"aws_cloudwatch_log_group": "kms_key_id", "aws_lambda_function": "kms_key_arn",
	} {
		for _, r := range p.ofType(t, kind) {
			require.Contains(t, r.text(attribute), ":key/", r.Address)
		}
	}
	require.Contains(t, p.ofType(t, "aws_dynamodb_table")[0].blocks("server_side_encryption")[0]["kms_key_arn"], ":key/")
}

// explainsEveryAlarm asks that the README says what to do when one rings, and what they cost.
func (p plan) explainsEveryAlarm(t *testing.T) {
	readme, err := os.ReadFile(moduleFolder + "/README.md")
	require.NoError(t, err)
	alarms := p.ofType(t, "aws_cloudwatch_metric_alarm")
	for _, alarm := range alarms {
		require.Contains(t, string(readme), fmt.Sprintf("`%v`", alarm.Index))
	}
	require.Contains(t, string(readme), fmt.Sprintf("| %d alarms |", len(alarms)))
}

func (p plan) setsAlarms(t *testing.T) {
	var watched []string
	for _, alarm := range p.ofType(t, "aws_cloudwatch_metric_alarm") {
		for _, value := range alarm.Values["dimensions"].(map[string]any) {
			watched = append(watched, value.(string))
		}
		require.Len(t, alarm.Values["alarm_actions"], 1, alarm.Address)
	}
	for _, r := range p.ofType(t, "aws_sqs_queue") {
		require.Contains(t, watched, r.text("name"))
	}
	for _, r := range p.ofType(t, "aws_lambda_function") {
		require.Contains(t, watched, r.text("function_name"))
	}
	for _, r := range p.ofType(t, "aws_sfn_state_machine") {
		require.Contains(t, watched, r.text("arn"))
	}
}

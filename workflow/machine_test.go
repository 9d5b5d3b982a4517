package workflow

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

type state struct {
	Type, Comment, Resource, Next string
	Parameters, ResultSelector    json.RawMessage
	TimeoutSeconds                int
	TimeoutSecondsPath            string
	Retry                         []map[string]any
	Catch                         []struct {
		ErrorEquals []string
		Next        string
	}
}

type machine struct {
	StartAt string
	States  map[string]state
}

// machines are all of them.
var machines = []Machine{PatchApproval, FindMissing, RollBack}

func rendered(t *testing.T, of Machine) machine {
	t.Helper()
	s := DefaultSettings()
	s.NotificationsTopicARN = "arn:aws:sns:us-east-1:111122223333:notifications"
	data, err := of.Render(s)
	require.NoError(t, err)
	var m machine
	require.NoError(t, json.Unmarshal(data, &m))
	return m
}

func TestPlaceholdersStandInsideText(t *testing.T) {
	for _, m := range machines {
		source, err := m.source()
		require.NoError(t, err)
		var document any
		require.NoError(t, yaml.Unmarshal([]byte(source), &document), "%s before a placeholder is filled", m)
	}
}

func TestRenderFillsEveryPlaceholder(t *testing.T) {
	data, err := PatchApproval.Render(DefaultSettings())
	require.NoError(t, err)
	require.NotContains(t, string(data), "${")
	require.Contains(t, string(data), "States.StringToJson('[[0,86400,259200,false]")
}

func TestRenderRefusesSettingsThatCannotWork(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"an unknown severity":         func(s *Settings) { s.Severity = "urgent" },
		"no time to schedule for":     func(s *Settings) { s.ScheduleWithin = 0 },
		"no time to wait for a turn":  func(s *Settings) { s.TurnWithin = 0 },
		"no log group for output":     func(s *Settings) { s.OutputLogGroup = "" },
		"a log group of two words":    func(s *Settings) { s.OutputLogGroup = "patch bot" },
		"no time to come back":        func(s *Settings) { s.BackWithin = 0 },
		"no time to answer":           func(s *Settings) { s.AnswerWithin = 0 },
		"no time to roll back":        func(s *Settings) { s.RollBackWithin = 0 },
		"a wait longer than one year": func(s *Settings) { s.PatchWithin = 366 * 24 * time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			s := DefaultSettings()
			change(&s)
			_, err := PatchApproval.Render(s)
			require.Error(t, err)
		})
	}
}

func TestEveryTaskHasATimeoutARetryAndEndsInAReportedFailure(t *testing.T) {
	for _, m := range []Machine{PatchApproval, RollBack} { // find-missing reports its failures to the alarm alone
		requireReportedFailures(t, rendered(t, m))
	}
}

func requireReportedFailures(t *testing.T, m machine) {
	t.Helper()
	for name, s := range m.States {
		require.NotEmpty(t, s.Comment, name)
		if s.Type != "Task" {
			continue
		}
		require.True(t, s.TimeoutSeconds > 0 || s.TimeoutSecondsPath != "", name)
		require.NotEmpty(t, s.Retry, name)
		require.NotEmpty(t, s.Catch, name)
		last := s.Catch[len(s.Catch)-1]
		require.Equal(t, []string{"States.ALL"}, last.ErrorEquals, name)
		want, special := map[string]string{
			"Report Failure":         "Workflow Failed",
			"Read Volumes":           "Go On Without Sizes",                                                    // nothing hangs on them
			"List Remaining Patches": "Report Compliance", "List Fewer Remaining Patches": "Report Compliance", // the counts tell the end without names
			"Back Up Instance": "May the Backup Be Tried Again?", // and in the end Complete the Failure
			// An instance that was not patched goes back into service first.
			"Run Document": "Is It to Be Put Back First?", "Wait for the Document": "Is It to Be Put Back First?",
			"Read Document Result": "Is It to Be Put Back First?", "Report Document": "Is It to Be Put Back First?",
			"Read Status Checks": "Is It Out of Service for Nothing?",
			"Enter Standby":      "Remember Why Standby Was Refused", // and in the end Standby Was Not Entered
			"Leave Standby":      "May It Still Come into Service?",  // and in the end Standby Was Not Left
			// What cannot be read is a freeze.
			"Read Calendars": s.Next, "Read Calendars for the Question": s.Next, "Read Calendars after the Turn": s.Next,
		}[name]
		if !special {
			want = "Complete the Failure"
		}
		require.Equal(t, want, last.Next, name)
	}
}

func TestEveryNotifyStepPublishesAKindThatIsRead(t *testing.T) {
	published := map[string]bool{}
	for _, m := range machines {
		maps.Copy(published, publishedBy(t, m))
	}
	require.Len(t, published, len(kinds))
}

// publishedBy are the kinds that a machine publishes.
func publishedBy(t *testing.T, m Machine) map[string]bool {
	t.Helper()
	published := map[string]bool{}
	for name, s := range rendered(t, m).States {
		if !strings.HasPrefix(s.Resource, "arn:aws:states:::sns:publish") {
			continue
		}
		var p struct{ Message map[string]json.RawMessage }
		require.NoError(t, json.Unmarshal(s.Parameters, &p), name)
		kinds := []string{""}
		if path := string(p.Message["kind.$"]); path != "" { // the documents before and after run through the same states
			kinds = map[string][]string{`"$.hook.started"`: {"before_started", "after_started"}, `"$.hook.finished"`: {"before_finished", "after_finished"}}[path]
			require.NotEmpty(t, kinds, name)
		} else {
			require.NoError(t, json.Unmarshal(p.Message["kind"], &kinds[0]), name)
		}
		for _, kind := range kinds {
			require.False(t, published[kind], "%s is published twice", kind)
			published[kind] = true

			_, hasToken := p.Message["task_token.$"]
			require.Equal(t, hasToken, strings.HasSuffix(s.Resource, ".waitForTaskToken"), name)
			d, err := parseDetail(kind, []byte("{}"))
			require.NoError(t, err, name)
			require.Equal(t, hasToken, Waits(d), name)
		}
	}
	return published
}

func TestFiftyPatchesWithFortyCVEsEachStayUnderTheEnvelopesLimit(t *testing.T) {
	var cves []string
	for i := range 40 {
		cves = append(cves, fmt.Sprintf("CVE-2026-%05d", i))
	}
	n := Notification{ID: "e/s/t/0", ExecutionARN: "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e",
		Token: Token(strings.Repeat("t", 2048)), Detail: ApprovalRequested{}}
	patches := make([]Patch, 50)
	for i := range patches {
		patches[i] = Patch{Title: strings.Repeat("x", 150), KBID: "kernel.x86_64", Classification: "Security", Severity: "Important", State: "Missing", CVEs: cves}
	}
	n.Detail = ApprovalRequested{Patches: patches}
	data, err := json.Marshal(n)
	require.NoError(t, err)
	require.Less(t, len(data), 64<<10)
}

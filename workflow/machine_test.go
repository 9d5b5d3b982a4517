package workflow

import (
	"encoding/json"
	"fmt"
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

func rendered(t *testing.T) machine {
	t.Helper()
	s := DefaultSettings()
	s.NotificationsTopicARN = "arn:aws:sns:us-east-1:111122223333:notifications"
	data, err := PatchApproval.Render(s)
	require.NoError(t, err)
	var m machine
	require.NoError(t, json.Unmarshal(data, &m))
	return m
}

func TestPlaceholdersStandInsideText(t *testing.T) {
	for _, m := range []Machine{PatchApproval, FindMissing} {
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
		"no time to answer":           func(s *Settings) { s.AnswerWithin = 0 },
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
	for name, s := range rendered(t).States {
		require.NotEmpty(t, s.Comment, name)
		if s.Type != "Task" {
			continue
		}
		require.True(t, s.TimeoutSeconds > 0 || s.TimeoutSecondsPath != "", name)
		require.NotEmpty(t, s.Retry, name)
		require.NotEmpty(t, s.Catch, name)
		last := s.Catch[len(s.Catch)-1]
		require.Equal(t, []string{"States.ALL"}, last.ErrorEquals, name)
		want := "Complete the Failure"
		switch name {
		case "Report Failure":
			want = "Workflow Failed"
		case "Read Calendars", "Read Calendars for the Question", "Read Calendars after the Turn": // what cannot be read is a freeze
			want = s.Next
		}
		require.Equal(t, want, last.Next, name)
	}
}

func TestEveryNotifyStepPublishesAKindThatIsRead(t *testing.T) {
	published := map[string]bool{}
	for name, s := range rendered(t).States {
		if !strings.HasPrefix(s.Resource, "arn:aws:states:::sns:publish") {
			continue
		}
		var p struct{ Message map[string]json.RawMessage }
		require.NoError(t, json.Unmarshal(s.Parameters, &p), name)
		var kind string
		require.NoError(t, json.Unmarshal(p.Message["kind"], &kind), name)
		require.False(t, published[kind], "%s is published twice", kind)
		published[kind] = true

		_, hasToken := p.Message["task_token.$"]
		require.Equal(t, hasToken, strings.HasSuffix(s.Resource, ".waitForTaskToken"), name)
		_, err := parseDetail(kind, []byte("{}"))
		require.NoError(t, err, name)
	}
	require.Len(t, published, len(kinds))
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

package wiring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

func TestProgress(t *testing.T) {
	for name, c := range map[string]struct {
		event string
		log   string
		error string
	}{
		"a command has ended that nobody waits for":  {"command.json", "an event about no request", ""},
		"snapshots have ended that nobody waits for": {"snapshots.json", "an event about no request", ""},
		"the schedule":               {"schedule.json", "", ""},
		"an event of no use":         {"unknown_event.json", "ignored an event", ""},
		"an event without a subject": {"malformed_event.json", "cannot read an event", "detail does not name its command"},
	} {
		t.Run(name, func(t *testing.T) {
			s := rotated(t)
			err := s.Progress(t.Context(), event(t, c.event))
			if c.error == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.error)
			}
			require.Equal(t, c.log, strings.Join(s.log.messages(t), ", "))
		})
	}
	require.Error(t, rotated(t).Progress(t.Context(), json.RawMessage(`[]`)))
}

func TestProgressTellsThatAnExecutionWasStopped(t *testing.T) {
	s := rotated(t)
	_, err := s.Notify(t.Context(), event(t, "sqs_envelope.json"))
	require.NoError(t, err)
	s.machine.status = "ABORTED"
	s.Bot.Looker = s.machine
	require.NoError(t, s.Progress(t.Context(), event(t, "execution.json")))
	require.Equal(t, bot.StatusStopped, s.request(t).Status)
}

func TestProgressResumesWhoWaitedForTheCommand(t *testing.T) {
	s := rotated(t)
	const command = "e8d3c0e4-71f7-4491-898f-c9b35bee5f3b"
	waiting := bot.Request{ID: bot.RequestID(execution), ExecutionARN: execution, Status: bot.StatusPatching,
		Instance: bot.Instance{ID: "i-0933335a5598d1c2e"}, Place: bot.Place{Channel: s.channel.ID},
		Wait: &bot.Wait{Token: taskToken, Subject: workflow.CommandSubject(command), CommandID: command}}
	_, err := s.store.Save(t.Context(), waiting)
	require.NoError(t, err)
	require.NoError(t, s.Progress(t.Context(), event(t, "command.json")))
	require.Contains(t, s.machine.completed, workflow.Token(taskToken))
	require.NotContains(t, s.log.String(), taskToken)
}

func TestTheScheduleDoesWhatWasLeftUndone(t *testing.T) {
	s := newTestApp(t) // Slack does not take its token
	_, err := s.Notify(t.Context(), event(t, "sqs_envelope.json"))
	require.NoError(t, err, "the notification is durable all the same")
	s.serve(t)
	require.Empty(t, s.slack.Messages(s.channel.ID))

	s.rotate()
	s.Bot.Now = func() time.Time { return time.Now().Add(time.Hour) }
	require.NoError(t, s.Progress(t.Context(), event(t, "schedule.json")))
	s.serve(t)
	require.Len(t, s.slack.Messages(s.channel.ID), 1)
}

// oldSnapshots are a backup's whose time is over.
type oldSnapshots struct {
	of      string // the request's id
	deleted []string
}

func (s *oldSnapshots) Tagged(context.Context) ([]workflow.TaggedSnapshot, error) {
	return []workflow.TaggedSnapshot{{ID: "snap-1", RequestID: s.of}, {ID: "snap-2", RequestID: s.of}}, nil
}

func (s *oldSnapshots) Delete(_ context.Context, id string) error {
	s.deleted = append(s.deleted, id)
	return nil
}

func TestTheScheduleOfBackupsEndsThem(t *testing.T) {
	s := rotated(t)
	r, err := s.store.Save(t.Context(), bot.Request{ID: bot.RequestID(execution), ExecutionARN: execution, Status: bot.StatusCompliant, EndedAt: time.Now(),
		Instance: bot.Instance{ID: "i-0933335a5598d1c2e"}, Place: bot.Place{Channel: s.channel.ID},
		Backup: bot.Backup{SnapshotIDs: []string{"snap-1"}, KeepUntil: time.Now().Add(-time.Hour)}})
	require.NoError(t, err)
	old := &oldSnapshots{of: r.ID}
	s.Bot.Snapshots = old
	require.NoError(t, s.Progress(t.Context(), event(t, "schedule.json")))
	require.Empty(t, old.deleted, "the sweep is another schedule")
	require.NoError(t, s.Progress(t.Context(), json.RawMessage(`{"patchbot-schedule": "end-backups"}`)))
	require.Equal(t, []string{"snap-1"}, old.deleted, "the other one only claims to be ours")
}

func TestProgressTellsThePlatformTeamOfTags(t *testing.T) {
	s := rotated(t)
	require.NoError(t, s.Progress(t.Context(), event(t, "tags.json")))
	s.serve(t)
	messages := s.slack.Messages(s.channel.ID)
	require.Len(t, messages, 1)
	require.Equal(t, "Tags of `i-0933335a5598d1c2e` changed: `Owner` is now `&lt;!channel&gt;`, `patch-channel` was removed. They say whether it is patched, beside which others, who decides, and how many must approve.", messages[0].Text)

	prepared := bytes.Replace(event(t, "tags.json"), []byte(`["Owner", "patch-channel", "cost-center"]`), []byte(`["patch-policy"]`), 1)
	require.NoError(t, s.Progress(t.Context(), prepared))
	s.serve(t)
	require.Contains(t, s.slack.Messages(s.channel.ID)[1].Text, "`Owner` is now `&lt;!channel&gt;`, `patch-policy` is now `patch-on-approval`", "an owner that was set before the policy")

	untagged := bytes.ReplaceAll(event(t, "tags.json"), []byte("patch-policy"), []byte("color"))
	require.NoError(t, s.Progress(t.Context(), untagged))
	s.serve(t)
	require.Len(t, s.slack.Messages(s.channel.ID), 2, "an instance that is not in patchbot's hands")

	s.fifo.err = errors.New("SQS is away")
	require.Error(t, s.Progress(t.Context(), event(t, "tags.json")), "it is delivered again")
}

package audit

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/cmd/patchbot/commandtest"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

const web1 = "i-0933335a5598d1c2e"

// now is when the test began, since the command counts from then; in whole seconds.
var now = time.Now().UTC().Truncate(time.Second)

func request(id, instance, owner string, made time.Time) bot.Request {
	return bot.Request{ID: id, Instance: bot.Instance{ID: instance, Name: instance}, Owner: owner, Status: bot.StatusRejected, CreatedAt: made, EndedAt: made.Add(time.Minute)}
}

func TestTheAuditTrailIsPrintedWithTheTriesThatWereRefused(t *testing.T) {
	d := installationtest.Deploy(t)
	d.Environment(t)
	store := dynamostore.New(d.Account.DynamoDB, d.Installation.Table)
	old := now.Add(-100 * 24 * time.Hour)
	for _, saved := range []struct {
		request bot.Request
		audit   []bot.AuditEntry
	}{
		{request("r-1", web1, "payments", old), []bot.AuditEntry{
			{At: old, Actor: bot.ActorWorkflow, Action: "approval_requested", To: bot.StatusAsked},
			{At: now.Add(-time.Hour), Actor: "slack:U0EVE", Action: "approved", From: bot.StatusRejected, To: bot.StatusRejected, Refused: bot.RefusedNotApprover},
		}},
		{request("r-2", "i-2", "=cmd()", now.Add(-2*time.Hour)), []bot.AuditEntry{
			{At: now.Add(-2 * time.Hour), Actor: bot.ActorWorkflow, Action: "approval_requested", To: bot.StatusAsked},
			{At: now.Add(-30*time.Minute + 500*time.Millisecond), Actor: "slack:U0ADA", Action: "scheduled", From: bot.StatusAsked, To: bot.StatusScheduled,
				Until: now.Add(time.Hour)},
		}},
	} {
		_, err := store.Save(t.Context(), saved.request, saved.audit...)
		require.NoError(t, err)
	}
	run := func(args ...string) string {
		out, _, err := commandtest.Output(t, &Command{}, nil, args...)
		require.NoError(t, err)
		return out
	}
	at := func(before time.Duration) string { return now.Add(-before).Format(time.RFC3339) }

	lines, err := csv.NewReader(strings.NewReader(run("--format", "csv", "--since", "24h"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"time", "request", "instance", "owner", "action", "who", "via", "result", "from", "to", "execution", "until"},
		{at(2 * time.Hour), "r-2", "i-2", "'=cmd()", "approval_requested", "", "workflow", "done", "", "asked", "", ""},
		{at(time.Hour), "r-1", web1, "payments", "approved", "U0EVE", "slack", "not_approver", "rejected", "rejected", "", ""},
		{at(30 * time.Minute), "r-2", "i-2", "'=cmd()", "scheduled", "U0ADA", "slack", "done", "asked", "scheduled", "", at(-time.Hour)},
	}, lines, "also of a request that was made long before")

	lines, err = csv.NewReader(strings.NewReader(run("--format", "csv", "--since", "9600h", "--instance", web1))).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 3)
	require.Equal(t, []string{"approval_requested", "approved"}, []string{lines[1][4], lines[2][4]})

	var entries []map[string]any
	require.NoError(t, json.Unmarshal([]byte(run("--format", "json", "--since", old.Format(time.DateOnly))), &entries))
	require.Len(t, entries, 4)
	require.Equal(t, "not_approver", entries[2]["result"])
	require.Contains(t, run("--instance", "i-2"), "slack     done")
	require.Equal(t, "[]\n", run("--format", "json", "--instance", "i-3"))
	require.Equal(t, "[]\n", run("--format", "json", "--since", "1m"))
}

func TestAWrongInstanceSaysWhatWasExpected(t *testing.T) {
	_, _, err := commandtest.Output(t, &Command{}, nil, "--instance", "web-1")
	require.ErrorAs(t, err, new(terminal.UsageError))
	require.ErrorContains(t, err, `--instance is "web-1", expected an id such as i-0933335a5598d1c2e`)
}

package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/cmd/patchbot/commandtest"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
	"github.com/patchbot/patchbot/workflow"
)

// save makes requests of an owner that were made some days ago, and decided two hours later.
func save(t *testing.T, store bot.Store, owner string, daysAgo int, statuses ...bot.Status) {
	t.Helper()
	for n, status := range statuses {
		made := time.Now().AddDate(0, 0, -daysAgo)
		r := bot.Request{ID: fmt.Sprintf("r-%s-%d-%d", owner, daysAgo, n), Instance: bot.Instance{ID: fmt.Sprintf("i-%s-%d-%d", owner, daysAgo, n)}, Owner: owner,
			Status: status, CreatedAt: made, AnswerBy: made.Add(72 * time.Hour)}
		if !status.Open() {
			r.EndedAt = made.Add(3 * time.Hour)
			r.Decision = &workflow.Decision{Verdict: workflow.Approved, At: made.Add(2 * time.Hour)}
		}
		_, err := store.Save(t.Context(), r)
		require.NoError(t, err)
	}
}

func TestAReportOfAnInstallation(t *testing.T) {
	d := installationtest.Deploy(t)
	d.Environment(t)
	store := dynamostore.New(d.Account.DynamoDB, d.Installation.Table)
	save(t, store, "payments", 4, bot.StatusCompliant, bot.StatusFailed, bot.StatusAsked)
	save(t, store, "=search", 1, bot.StatusRejected)
	save(t, store, "payments", 40, bot.StatusCompliant)
	run := func(args ...string) string {
		out, _, err := commandtest.Output(t, &Command{}, nil, args...)
		require.NoError(t, err)
		return out
	}
	lines, err := csv.NewReader(strings.NewReader(run("--format", "csv"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"owner", "asked", "answered", "median_minutes", "overdue", "up_to_date", "failed", "still_missing", "expired", "rejected", "stopped", "not_started", "emergencies", "open", "rolled_back"},
		{"payments", "3", "2", "120", "1", "1", "1", "0", "0", "0", "0", "0", "0", "1", "0"},
		{"'=search", "1", "1", "120", "0", "0", "0", "0", "0", "1", "0", "0", "0", "0", "0"},
	}, lines)

	var owners []map[string]any
	require.NoError(t, json.Unmarshal([]byte(run("--format", "json", "--owner", "PAYMENTS", "--since", "1200h")), &owners))
	require.Len(t, owners, 1)
	require.InEpsilon(t, 4, owners[0]["asked"], 0)

	printed := strings.Split(strings.TrimSpace(run()), "\n")
	require.Len(t, printed, 4)
	require.Regexp(t, `^\(all owners\) +4 +3 +120 +1 +1 +1 +0 +0 +1 +0 +0 +0 +1 +0$`, printed[3])
	require.Equal(t, "[]\n", run("--format", "json", "--owner", "nobody"))
}

func TestATableWithoutTheIndexSaysWhatToDo(t *testing.T) {
	d := installationtest.Deploy(t)
	d.Environment(t)
	d.Installation.Table = "of-another-version"
	d.PutParameter()
	_, _, err := commandtest.Output(t, &Command{}, nil)
	require.ErrorContains(t, err, "query index by-month of table of-another-version")
	require.ErrorContains(t, err, "the module must have been applied in this version")
}

package local_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// snapshots lists the account's snapshots with their tags.
func (w *system) snapshots() (found []map[string]string) {
	w.t.Helper()
	answer, err := w.Fleet.Call(w.t.Context(), "ec2", "describeSnapshots", json.RawMessage(`{"OwnerIds": ["self"]}`))
	require.NoError(w.t, err)
	var out struct {
		Snapshots []struct {
			SnapshotId string
			Tags       []struct{ Key, Value string }
		}
	}
	require.NoError(w.t, json.Unmarshal(answer, &out))
	for _, s := range out.Snapshots {
		tags := map[string]string{"id": s.SnapshotId}
		for _, t := range s.Tags {
			tags[t.Key] = t.Value
		}
		found = append(found, tags)
	}
	return found
}

// approvedToItsEnd approves the question about web-1 and waits for its end.
func (w *system) approvedToItsEnd() bot.Request {
	w.t.Helper()
	w.click(w.ada, slackchat.ButtonApprove)
	w.closed()
	time.Sleep(time.Minute) // simulated
	return w.request()
}

func TestBackupsEndAfterTheirDaysWhereThePatchWentWell(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.Bot.Owners = bot.Directory{"payments": {Channel: w.payments.ID, Approvers: bot.Approvers{Users: []string{w.ada.ID}}, BackupDays: 3}}
		w.asked()
		r := w.approvedToItsEnd()
		require.Equal(t, bot.StatusCompliant, r.Status)
		kept := w.snapshots()
		require.Len(t, kept, 2)
		for _, tags := range kept {
			require.Equal(t, r.ID, tags["patchbot:request"])
			require.Equal(t, web1, tags["patchbot:instance"])
			require.True(t, strings.HasSuffix(r.ExecutionARN, ":"+tags["patchbot:execution"]))
			require.Equal(t, r.Backup.KeepUntil.Format(time.RFC3339), tags["patchbot:keep-until"])
		}
		require.WithinDuration(t, r.CreatedAt.AddDate(0, 0, 3), r.Backup.KeepUntil, time.Minute)
		require.Contains(t, strings.Join(w.thread(w.payments.ID), "\n"), ", kept until Jan 4, 2000")

		time.Sleep(70 * time.Hour) // simulated
		require.Len(t, w.snapshots(), 2, "they are kept for their days")
		time.Sleep(4 * time.Hour) // simulated
		require.Empty(t, w.snapshots())
		require.False(t, w.request().Backup.DeletedAt.IsZero())
		require.Len(t, w.Slack.Messages(w.payments.ID), 1, "nobody is told of what was announced")
	})
}

func TestBackupsOfAFailedPatchAreKeptUntilALaterOneWentWell(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.Fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Operation: "Install", Times: 1})
		require.Equal(t, bot.StatusNonCompliant, w.approvedToItsEnd().Status)
		require.Contains(t, w.message(w.payments.ID), "They are kept until a later patch has gone well.")
		time.Sleep(30 * 24 * time.Hour) // simulated
		require.Len(t, w.snapshots(), 2)

		_, err := w.Machine.Start("", json.RawMessage(`{"instance_id": "`+web1+`"}`))
		require.NoError(t, err)
		w.until("the second question", func() bool { return len(w.Slack.Messages(w.payments.ID)) == 2 })
		require.Equal(t, bot.StatusCompliant, w.approvedToItsEnd().Status)
		time.Sleep(2 * time.Hour) // simulated
		require.Len(t, w.snapshots(), 2, "those of the failed one have ended, those of the good one are kept")
		time.Sleep(15 * 24 * time.Hour) // simulated
		require.Empty(t, w.snapshots())
	})
}

func TestASnapshotThatAnAMIWasMadeOfStaysAsLongAsTheAMI(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		w.approvedToItsEnd()
		w.Fleet.Break(awssim.Fault{Kind: awssim.SnapshotInUse, Instance: web1})
		time.Sleep(20 * 24 * time.Hour) // simulated
		require.Len(t, w.snapshots(), 2)
		require.False(t, w.request().Backup.DeletedAt.IsZero(), "nobody goes back to them")
		w.Fleet.Heal(web1, awssim.SnapshotInUse)
		time.Sleep(2 * time.Hour) // simulated
		require.Empty(t, w.snapshots())
	})
}

func TestSnapshotsThatOnlyClaimToBeOursAreNotTouched(t *testing.T) {
	simulated(t, local.Config{}, func(t *testing.T, w *system) {
		w.asked()
		r := w.approvedToItsEnd()
		forged, err := json.Marshal(map[string]any{"InstanceSpecification": map[string]string{"InstanceId": web1}, "TagSpecifications": []any{map[string]any{
			"ResourceType": "snapshot", "Tags": []any{map[string]string{"Key": "patchbot:request", "Value": r.ID}, map[string]string{"Key": "patchbot:keep-until", "Value": "long ago"}}}}})
		require.NoError(t, err)
		_, err = w.Fleet.Call(t.Context(), "ec2", "createSnapshots", forged)
		require.NoError(t, err)
		time.Sleep(30 * 24 * time.Hour) // simulated
		left := w.snapshots()
		require.Len(t, left, 2)
		require.Equal(t, "long ago", left[0]["patchbot:keep-until"])
	})
}

// TestARetriedBackupIsNotTakenTwice: AWS says that a throttled call made nothing, and nothing of one
// whose answer was lost.
func TestARetriedBackupIsNotTakenTwice(t *testing.T) {
	for name, fault := range map[string]awssim.Fault{
		"its answer was lost": {Kind: awssim.AnswerLost, Action: "ec2:createSnapshots", Times: 1},
		"it was throttled":    {Kind: awssim.Throttling, Action: "ec2:createSnapshots", Times: 3},
		"AWS failed":          {Kind: awssim.ServerError, Action: "ec2:createSnapshots", Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, local.Config{}, func(t *testing.T, w *system) {
				w.asked()
				w.Fleet.Break(fault)
				require.Equal(t, bot.StatusCompliant, w.approvedToItsEnd().Status, w.screen())
				require.Len(t, w.snapshots(), 2)
			})
		})
	}
}

func TestAQuestionSaysWhatIsBackedUpAndWhatIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		tags  map[string]string
		says  string
		taken int
	}{
		"the size of the volumes":    {nil, "Approving takes a snapshot of 2 volumes (16 GiB), installs", 2},
		"its tag spares it":          {map[string]string{"Patch-Backup": " SKIP "}, "Approving takes no backup (its tag patch-backup says so), installs", 0},
		"a tag that says else":       {map[string]string{"patch-backup": "skipp"}, "Approving takes a snapshot of 2 volumes", 2},
		"two tags that do not agree": {map[string]string{"patch-backup": "skip", "PATCH-BACKUP": "yes"}, "Approving takes a snapshot of 2 volumes", 2},
	} {
		t.Run(name, func(t *testing.T) {
			simulated(t, local.Config{}, func(t *testing.T, w *system) {
				require.NoError(t, w.Fleet.Add(awssim.Instance{ID: "i-0aaaaaaaaaaaaaaa1", Name: "db-1", Missing: awssim.Catalogue(awssim.AmazonLinux2023),
					Tags: merged(c.tags, map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"}), Volumes: []awssim.Volume{{}, {}}}))
				require.NoError(t, w.Fleet.Scan("i-0aaaaaaaaaaaaaaa1"))
				w.until("the question", func() bool { return strings.Contains(w.message(w.payments.ID), "[Approve]") })
				require.Contains(t, w.message(w.payments.ID), c.says)
				w.click(w.ada, slackchat.ButtonApprove)
				require.Equal(t, "compliant", outcome(t, w.end()))
				require.Len(t, w.snapshots(), c.taken)
			})
		})
	}
}

func merged(a, b map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range []map[string]string{a, b} {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

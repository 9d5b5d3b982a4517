package awssim_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

func TestStatusesFollowAnInstall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const id = "i-0933335a5598d1c2e"
		fleet := awssim.New(awssim.Config{Emit: func(json.RawMessage) {}})
		defer fleet.Close()
		require.NoError(t, fleet.Add(awssim.Instance{ID: id, Name: "web-1", Tags: map[string]string{"owner": "payments"},
			Missing: awssim.Catalogue(awssim.AmazonLinux2023)}))
		status := func() awssim.Status {
			synctest.Wait()
			require.Len(t, fleet.Statuses(), 1)
			return fleet.Statuses()[0]
		}
		before := status()
		require.Equal(t, id, before.ID)
		require.Equal(t, "running", before.State)
		require.Equal(t, len(awssim.Catalogue(awssim.AmazonLinux2023)), before.Missing)
		require.True(t, before.Online)
		require.False(t, before.Compliant)

		fleet.Break(awssim.Fault{Kind: awssim.Offline, Instance: id})
		require.False(t, status().Online)
		fleet.Heal(id)
		fleet.Break(awssim.Fault{Kind: awssim.CommandFails, Instance: id, Operation: "Install", Times: 1})
		require.True(t, status().InstallBroken)
		fleet.Heal(id)

		_, err := fleet.Call(t.Context(), "ssm", "sendCommand", []byte(`{"DocumentName": "AWS-RunPatchBaseline", "InstanceIds": ["`+id+`"],
			"Parameters": {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]}}`))
		require.NoError(t, err)
		time.Sleep(time.Minute) // simulated
		require.Equal(t, "Install", status().Operation)
		time.Sleep(2*time.Minute + 20*time.Second)
		require.True(t, status().Rebooting)
		require.True(t, status().RebootPending)
		time.Sleep(time.Minute)
		after := status()
		require.Zero(t, after.Missing)
		require.False(t, after.RebootPending)
		require.True(t, after.Online)
		require.Empty(t, after.Operation)
	})
}

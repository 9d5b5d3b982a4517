package rehearse

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/commandtest"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
	"github.com/patchbot/patchbot/infra/mototest"
)

func TestARehearsalAsksWithoutAnythingBeingInstalled(t *testing.T) {
	d := installationtest.Deploy(t)
	d.Environment(t)
	_, _, err := commandtest.Output(t, &Command{}, nil, "web-1")
	require.ErrorAs(t, err, new(terminal.UsageError))
	require.ErrorContains(t, err, `the instance is "web-1", expected an id such as i-0933335a5598d1c2e`)

	untagged := d.Moto.RunInstance(t, map[string]string{"Name": "web-2"})
	_, _, err = commandtest.Output(t, &Command{}, nil, untagged)
	require.ErrorContains(t, err, "nobody was asked: no such instance is tagged patch-policy: patch-on-approval. Tag the instance, then try again")

	instance := d.Moto.RunInstance(t, installationtest.Tags())
	d.Moto.SetNode(t, instance, mototest.MissingPatches(instance))
	out, _, err := commandtest.Output(t, &Command{}, nil, instance)
	require.NoError(t, err)
	require.Contains(t, out, ":execution:patchbot-patch-approval:rehearsal-"+instance)
	require.Contains(t, out, "The owner is being asked")
}

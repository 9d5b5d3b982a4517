package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
	"github.com/patchbot/patchbot/workflow"
)

func (c *clinic) rehearse(t *testing.T) {
	c.environment(t)
	status, _, errs := runCommand(t, nil, "rehearse", "web-1")
	require.Equal(t, 2, status)
	require.Contains(t, errs, `the instance is "web-1", expected an id such as i-0933335a5598d1c2e`)

	untagged := c.moto.RunInstance(t, map[string]string{"Name": "web-2"})
	status, _, errs = runCommand(t, nil, "rehearse", untagged)
	require.Equal(t, 1, status)
	require.Contains(t, errs, "nobody was asked: no such instance is tagged patch-policy: "+workflow.DefaultSettings().PolicyTagValue+". Tag the instance, then try again")

	instance := c.moto.RunInstance(t, inCare())
	c.moto.SetNode(t, instance, mototest.MissingPatches(instance))
	status, out, errs := runCommand(t, nil, "rehearse", instance)
	require.Zero(t, status, errs)
	require.Contains(t, out, ":execution:patchbot-patch-approval:rehearsal-"+instance)
	require.Contains(t, out, "The owner is being asked")
	c.moto.SetNode(t, instance, mototest.Node{})
}

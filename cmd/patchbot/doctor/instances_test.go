package doctor

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
	"github.com/patchbot/patchbot/infra/mototest"
)

func (d *doctorTest) instanceDefects() map[string]defect {
	run := func(tags map[string]string, changes ...func(*mototest.Node)) func(*testing.T) {
		return func(*testing.T) { d.run(tags, changes...) }
	}
	hybrids := 0
	enrol := func(tags map[string]string, changes ...func(*mototest.Node)) func(*testing.T) {
		hybrids++
		id := fmt.Sprintf("mi-%017d", hybrids)
		return func(*testing.T) { d.enrol(id, tags, changes...) }
	}
	owned := installationtest.Tags(bot.TagOwner, installationtest.Owner)
	return map[string]defect{
		"an instance without an owner":         {run(installationtest.Tags()), d.remove, "instances", warning, "has neither an owner nor a channel"},
		"an instance with an unknown owner":    {run(installationtest.Tags(bot.TagOwner, "nobody")), d.remove, "instances", warning, `has the owner "nobody"`},
		"an instance that is offline":          {run(owned, offline), d.remove, "instances", warning, "is not online"},
		"an instance that was never scanned":   {run(owned, neverScanned), d.remove, "instances", warning, "has never been scanned with AWS-RunPatchBaseline, so nothing is ever asked"},
		"an instance without an SSM Agent":     {run(owned, neverScanned, unmanaged), d.remove, "instances, instances", warning, "is not online"},
		"a hybrid node without an owner":       {enrol(installationtest.Tags()), d.remove, "instances", warning, "has neither an owner nor a channel"},
		"a hybrid node with an unknown owner":  {enrol(installationtest.Tags(bot.TagOwner, "nobody")), d.remove, "instances", warning, `has the owner "nobody"`},
		"a hybrid node that is offline":        {enrol(owned, offline), d.remove, "instances", warning, "mi-"},
		"a hybrid node that was never scanned": {enrol(owned, neverScanned), d.remove, "instances", warning, "has never been scanned"},
	}
}

// largeFleet has more instances than DescribeInstancePatchStates takes at once; only the
// last one was never scanned.
func (d *doctorTest) largeFleet(t *testing.T) {
	defer d.remove(t)
	for range maxPatchStates + 1 {
		d.run(installationtest.Tags(bot.TagOwner, installationtest.Owner))
	}
	last := slices.Max(d.added)
	n := mototest.MissingPatches(last)
	neverScanned(&n)
	d.Moto.SetNode(t, last, n)
	problems := d.problems()
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].Found, last+" has never been scanned")
}

package doctor

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
	"github.com/patchbot/patchbot/infra/mototest"
)

// baselineDefects are scans whose baseline an install would not use.
func (d *doctorTest) baselineDefects() map[string]defect {
	own, err := d.Account.SSM.CreatePatchBaseline(d.t.Context(), &ssm.CreatePatchBaselineInput{Name: aws.String("own"), OperatingSystem: ssmtypes.OperatingSystemAmazonLinux2023})
	require.NoError(d.t, err)
	_, err = d.Account.SSM.RegisterPatchBaselineForPatchGroup(d.t.Context(), &ssm.RegisterPatchBaselineForPatchGroupInput{BaselineId: own.BaselineId, PatchGroup: aws.String("web")})
	require.NoError(d.t, err)
	scanned := func(baseline, group string) func(*mototest.Node) {
		return func(n *mototest.Node) { n.State.BaselineId, n.State.PatchGroup = &baseline, &group }
	}
	run := func(baseline, group string) func(*testing.T) {
		return func(*testing.T) {
			d.run(installationtest.Tags(bot.TagOwner, installationtest.Owner), scanned(baseline, group))
		}
	}
	override := func(address string) { d.Installation.Machine.BaselineOverride = address; d.PutParameter() }
	return map[string]defect{
		"scans by a patch policy":                            {run("pb-0ffffffffffffffff", ""), d.remove, "baselines", failure, "1 instances are scanned with the patch baseline pb-0ffffffffffffffff, but an install would use another one"},
		"scans that ignore their group":                      {run("pb-0c10e65780EXAMPLE", "web"), d.remove, "baselines", failure, "pb-0c10e65780EXAMPLE, but an install would use " + *own.BaselineId},
		"scans with a group's baseline outside of the group": {run(*own.BaselineId, ""), d.remove, "baselines", failure, *own.BaselineId + ", but an install would use pb-0c10e65780EXAMPLE"},
		"only what differs is told": {func(t *testing.T) {
			run(*own.BaselineId, "web")(t)
			run("pb-0c10e65780EXAMPLE", "unregistered")(t)
			run("pb-0ffffffffffffffff", "")(t)
			run("pb-0ffffffffffffffff", "web")(t)
		}, d.remove, "baselines", failure, "2 instances are scanned with"},
		"an override goes with such scans": {func(t *testing.T) {
			override("s3://aws-quicksetup-patchpolicy-1/baseline_overrides.json")
			d.run(installationtest.Tags(), scanned("pb-0ffffffffffffffff", ""))
		}, func(t *testing.T) { override(""); d.remove(t) }, "instances, state machines", warning, "neither an owner nor a channel"},
	}
}

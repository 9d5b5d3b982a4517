package doctor

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/commandtest"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
	"github.com/patchbot/patchbot/infra/mototest"
)

// doctorTest is an installation in which a test makes something go wrong.
type doctorTest struct {
	*installationtest.Deployment
	t     *testing.T
	added []string // instances, beside the one of the Deployment
}

// defect is something that is wrong with an installation.
type defect struct {
	cause, mend func(t *testing.T)
	checks      string // those that find a problem, once for each problem
	verdict     verdict
	found       string // the first problem
}

func TestDoctor(t *testing.T) {
	d := &doctorTest{Deployment: installationtest.Deploy(t), t: t}
	require.Empty(t, d.problems(), "a good installation")

	for _, defects := range []map[string]defect{d.slackDefects(), d.awsDefects(), d.tableDefects(), d.deadLetterDefects(), d.instanceDefects(), d.baselineDefects(),
		d.policyTagDefects(), d.findMissingDefects(), d.calendarDefects(), d.deniedCalls()} {
		for _, name := range slices.Sorted(maps.Keys(defects)) {
			t.Run(name, func(t *testing.T) {
				one := defects[name]
				one.cause(t)
				problems := d.problems()
				one.mend(t)
				var checks []string
				for _, f := range problems {
					checks = append(checks, f.Check)
				}
				require.Equal(t, one.checks, strings.Join(checks, ", "), "%+v", problems)
				require.Equal(t, one.verdict, problems[0].Verdict)
				require.Contains(t, problems[0].Found, one.found)
				require.Empty(t, d.problems(), "mended")
			})
		}
	}
	t.Run("reads the patch states of a large fleet", d.largeFleet)
	t.Run("says nothing about owners that it cannot read", d.ownersNotReadable)
	t.Run("says what AWS takes for each queue of dead letters", d.adviceForDeadLetters)
	t.Run("prints findings for people and for machines", d.commandLine)
}

// deniedCalls are calls that the credentials do not allow.
func (d *doctorTest) deniedCalls() map[string]defect {
	deny := func(call string) (cause, mend func(*testing.T)) {
		return func(t *testing.T) {
				d.Moto.SetFault(t, call, mototest.Fault{Code: "AccessDeniedException", Message: "no"})
			}, func(t *testing.T) {
				d.Moto.SetFault(t, call, mototest.Fault{})
			}
	}
	hideSecret, showSecret := deny("secretsmanager.GetSecretValue")
	hideNodes, showNodes := deny("AmazonSSM.DescribeInstanceInformation")
	hideScans, showScans := deny("AmazonSSM.DescribeInstancePatchStates")
	hideParameters, showParameters := deny("AmazonSSM.DescribeParameters")
	hideTable, showTable := deny("DynamoDB_20120810.DescribeTable")
	hideBaselines, showBaselines := deny("AmazonSSM.DescribePatchBaselines")
	return map[string]defect{
		"a secret that one may not read":           {hideSecret, showSecret, "secret, token, channels, approvers", failure, "You cannot read the secret"},
		"a table that one may not see":             {hideTable, showTable, "table", failure, "The table patchbot-requests"},
		"nodes that one may not list":              {hideNodes, showNodes, "instances, baselines, channels", failure, "The instances cannot be listed: list managed nodes"},
		"other installations that one may not see": {hideParameters, showParameters, "installations", warning, "Other installations cannot be looked for"},
		"baselines that one may not see":           {hideBaselines, showBaselines, "baselines", warning, "cannot be checked"},
		"scans that one may not see":               {hideScans, showScans, "instances, baselines, channels", failure, "The instances cannot be listed: read patch states"},
	}
}

func (d *doctorTest) ownersNotReadable(t *testing.T) {
	d.run(installationtest.Tags(bot.TagOwner, "nobody"), offline)
	lost := *d.Deployment
	lost.Installation.Table = "nowhere"
	lost.PutParameter()
	defer d.PutParameter()
	defer d.remove(t)

	found := map[string]verdict{}
	for _, f := range d.problems() {
		found[f.Check+": "+f.Found] = f.Verdict
		require.NotContains(t, f.Found, "nobody")
		require.NotContains(t, f.Found, "not subscribed")
	}
	require.Len(t, found, 8)
	require.Equal(t, skipped, found["emails: not checked: the owners cannot be read"])
	require.Equal(t, skipped, found["channels: not checked: the owners' channels (the owners cannot be read)"])
	require.Equal(t, skipped, found["instances: not checked: the owners of the instances (the directory cannot be read)"])
	require.Equal(t, skipped, found["approvers: not checked: the owners cannot be read"])
	require.Contains(t, slices.Collect(maps.Values(found)), failure)
	require.Equal(t, warning, found["instances: "+d.added[0]+" is not online in Systems Manager."])
}

func (d *doctorTest) commandLine(t *testing.T) {
	d.Environment(t)
	out, errs, err := commandtest.Output(t, &Command{}, nil)
	require.NoError(t, err, out)
	require.Empty(t, errs)
	require.Contains(t, out, "✅ token")

	d.Slack.Fail("auth.test", slacksim.Fault{Error: "invalid_auth"})
	defer d.Slack.Heal("auth.test")
	out, errs, err = commandtest.Output(t, &Command{}, nil, "--json")
	require.ErrorContains(t, err, "1 of 19 findings need you")
	var findings []finding
	require.NoError(t, json.Unmarshal([]byte(out), &findings))
	require.NotContains(t, out+errs, installationtest.BotToken)

	_, _, err = commandtest.Output(t, &Command{}, nil, "--name", "other")
	require.ErrorContains(t, err, "no SSM parameter /other/installation")
}

// problems runs every check and returns what is not fine.
func (d *doctorTest) problems() (found []finding) {
	d.t.Helper()
	findings, err := diagnose(d.t.Context(), d.Account, "patchbot", d.SlackURL)
	require.NoError(d.t, err)
	for _, f := range findings {
		if f.Verdict != fine {
			found = append(found, f)
			require.True(d.t, f.Verdict == skipped || f.Do != "", "every problem says what to do: %+v", f)
		}
	}
	return found
}

// run adds an instance, as changed from one that is online and was scanned.
func (d *doctorTest) run(tags map[string]string, changes ...func(*mototest.Node)) {
	id := d.Moto.RunInstance(d.t, tags)
	d.added = append(d.added, id)
	d.setNode(id, changes)
}

// enrol adds a hybrid node in the same way.
func (d *doctorTest) enrol(id string, tags map[string]string, changes ...func(*mototest.Node)) {
	d.added = append(d.added, id)
	d.setNode(id, changes)
	var list []ssmtypes.Tag
	for key, value := range tags {
		list = append(list, ssmtypes.Tag{Key: &key, Value: &value})
	}
	_, err := d.Account.SSM.AddTagsToResource(d.t.Context(), &ssm.AddTagsToResourceInput{
		ResourceType: ssmtypes.ResourceTypeForTaggingManagedInstance, ResourceId: &id, Tags: list})
	require.NoError(d.t, err)
}

func (d *doctorTest) setNode(id string, changes []func(*mototest.Node)) {
	n := mototest.MissingPatches(id)
	for _, change := range changes {
		change(&n)
	}
	d.Moto.SetNode(d.t, id, n)
}

func offline(n *mototest.Node)      { n.Information.PingStatus = ssmtypes.PingStatusConnectionLost }
func neverScanned(n *mototest.Node) { n.State = nil }
func unmanaged(n *mototest.Node)    { n.Information = nil }

// remove takes the added instances away again.
func (d *doctorTest) remove(t *testing.T) {
	for _, id := range d.added {
		d.Moto.SetNode(t, id, mototest.Node{})
		if !strings.HasPrefix(id, "mi-") {
			_, err := d.Account.EC2.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
			require.NoError(t, err)
		}
	}
	d.added = nil
}

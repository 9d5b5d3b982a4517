// Package moduletest checks the Terraform module: its form, its own tests, and that it can
// be applied, stays as it is and can be destroyed.
package moduletest

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

var functions = []string{"interact", "notify", "progress"}

func TestEveryFileIsFormatted(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		unavailable(t, err.Error())
	}
	out, err := exec.Command("terraform", "fmt", "-check", "-diff", "-recursive", moduleFolder).Output()
	require.NoError(t, err, "run terraform fmt -recursive infra:\n%s", out)
}

func TestModuleAndExamplesAreValid(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	for _, dir := range []string{"infra", "infra/modules/patch-policies", "infra/examples/minimal", "infra/examples/complete"} {
		t.Run(dir, func(t *testing.T) {
			tf.mustInit(t, dir)
			tf.must(t, dir, "validate", "-no-color")
		})
	}
	t.Run("and the module's own tests pass", func(t *testing.T) {
		t.Log(tf.must(t, "infra", "test", "-no-color"))
	})
}

// Apply once for everything: it takes a minute and a half.
func TestCompleteExample(t *testing.T) {
	t.Parallel()
	const dir = "infra/examples/complete"
	tf := newTerraform(t)
	aws := mototest.Start(t)
	tf.env = append(tf.env, aws.Env()...)
	tf.env = append(tf.env,
		"AWS_ENDPOINT_URL_SSM="+servePatchPolicies(t, aws),
		"TF_VAR_deletion_protection=false", // so that it can be destroyed again
		"TF_VAR_secret_recovery_days=0",
	)
	tf.mustInit(t, dir)
	tf.must(t, dir, "apply", "-input=false", "-auto-approve", "-no-color", "-parallelism=30")

	planned, code := tf.run(t, dir, "plan", "-input=false", "-detailed-exitcode", "-no-color", "-out=plan")
	require.Zero(t, code, "a second plan changes something:\n%s", planned)
	plan := parsePlan(t, tf.must(t, dir, "show", "-json", "plan"))

	t.Run("allows no action by a wildcard", plan.allowsNoActionByWildcard)
	t.Run("lets nobody but the machine and the functions publish", plan.letsOnlyOursPublish)
	t.Run("refuses what does not come over TLS", plan.refusesWithoutTLS)
	t.Run("lets no function write an owner", plan.letsNoFunctionWriteOwners)
	t.Run("uses a key only through the services that need it", plan.usesTheKeyThroughServices)
	t.Run("gives every route a throttle of its own", plan.throttlesEachRoute)
	t.Run("counts what the API refuses", plan.countsRefusals)
	t.Run("hears of tags that say who decides", plan.hearsOfTags)
	t.Run("allows all resources only where AWS knows nothing narrower", plan.allowsAllResourcesRarely)
	t.Run("explains every permission in the README", plan.explainsEveryPermission)
	t.Run("renders the state machine as the Go package does", plan.rendersTheMachines)
	t.Run("looks once a day for what was missed", plan.looksForWhatWasMissed)
	t.Run("lets interact alone start one machine, and no other", plan.letsInteractAskAgain)
	t.Run("rolls back tagged instances alone, to snapshots of its own", plan.rollsBackOursOnly)
	t.Run("gives channels one writer", plan.givesChannelsOneWriter)
	t.Run("lets single updates reach nothing but the pace of channels", plan.letsNotifyUpdateOnlyThePace)
	t.Run("serves channels apart from each other", func(t *testing.T) { plan.keepsChannelsApart(t, aws) })
	t.Run("makes the table of the store", plan.makesTheTableOfTheStore)
	t.Run("writes owners that the store reads", func(t *testing.T) { plan.theStoreReadsTheOwners(t, aws) })
	t.Run("gives the functions only documented settings", plan.givesOnlyDocumentedSettings)
	t.Run("tells where everything is", plan.tellsWhereEverythingIs)
	t.Run("keeps no secret value", plan.keepsNoSecretValue)
	t.Run("encrypts everything with the key", plan.encryptsEverything)
	t.Run("explains every alarm in the README", plan.explainsEveryAlarm)
	t.Run("sets an alarm on every queue of given up messages and every function", plan.setsAlarms)

	approval, inbox := aws.FindMachine(plan.machine(t, "patch-approval").text("arn")), aws.OpenInbox(plan.queueURL(t, "notifications"))
	t.Run("runs find-missing as the local interpreter does", func(t *testing.T) {
		findMissingAgrees(t, aws, aws.FindMachine(plan.machine(t, "find-missing").text("arn")), approval, inbox)
	})
	t.Run("runs patch-approval as the local interpreter does", func(t *testing.T) {
		theLocalInterpreterAgrees(t, aws, approval, inbox)
	})

	t.Run("runs roll-back as the local interpreter does", func(t *testing.T) {
		rollBackAgrees(t, aws, aws.FindMachine(plan.machine(t, "roll-back").text("arn")), inbox)
	})

	tf.must(t, dir, "destroy", "-input=false", "-auto-approve", "-no-color", "-parallelism=30")
}

package moduletest

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

var variable = regexp.MustCompile(`(?ms)^variable "(\w+)" \{\n.*?^}`)
var defaultValue = regexp.MustCompile(`(?m)^  default += (.+)$`)

func TestDefaultsAreThoseOfTheGoPackage(t *testing.T) {
	source, err := os.ReadFile(moduleFolder + "/variables_machines.tf")
	require.NoError(t, err)
	defaults := map[string]string{}
	for _, v := range variable.FindAllSubmatch(source, -1) {
		if d := defaultValue.FindSubmatch(v[0]); d != nil {
			defaults[string(v[1])] = string(d[1])
		}
	}
	amount := func(name string, unit time.Duration) time.Duration {
		n, err := strconv.Atoi(defaults[name])
		require.NoError(t, err, name)
		return time.Duration(n) * unit
	}
	require.Equal(t, workflow.DefaultSettings(), workflow.Settings{
		PolicyTagValue: strings.Trim(defaults["policy_tag_value"], `"`),

		Severity: workflow.Severity(regexp.MustCompile(`\W`).ReplaceAllString(defaults["severity"], "")),
		Backup:   defaults["backup"] == "true",
		// When it is asked again follows from that, as tests/defaults.tftest.hcl says.
		Waiting: workflow.Waiting{AnswerWithin: amount("answer_within_hours", time.Hour), RemindAfter: workflow.DefaultSettings().RemindAfter,
			EscalateAfter: workflow.DefaultSettings().EscalateAfter},
		ScheduleWithin: amount("schedule_within_hours", time.Hour),
		TurnWithin:     amount("turn_within_hours", time.Hour),
		FreezeWithin:   amount("freeze_within_hours", time.Hour),
		BackupWithin:   amount("backup_within_minutes", time.Minute),
		PatchWithin:    amount("patch_within_minutes", time.Minute),
		HookWithin:     amount("hook_within_minutes", time.Minute),
		ScanWithin:     amount("scan_within_minutes", time.Minute),
		RollBackWithin: amount("roll_back_within_minutes", time.Minute),
		BackWithin:     amount("back_within_minutes", time.Minute),
		OutputLogGroup: "/patchbot/command-output", // with the default name, as tests/defaults.tftest.hcl says
	})
}

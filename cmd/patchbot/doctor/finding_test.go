package doctor

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestFindingsAreReadIn80Columns(t *testing.T) {
	findings := []finding{
		{Check: "token", Verdict: fine, Found: "The token is valid."},
		{Check: "rules", Verdict: failure, Found: "Rule patchbot-non-compliant is disabled.",
			Do: "Enable it: `aws events enable-rule --name patchbot-non-compliant`"},
		{Check: "instances", Verdict: warning, Found: "i-0933335a5598d1c2e has never been scanned with AWS-RunPatchBaseline, so nothing is ever asked.",
			Do: "Scan it every day, e.g. with infra/modules/patch-policies; see “Scans” in infra/README.md."},
		{Check: "emails", Verdict: skipped, Found: "not checked: an error\nin two lines and ` of no command"},
	}
	var out bytes.Buffer
	require.NoError(t, printFindings(&out, findings))
	require.Equal(t, `✅ token          The token is valid.
❌ rules          Rule patchbot-non-compliant is disabled.
                  → Enable it:
                    'aws events enable-rule --name patchbot-non-compliant'
⚠️  instances      i-0933335a5598d1c2e has never been scanned with
                  AWS-RunPatchBaseline, so nothing is ever asked.
                  → Scan it every day, e.g. with infra/modules/patch-policies;
                    see “Scans” in infra/README.md.
…  emails         not checked: an error in two lines and ' of no command
`, string(bytes.ReplaceAll(out.Bytes(), []byte("`"), []byte("'"))))
}

func TestNoFindingControlsTheTerminal(t *testing.T) {
	var out strings.Builder
	findings := failed("Correct \x1b]0;title\a it.", "The owner %q, %s.", "\x1b[2J", "\x1b[31mred\u202e")
	require.NoError(t, printFindings(&out, findings))
	for _, r := range out.String() {
		require.False(t, r != '\n' && unicode.IsControl(r) || r == '\u202e', "%q", r)
	}
}

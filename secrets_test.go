package patchbot_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secretShapes are what secrets look like whose shape is known. Examples in tests and documents
// stay clear of them.
var secretShapes = map[string]*regexp.Regexp{
	"a Slack token":                  regexp.MustCompile(`xox[abeoprs]-[0-9]{6,}-[0-9A-Za-z-]{10,}|xapp-\d-[A-Z0-9]{6,}-\d{6,}-[0-9a-f]{20,}`),
	"a Slack webhook":                regexp.MustCompile(`hooks\.slack(-gov)?\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}`),
	"an AWS access key id":           regexp.MustCompile(`\b(AKIA|ASIA)[A-Z2-7]{16}\b`),
	"an AWS secret access key":       regexp.MustCompile(`(?i)aws_secret_access_key["' ]*[:=]["' ]*[A-Za-z0-9/+]{40}\b`),
	"a private key":                  regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20,}`),
	"a GitHub token":                 regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b`),
	"a task token of Step Functions": regexp.MustCompile(`\bAQC[A-Z][A-Za-z0-9+/]{200,}`),
	"a token of a package registry":  regexp.MustCompile(`_authToken\s*=\s*\S{8,}|\bnpm_[A-Za-z0-9]{36}\b`),
	"a password in an address":       regexp.MustCompile(`[a-z]+://[^/\s:@"'<>{}$]+:[^/\s:@"'<>{}$]{12,}@[a-z0-9.-]+\.[a-z]{2,}`),
}

// knownFiles are the repository's own files, as git knows them.
func knownFiles(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z").Output()
	require.NoError(t, err)
	names := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	require.Greater(t, len(names), 100)
	return names
}

func TestNoSecretIsInTheRepository(t *testing.T) {
	for _, name := range knownFiles(t) {
		content, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		require.NoError(t, err)
		for what, shape := range secretShapes {
			require.False(t, shape.Match(content), "%s holds %s", name, what) // what was found is not printed
		}
	}
}

func TestSecretsAreFound(t *testing.T) {
	for what, example := range map[string]string{
		"a Slack token":                  "xoxb-" + "123456789012-1234567890123-" + strings.Repeat("a", 24),
		"a Slack webhook":                "https://hooks.slack.com/services/" + "T01234567/B01234567/" + strings.Repeat("a", 24),
		"an AWS access key id":           "AKIA" + strings.Repeat("A", 16),
		"an AWS secret access key":       "aws_secret_access_key = " + strings.Repeat("a", 40),
		"a private key":                  "-----BEGIN RSA " + "PRIVATE KEY-----\n" + strings.Repeat("A", 64),
		"a GitHub token":                 "ghp_" + strings.Repeat("a", 36),
		"a task token of Step Functions": "AQCE" + strings.Repeat("A", 300),
		"a token of a package registry":  "//registry/:_authToken=" + strings.Repeat("a", 36),
		"a password in an address":       "https://me:" + strings.Repeat("p", 16) + "@example.com",
	} {
		require.True(t, secretShapes[what].MatchString(example), what)
	}
}

package patchbot_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryClaimOfSECURITYIsProvedByATestThatExists reads the table of claims.
func TestEveryClaimOfSECURITYIsProvedByATestThatExists(t *testing.T) {
	security, err := os.ReadFile("SECURITY.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(security), "| claim | test |\n| --- | --- |\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")

	known := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	for _, name := range knownFiles(t) {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		for _, match := range declared.FindAllStringSubmatch(string(source), -1) {
			known[match[1]] = true
		}
	}
	named := regexp.MustCompile("`(Test\\w+)`")
	claims := strings.Split(strings.TrimSpace(table), "\n")
	require.GreaterOrEqual(t, len(claims), 8)
	for _, claim := range claims {
		tests := named.FindAllStringSubmatch(claim, -1)
		require.NotEmpty(t, tests, "nothing proves: %s", claim)
		for _, test := range tests {
			require.True(t, known[test[1]], "there is no %s, which is to prove: %s", test[1], claim)
		}
	}
}

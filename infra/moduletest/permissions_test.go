package moduletest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var permission = regexp.MustCompile("`([a-z0-9]+:[A-Za-z]+)`")

// explainsEveryPermission compares the README's table with what the roles may.
func (p plan) explainsEveryPermission(t *testing.T) {
	readme, err := os.ReadFile(moduleFolder + "/README.md")
	require.NoError(t, err)
	var explained, optional []string // "Sid action"; the latter where a list of the module's has something in it
	for line := range strings.Lines(string(readme)) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 || !strings.Contains(cells[2], "`") {
			continue
		}
		require.NotEmpty(t, strings.TrimSpace(cells[5]), "why: %s", line)
		for _, action := range permission.FindAllStringSubmatch(cells[3], -1) {
			row := strings.Trim(cells[2], " `") + " " + action[1]
			if explained = append(explained, row); strings.Contains(cells[4], "when there are") {
				optional = append(optional, row)
			}
		}
	}
	var allowed []string
	for _, statements := range p.statements(t, "aws_iam_role_policy") {
		for _, s := range statements {
			if s.Effect == "Deny" {
				continue
			}
			for _, action := range s.Action {
				allowed = append(allowed, s.Sid+" "+action)
			}
		}
	}
	allowed = append(allowed, optional...)
	slices.Sort(allowed)
	require.ElementsMatch(t, slices.Compact(allowed), slices.Compact(slices.Sorted(slices.Values(explained))))
}

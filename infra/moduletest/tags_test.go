package moduletest

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestThePoliciesForTagsCanBeCopied reads the README's policies as IAM does.
func TestThePoliciesForTagsCanBeCopied(t *testing.T) {
	readme, err := os.ReadFile(moduleFolder + "/README.md")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(readme), "## Who may set the tags\n")
	require.True(t, ok)
	section, _, _ = strings.Cut(section, "\n## ")
	var policies []string
	for _, block := range strings.Split(section, "\n\n") {
		if strings.HasPrefix(block, "    {") {
			policies = append(policies, block)
		}
	}
	require.Len(t, policies, 2)
	for _, text := range policies {
		var policy struct {
			Version   string
			Statement []struct {
				Sid, Effect string
				Action      []string
				Resource    string
				Condition   map[string]map[string]any
			}
		}
		require.NoError(t, json.Unmarshal([]byte(text), &policy))
		require.Equal(t, "2012-10-17", policy.Version)
		require.NotEmpty(t, policy.Statement)
		for _, s := range policy.Statement {
			require.Contains(t, []string{"Allow", "Deny"}, s.Effect)
			require.NotEmpty(t, s.Action)
			var keys any
			for _, condition := range s.Condition {
				if found, ok := condition["aws:TagKeys"]; ok && found != "false" {
					keys = found
				}
			}
			if s.Sid == "KeepAllTagsTogether" {
				require.Equal(t, "true", keys, "a DeleteTags without keys deletes all")
				continue
			}
			require.Equal(t, []any{"owner", "patch-channel", "patch-group", "patch-approvals", "patch-policy"}, keys, s.Sid)
		}
	}
}

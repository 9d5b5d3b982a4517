package golden_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot/slackchat/golden"
)

func TestEveryFileIsAmongTheViews(t *testing.T) {
	views, err := golden.Views()
	require.NoError(t, err)
	messages, err := filepath.Glob("*/*.json")
	require.NoError(t, err)
	texts := 0
	others, err := filepath.Glob("*.json")
	require.NoError(t, err)
	for _, file := range others {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		texts += strings.Count(string(data), `": "`)
	}
	require.Len(t, views, len(messages)+texts)
	groups := map[string][]string{}
	for _, v := range views {
		require.NotEmpty(t, v.Text, v.Name)
		require.Equal(t, slices.Contains([]string{"Messages", "Digests", "Modals", "App Home"}, v.Group), len(v.Blocks) > 0, v.Name)
		groups[v.Group] = append(groups[v.Group], v.Name)
	}
	require.Contains(t, groups["Messages"], "asked")
	require.Contains(t, groups["Digests"], "asked_45")
	require.Contains(t, groups["Modals"], "reject_all_3")
	require.Contains(t, groups["App Home"], "one_question")
	require.Contains(t, groups["Lines of the thread"], "decided: approved")
	require.Contains(t, groups["Lines of a digest's thread"], "decided: 40 approved")
	require.Contains(t, groups["Answers to one person"], "not_approver: asked")
	require.Contains(t, groups["Answers to /patch status"], "patching")
	require.Contains(t, groups["Answers to /patch approve and reject"], "some of many")
	require.Contains(t, groups["Answers to /patch list"], "open requests of all owners")
	require.Contains(t, groups["Answers to /patch history"], "three requests, and refused tries")
	require.Contains(t, groups["Answers to /patch report"], "some owners")
}

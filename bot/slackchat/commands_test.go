package slackchat

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryCommandSaysWhatItIsAndWhoMayUseIt(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, c := range Commands() {
		require.NotEmpty(t, c.Who, c.Name)
		require.True(t, strings.HasSuffix(c.Help, "."), "%s: one sentence", c.Name)
		require.NotEmpty(t, c.Examples, c.Name)
		for _, example := range c.Examples {
			require.True(t, strings.HasPrefix(example, SlashCommand+" "+c.Name), example)
		}
		require.Contains(t, string(readme), "`"+SlashCommand+" "+c.Name, "the README's table is complete")
		require.Contains(t, commandList(), c.typed())
		said, err := help(t.Context(), nil, invocation{Args: []string{strings.ToUpper(c.Name)}})
		require.NoError(t, err)
		for _, part := range append([]string{c.typed(), c.Help, c.Who}, c.Examples...) {
			require.Contains(t, said, part)
		}
	}
	require.LessOrEqual(t, len(commandList()), answerBytes)
}

func TestTheNearestCommandIsSuggested(t *testing.T) {
	for word, want := range map[string]string{
		"aprove": "approve", "APROVE": "approve", "stauts": "status", "rejcet": "reject", "lst": "list", "histroy": "history", "requests": "request", "hlep": "help",
		"explode": "", "": "", "x": "", "i-0a": "", "patch": "", "yes": "", strings.Repeat("approve", 500): "",
	} {
		require.Equal(t, want, nearest(word), word)
	}
	require.Equal(t, 3, editDistance("kitten", "sitting"))
	require.Equal(t, 5, editDistance("", "straß"))
	require.Zero(t, editDistance("geprüft", "geprüft"))
}

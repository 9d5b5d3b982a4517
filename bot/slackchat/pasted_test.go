package slackchat

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnInstanceIDIsReadAsPeoplePasteIt(t *testing.T) {
	const id = "i-0933335a5598d1c2e"
	for name, word := range map[string]string{
		"as it is":                     id,
		"in backticks":                 "`" + id + "`",
		"in typographic quotes":        "“" + id + "”",
		"with a comma":                 id + ",",
		"at the end of a sentence":     id + ".",
		"in capitals":                  "I-0933335A5598D1C2E",
		"with a space of no width":     "\u200b" + id + "\u200b",
		"in brackets, and then quoted": "'(" + id + ")'",
		"as a link that Slack made":    "<http://" + id + "|" + id + ">",
		"as a link in backticks":       "`<http://" + id + "/" + "|I-0933335a5598d1c2e>`,",
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := pastedID(word)
			require.True(t, ok)
			require.Equal(t, id, got)
		})
	}
	for _, word := range []string{"", "i-", "mi-", "payments", "i-<!channel>", "web-1", "i-1 i-2"} {
		_, ok := pastedID(word)
		require.False(t, ok, word)
	}
	got, ok := pastedID("mi-0123456789abcdef0")
	require.True(t, ok)
	require.Equal(t, "mi-0123456789abcdef0", got)
}

package demo

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/commandtest"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// documented is the sample event of AWS's documentation.
const documented = `{"version":"0","id":"da802c23-0364-5de4-02c4-8f2389f89233",
 "detail-type":"Configuration Compliance State Change","source":"aws.ssm",
 "account":"252525252525","time":"2023-05-01T18:48:11Z","region":"us-east-1",
 "resources":["arn:aws:ssm:us-east-1:252525252525:managed-instance/i-0933335a5598"],
 "detail":{"severity":"UNSPECIFIED","patch-baseline-id":"pb-0be1ccde3be43f5",
  "compliance-status":"non_compliant","resource-type":"managed-instance",
  "resource-id":"i-0933335a5598","compliance-type":"Patch"}}`

func TestTheDemoTellsTheWholeStory(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says []string
	}{
		"approved": {[]string{"--answer", "approve"}, []string{"[Approve]  [Schedule…]  [Reject…]", "↳ Approved by @ada.", "↳ Snapshot of 2 volumes finished",
			"↳ Installing 6 patches", "↳ Scanned again: nothing missing. ✅", "web-1 is up to date ✅", "SUCCEEDED, compliant"}},
		"rejected":                     {[]string{"--answer", "reject"}, []string{"↳ Rejected by @ada.", "Patching web-1 was rejected 🚫", "SUCCEEDED, rejected"}},
		"expired":                      {[]string{"--answer", "none"}, []string{"Nobody answers: the deadline, else 72 hours, is 3 s in this run.", "Nobody decided about web-1 in time ⌛", "SUCCEEDED, expired"}},
		"an event from standard input": {[]string{"--event", "-", "--answer", "approve"}, []string{"i-0933335a5598", "SUCCEEDED, compliant"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, err := commandtest.Output(t, &Command{}, strings.NewReader(documented), append([]string{"--speed", "2000"}, c.args...)...)
			require.NoError(t, err, out)
			require.Empty(t, errs)
			for _, text := range c.says {
				require.Contains(t, out, text)
			}
		})
	}
}

func TestAStoryThatEndsOtherwiseFails(t *testing.T) {
	compliant := filepath.Join(t.TempDir(), "event.json")
	require.NoError(t, os.WriteFile(compliant, []byte(strings.Replace(documented, "non_compliant", "compliant", 1)), 0o600))
	out, _, err := commandtest.Output(t, &Command{}, nil, "--event", compliant, "--answer", "approve")
	require.Contains(t, out, "Nothing was asked: the instance is compliant.")
	require.ErrorContains(t, err, `the story ended with "ignored", expected "compliant"`)
}

// typist types an answer each time the screen shows what it waits for.
type typist struct {
	mu     sync.Mutex
	seen   bytes.Buffer
	script []line
	keys   *io.PipeWriter
}

type line struct{ after, text string }

// awaits is what the screen has not shown yet; empty at the end of the script.
func (y *typist) awaits() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	if len(y.script) == 0 {
		return ""
	}
	return y.script[0].after
}

func (y *typist) Write(p []byte) (int, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.seen.Write(p)
	for len(y.script) > 0 && strings.Contains(y.seen.String(), y.script[0].after) {
		text := y.script[0].text
		y.script = y.script[1:]
		go func() { _, _ = io.WriteString(y.keys, text+"\n") }()
	}
	return len(p), nil
}

func TestAPersonAtTheTerminalIsPartOfTheStory(t *testing.T) {
	input, keys := io.Pipe()
	y := &typist{keys: keys, script: []line{
		{"[Approve]  [Schedule…]  [Reject…]", "approve as eve"},
		{"Only approvers of payments can decide this: @ada, @lin.", "hello"},
		{"I expected approve, reject, /patch … or quit", "approve as nobody"},
		{"There is no @nobody here", "/patch status i-0933335a5598d1c2e"},
		{"It waits for a decision until", "approve as lin"},
	}}
	t.Cleanup(func() { _ = input.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), commandtest.EndWithin)
	defer cancel()
	var errs bytes.Buffer
	err := commandtest.Run(ctx, &Command{}, terminal.Terminal{In: input, Out: y, Err: &errs}, "--terminal", "--speed", "2000")
	require.Empty(t, y.awaits(), "the screen never showed this; it showed:\n%s", y.seen.String())
	require.NoError(t, ctx.Err(), "the story has not ended; the screen showed:\n%s", y.seen.String())
	require.NoError(t, err, errs.String())
	require.Contains(t, y.seen.String(), "Approved by @lin.")
	require.Contains(t, y.seen.String(), "web-1 is up to date ✅")
}

func TestQuitEndsTheDemoBeforeTheStoryDoes(t *testing.T) {
	_, _, err := commandtest.Output(t, &Command{}, strings.NewReader("quit\n"), "--terminal")
	require.ErrorContains(t, err, "ended before the story did")
}

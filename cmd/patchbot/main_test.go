package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// endWithin is how long a command line may take.
const endWithin = time.Minute

// runCommand runs a command line and returns its exit status and what it printed.
func runCommand(t *testing.T, stdin io.Reader, args ...string) (status int, out, err string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), endWithin)
	defer cancel()
	var stdout, stderr bytes.Buffer
	status = run(ctx, args, terminal.Terminal{In: stdin, Out: &stdout, Err: &stderr})
	require.NoError(t, ctx.Err(), "patchbot %s has not ended; it printed:\n%s%s", strings.Join(args, " "), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

func TestAWrongCommandLineSaysWhatWasExpected(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		stdin  string
		status int
		want   string
	}{
		"an unknown command":       {[]string{"explode"}, "", 2, "unexpected argument explode"},
		"an unknown answer":        {[]string{"demo", "--answer", "maybe"}, "", 2, `must be one of "ask","approve","reject","none"`},
		"an unknown format":        {[]string{"report", "--format", "xml"}, "", 2, `must be one of "table","csv","json"`},
		"no time":                  {[]string{"report", "--since", "yesterday"}, "", 2, "expected hours such as 720h, a day such as 2026-11-01"},
		"a time to come":           {[]string{"audit", "--since", "2999-01-01"}, "", 2, "expected a time that is over"},
		"no instance":              {[]string{"audit", "--instance", "web-1"}, "", 2, "expected an id such as i-0933335a5598d1c2e"},
		"no speed":                 {[]string{"demo", "--speed", "0"}, "", 2, "expected a number above 0"},
		"input that is used twice": {[]string{"demo", "--event", "-"}, "{}", 2, "add --answer"},
		"an event that is no JSON": {[]string{"demo", "--event", "-", "--answer", "none"}, "{", 1, "the event is not JSON; expected one like this"},
		"an event that is too big": {[]string{"demo", "--event", "-", "--answer", "none"}, strings.Repeat(" ", 256<<10+1), 1, "over 256 KiB"},
		"a file that is not there": {[]string{"demo", "--event", "/nowhere/event.json"}, "", 1, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			status, _, errs := runCommand(t, strings.NewReader(c.stdin), c.args...)
			require.Equal(t, c.status, status)
			require.Contains(t, errs, c.want)
		})
	}
	status, out, _ := runCommand(t, nil, "--help")
	require.Zero(t, status)
	require.Contains(t, out, "demo")
}

func TestSetupAndDoctorNeedARegion(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	for _, command := range [][]string{{"setup"}, {"doctor"}, {"rehearse", "i-1"}, {"report"}, {"audit"}} {
		status, _, errs := runCommand(t, nil, command...)
		require.Equal(t, 2, status)
		require.Contains(t, errs, "expected AWS_REGION")
	}
}

func TestACommandThatWorksEndsWithStatus0(t *testing.T) {
	status, out, errs := runCommand(t, nil, "manifest", "--link", "--url", "https://abc123.execute-api.us-east-1.amazonaws.com")
	require.Zero(t, status)
	require.Contains(t, out, "https://api.slack.com/apps?new_app=1")
	require.Empty(t, errs)
}

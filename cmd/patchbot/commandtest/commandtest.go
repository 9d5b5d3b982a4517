// Package commandtest gives a test the command line of one command: flags in, what was
// printed out.
package commandtest

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// EndWithin is how long a command may take.
const EndWithin = time.Minute

// Run reads the arguments into a command, e.g. &demo.Command{}, and runs it.
func Run(ctx context.Context, command any, t terminal.Terminal, args ...string) error {
	parser, err := kong.New(command, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(t))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return parsed.Run()
}

// Output runs a command and returns what it printed to standard output and standard error.
func Output(t *testing.T, command any, stdin io.Reader, args ...string) (out, errs string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), EndWithin)
	defer cancel()
	var stdout, stderr bytes.Buffer
	err = Run(ctx, command, terminal.Terminal{In: stdin, Out: &stdout, Err: &stderr}, args...)
	require.NoError(t, ctx.Err(), "%T %s has not ended; it printed:\n%s%s", command, strings.Join(args, " "), &stdout, &stderr)
	return stdout.String(), stderr.String(), err
}

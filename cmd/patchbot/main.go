// Command patchbot shows, sets up and checks a patchbot installation.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/patchbot/patchbot/cmd/patchbot/audit"
	"github.com/patchbot/patchbot/cmd/patchbot/demo"
	"github.com/patchbot/patchbot/cmd/patchbot/doctor"
	"github.com/patchbot/patchbot/cmd/patchbot/manifest"
	"github.com/patchbot/patchbot/cmd/patchbot/rehearse"
	"github.com/patchbot/patchbot/cmd/patchbot/report"
	"github.com/patchbot/patchbot/cmd/patchbot/setup"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// commands is the command line; each field is one command.
type commands struct {
	Manifest manifest.Command `cmd:"" help:"Print the Slack app's manifest, and a link that creates the app."`
	Setup    setup.Command    `cmd:"" help:"Store Slack's bot token and signing secret, check them, and post a test message."`
	Doctor   doctor.Command   `cmd:"" help:"Check an installation, and say for each finding what to do."`
	Rehearse rehearse.Command `cmd:"" help:"Play the whole story on a real instance without changing it: ask, approve, scan in place of the install, tell."`
	Report   report.Command   `cmd:"" help:"Count by owner how requests went: asked, answered, patched, failed."`
	Audit    audit.Command    `cmd:"" help:"Print who did what with requests, and whose tries were refused."`
	Demo     demo.Command     `cmd:"" help:"Run the whole story on this machine: a simulated fleet, a local Slack, the state machine and the bot."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], terminal.Terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

// run carries out one command line and returns the exit status: 0 when all is well, 1
// when the command failed, 2 when the command line was wrong.
func run(ctx context.Context, args []string, t terminal.Terminal) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli, kong.Name("patchbot"), kong.UsageOnError(),
		kong.Description("Owners of EC2 instances decide, in Slack, when a missing critical patch is installed."),
		kong.Writers(t.Out, t.Err), kong.Exit(func(status int) { exited = status }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(t))
	if err != nil {
		_, _ = fmt.Fprintln(t.Err, "patchbot:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		_, _ = fmt.Fprintf(t.Err, "patchbot: %v\nRun patchbot --help to see what there is.\n", err)
		return 2
	}
	err = parsed.Run()
	var usage terminal.UsageError
	switch {
	case errors.As(err, &usage):
		_, _ = fmt.Fprintln(t.Err, "patchbot:", err)
		return 2
	case err != nil:
		_, _ = fmt.Fprintln(t.Err, "patchbot:", err)
		return 1
	}
	return 0
}

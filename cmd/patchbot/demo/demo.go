// Package demo shows the whole of patchbot on one machine, without AWS and without Slack: a
// simulated fleet, a local Slack, the state machines and the bot, in a browser to click through
// or as one story in the terminal.
package demo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/cli/browser"

	"github.com/patchbot/patchbot/cmd/patchbot/demo/web"
	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// Command runs the demo.
type Command struct {
	Terminal bool    `help:"Tell one story here, in the terminal, instead of in the browser."`
	Event    string  `placeholder:"FILE" help:"Start the terminal's story with this EventBridge event, - for standard input. Without it, a nightly scan finds web-1 non-compliant."`
	Answer   string  `enum:"ask,approve,reject,none" default:"ask" help:"Who answers in the terminal's story: ask (you), approve or reject (@ada, by itself), none (nobody: the deadline passes after a few seconds). Unless you answer, the exit status is 0 only if the story ends as it should."`
	Speed    float64 `default:"30" help:"How many times faster than life backups, installs and scans run."`
	Port     int     `default:"8080" help:"Port of the page on 127.0.0.1; another one if it is taken."`
	NoOpen   bool    `help:"Print the page's address without opening a browser."`
}

// Run shows the page until it is interrupted, or tells the story to its end.
func (c Command) Run(ctx context.Context, t terminal.Terminal) error {
	inTerminal := c.Terminal || c.Event != "" || c.Answer != "ask"
	switch {
	case c.Speed <= 0:
		return terminal.UsageError(fmt.Sprintf("--speed is %g, expected a number above 0", c.Speed))
	case c.Port < 0 || c.Port > 65535:
		return terminal.UsageError(fmt.Sprintf("--port is %d, expected 0 to 65535", c.Port))
	case inTerminal:
		return c.tell(ctx, t)
	case c.Speed > web.MaxSpeed:
		return terminal.UsageError(fmt.Sprintf("--speed is %g, expected at most %d in the browser", c.Speed, web.MaxSpeed))
	}
	return c.show(ctx, t)
}

// show serves the page, on which the story has just begun.
func (c Command) show(ctx context.Context, t terminal.Terminal) error {
	w, err := world.Start(time.Now(), c.Speed, slog.New(slog.NewTextHandler(t.Err, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	defer w.Close()
	page, err := web.Listen(w, c.Port)
	if err != nil {
		return err
	}
	defer page.Close()
	if err := w.MakeNonCompliant([]string{world.FirstInstance}); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(t.Out, "A whole patchbot runs on this machine. Open it:\n\n    %s\n\nCtrl-C ends it. For one story here: patchbot demo --terminal\n", page.URL)
	if !c.NoOpen && atScreen(t.Out) {
		browser.Stdout, browser.Stderr = io.Discard, io.Discard
		_ = browser.OpenURL(page.URL) // the address stands above
	}
	<-ctx.Done()
	return nil
}

// atScreen reports whether a person reads what is printed.
func atScreen(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// What an answer should lead to.
var endings = map[string]string{"approve": "compliant", "reject": "rejected", "none": "expired"}

// answerTime is how long the owner has in a run that lets the deadline pass.
const answerTime = 3 * time.Second

// demo is one run of the story.
type demo struct {
	command Command
	term    terminal.Terminal
	screen  *screen
	*local.Patchbot
	channel slacksim.Channel
	people  map[string]slacksim.User
	ended   chan asl.Execution
	changed chan struct{} // something happened in Slack
}

// tell tells the story in the terminal, to its end.
func (c Command) tell(ctx context.Context, t terminal.Terminal) error {
	if c.Event == "-" && c.Answer == "ask" {
		return terminal.UsageError("--event - takes standard input, so answers cannot be typed: add --answer approve, reject or none")
	}
	event, err := readEvent(c.Event, t.In)
	if err != nil {
		return err
	}
	d, err := c.start(t, event.instance)
	if err != nil {
		return err
	}
	defer d.Close()
	arn, err := d.begin(event)
	if err != nil {
		return err
	}
	if c.Answer == "ask" {
		var quit context.CancelFunc
		ctx, quit = context.WithCancel(ctx)
		defer quit()
		go d.readAnswers(ctx, quit)
	}
	return d.finish(ctx, arn)
}

// start builds the world of the story around one instance.
func (c Command) start(t terminal.Terminal, instanceID string) (*demo, error) {
	settings := workflow.DefaultSettings()
	if c.Answer == "none" {
		settings.Waiting = workflow.Waiting{AnswerWithin: answerTime}
	}
	scaled := func(d time.Duration) time.Duration { return time.Duration(float64(d) / c.Speed) }
	d := &demo{command: c, term: t, people: map[string]slacksim.User{}, ended: make(chan asl.Execution, 16), changed: make(chan struct{}, 1)}
	var err error
	d.Patchbot, err = local.Start(local.Config{
		Settings: settings,
		Fleet: awssim.Config{DeliveryTime: scaled(2 * time.Second), ScanTime: scaled(20 * time.Second), PatchTime: scaled(3 * time.Minute),
			RebootTime: scaled(45 * time.Second), StatusCheckTime: -1, SnapshotTime: scaled(time.Minute), ReplaceTime: scaled(time.Minute),
			VisibleAfter: scaled(time.Second), StatesVisibleAfter: -1, // the machine's own pauses are not scaled
			Seed: uint64(time.Now().UnixNano())},
		Ended:      func(e asl.Execution) { d.ended <- e },
		SweepEvery: time.Second,
		Log:        slog.New(slog.NewTextHandler(t.Err, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"ada", "lin", "eve"} {
		d.people[name] = d.Slack.AddUser(slacksim.User{Name: name})
	}
	d.channel = d.Slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})
	d.Bot.Owners = bot.Directory{"payments": {Name: "payments", Channel: d.channel.ID,
		Approvers: bot.Approvers{Users: []string{d.people["ada"].ID, d.people["lin"].ID}}}}
	d.screen = newScreen(t.Out, d.Slack)
	d.Slack.Watch(d.saw)
	return d, d.Fleet.Add(awssim.Instance{ID: instanceID, Name: "web-1", Platform: awssim.AmazonLinux2023,
		Tags:    map[string]string{"owner": "payments", "patch-policy": "patch-on-approval"},
		Missing: awssim.Catalogue(awssim.AmazonLinux2023), Volumes: []awssim.Volume{{}, {}}})
}

// begin starts an execution with the event and introduces the story.
func (d *demo) begin(e event) (arn string, err error) {
	d.screen.note("A whole patchbot on this machine: the bot listens at %s, payments owns one instance.", d.URL)
	d.screen.note("Approvers are @ada and @lin. @eve is in the channel, too.")
	switch d.command.Answer {
	case "none":
		d.screen.note("Nobody answers: the deadline, else %.0f hours, is %.0f s in this run.", workflow.DefaultSettings().AnswerWithin.Hours(), answerTime.Seconds())
	case "ask":
		d.screen.note("Type: approve, reject, /patch status %s, or one of them with “as lin” or “as eve” behind. quit ends.", e.instance)
	}
	d.screen.note("EventBridge: %s", e.summary)
	arn, err = d.Machine.Start("", e.data)
	if err != nil {
		return "", fmt.Errorf("start the state machine: %w", err)
	}
	d.screen.note("Step Functions: execution %s started.", arn[strings.LastIndexByte(arn, ':')+1:])
	return arn, nil
}

// saw shows a change in Slack, and answers the question when nobody sits at the terminal.
func (d *demo) saw(c slacksim.Change) {
	d.screen.show(c)
	select {
	case d.changed <- struct{}{}:
	default:
	}
	action := map[string]string{"approve": slackchat.ButtonApprove, "reject": slackchat.ButtonReject}[d.command.Answer]
	if c.Kind == slacksim.Posted && action != "" && slices.ContainsFunc(c.Message.Buttons(), func(b slacksim.Button) bool { return b.ActionID == action }) {
		go d.say(context.Background(), d.command.Answer)
	}
}

// finish waits for the execution, then for Slack to show how it ended.
func (d *demo) finish(ctx context.Context, arn string) error {
	execution, err := d.waitEnd(ctx, arn)
	if err != nil {
		return err
	}
	var out struct{ Outcome, Reason string }
	_ = json.Unmarshal(execution.Output, &out) // a failed execution has none
	if out.Outcome == "ignored" {
		d.screen.note("Nothing was asked: %s.", out.Reason)
	} else if err := d.waitQuiet(ctx, arn); err != nil {
		return err
	}
	d.screen.note("Step Functions: execution %s%s.", execution.Status, strings.TrimRight(", "+out.Outcome, ", "))
	if want := endings[d.command.Answer]; want != "" && out.Outcome != want {
		return fmt.Errorf("the story ended with %q, expected %q", strings.TrimSpace(out.Outcome+" "+execution.Error), want)
	}
	return nil
}

var errQuit = errors.New("ended before the story did")

func (d *demo) waitEnd(ctx context.Context, arn string) (asl.Execution, error) {
	for {
		select {
		case <-ctx.Done():
			return asl.Execution{}, errQuit
		case e := <-d.ended:
			if e.ARN == arn {
				return e, nil
			}
		}
	}
}

// waitQuiet returns when the bot has nothing more to say about the execution.
func (d *demo) waitQuiet(ctx context.Context, arn string) error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		r, err := d.Store.Get(ctx, bot.RequestID(arn))
		if err != nil {
			return fmt.Errorf("read how it ended: %w", err)
		}
		if !r.Status.Open() && len(r.Kinds()) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errQuit
		case <-d.changed:
		case <-again.C:
		}
	}
}

// readAnswers carries out what is typed at the terminal, until somebody quits.
func (d *demo) readAnswers(ctx context.Context, quit func()) {
	lines := bufio.NewScanner(d.term.In)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "quit" {
			quit()
			return
		}
		if line != "" {
			d.say(ctx, line)
		}
	}
}

// say does in Slack what a line says, as Ada or as whom the line names.
func (d *demo) say(ctx context.Context, line string) {
	who := "ada"
	if before, name, ok := strings.Cut(line, " as "); ok {
		line, who = strings.TrimSpace(before), strings.TrimPrefix(strings.TrimSpace(name), "@")
	}
	user, ok := d.people[who]
	if !ok {
		d.screen.note("There is no @%s here; there are @ada, @lin and @eve.", who)
		return
	}
	var err error
	switch word, rest, _ := strings.Cut(line, " "); word {
	case "approve":
		err = d.click(ctx, user, slackchat.ButtonApprove)
	case "reject":
		err = d.reject(ctx, user)
	case slackchat.SlashCommand:
		_, err = d.Slack.Command(ctx, user.ID, d.channel.ID, word, strings.TrimSpace(rest))
	default:
		d.screen.note("I expected approve, reject, /patch … or quit, but got %q.", line)
	}
	if err != nil {
		d.screen.note("Slack: %v", err)
	}
}

// reject presses the button, and submits the window as it opens.
func (d *demo) reject(ctx context.Context, user slacksim.User) error {
	err := d.click(ctx, user, slackchat.ButtonReject)
	if views := d.Slack.Views(user.ID); err == nil && len(views) > 0 {
		_, err = d.Slack.SubmitView(ctx, user.ID, views[0].ID, nil)
	}
	return err
}

// click presses a button of the newest message as it was first shown, so that the answer
// to a late click can be tried, too.
func (d *demo) click(ctx context.Context, user slacksim.User, action string) error {
	messages := d.Slack.Messages(d.channel.ID)
	if len(messages) == 0 {
		return errors.New("nothing has been asked yet")
	}
	seen := messages[len(messages)-1]
	if len(seen.History) > 0 {
		seen.Blocks = seen.History[0].Blocks
	}
	d.screen.note("@%s clicks %s.", user.Name, action)
	_, err := d.Slack.ClickOn(ctx, user.ID, seen, action)
	return err
}

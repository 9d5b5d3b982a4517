// Package local runs a whole patchbot in one process, with nothing from outside: the
// state machine on the local interpreter, a simulated fleet, a local Slack workspace, and
// the bot between them. The demo shows it to a person; tests tell the story through it.
package local

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/email"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
	"github.com/patchbot/patchbot/workflow/clock"
)

const (
	region    = "us-east-1"
	account   = "111122223333"
	topicARN  = "arn:aws:sns:us-east-1:111122223333:patchbot-notifications"
	signingID = "local-signing-secret"
)

// Config says what runs, and how fast. The zero value of every field but Settings works.
type Config struct {
	Settings   workflow.Settings
	Fleet      awssim.Config // durations and Seed; the rest is set here
	RateLimits bool          // Slack's limits per method
	Pace       bot.Pace      // the bot's; default: as fast as can be
	// RedriveKeepsEntered is the interpreter's switch of that name.
	RedriveKeepsEntered bool

	// InProcess connects Slack and the bot without sockets, so that testing/synctest can
	// simulate time.
	InProcess bool
	// Tasks, if set, stands between the bot and the interpreter, to break things.
	Tasks func(bot.Tasks) bot.Tasks
	// Requests, if set, stands between the bot and its store in the same way.
	Requests func(bot.Store) bot.Store
	// Channels, if set, stands between the bot and the queue of channels in the same way.
	Channels func(bot.Channels) bot.Channels
	// Notifications, if set, stands between the machine and the bot: it may call deliver
	// late, twice, or in another order.
	Notifications func(data []byte, deliver func([]byte))
	// Events, if set, stands between everything and the event bus in the same way.
	Events func(event json.RawMessage, deliver func(json.RawMessage))
	// Ended, if set, hears of every execution that has ended.
	Ended func(asl.Execution)
	// SweepEvery is how often what failed is tried again; default one minute, as on AWS.
	SweepEvery time.Duration
	// FindMissingEvery is how often the fleet is looked through for what no event told;
	// default one day, as on AWS.
	FindMissingEvery time.Duration
	// AskAgainAfter is the bot's; default seven days.
	AskAgainAfter time.Duration
	AfterNoAnswer bot.AfterNoAnswer // the bot's
	// Emails, if set, gets the mails to owners.
	Emails email.Sender
	// Clock is what everything goes by but HTTP; default the time of package time.
	Clock clock.Clock
	Log   *slog.Logger // default: discarded
}

// Patchbot is a running system. Everybody and everything in it can be reached through its
// fields.
type Patchbot struct {
	Slack   *slacksim.Workspace
	Fleet   *awssim.Fleet
	Machine *asl.Interpreter // patch-approval
	Finder  *asl.Interpreter // find-missing
	Back    *asl.Interpreter // roll-back
	Store   *memstore.Store
	Bot     *bot.Bot

	// URL is where the bot listens, e.g. "http://127.0.0.1:41234".
	URL string
	// HTTP reaches the bot and Slack, also when they have no sockets.
	HTTP *http.Client

	config Config
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup
	closed []func()
}

// Start starts everything. Close it when it is no longer needed.
func Start(config Config) (*Patchbot, error) {
	p := &Patchbot{config: config, Store: memstore.New()}
	if p.config.Log == nil {
		p.config.Log = slog.New(slog.DiscardHandler)
	}
	if p.config.Clock == nil {
		p.config.Clock = clock.Real{}
	}
	p.config.SweepEvery = cmp.Or(p.config.SweepEvery, time.Minute)
	p.config.FindMissingEvery = cmp.Or(p.config.FindMissingEvery, 24*time.Hour)
	p.config.AskAgainAfter = cmp.Or(p.config.AskAgainAfter, 7*24*time.Hour)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if err := errors.Join(p.startMachines(), p.startSlack()); err != nil {
		p.Close()
		return nil, err
	}
	p.work.Go(func() { p.every(p.config.SweepEvery, p.sweep) })
	p.work.Go(func() { p.every(endBackupsEvery, p.endBackups) })
	p.work.Go(func() { p.every(p.config.FindMissingEvery, func() { _, _ = p.FindMissing() }) }) // only a closed interpreter refuses
	return p, nil
}

// FindMissing looks through the fleet for what no event told, as the schedule on AWS does. It
// returns the ARN of the execution.
func (p *Patchbot) FindMissing() (string, error) { return p.Finder.Start("", []byte("{}")) }

// startSlack connects the workspace and the bot to each other.
func (p *Patchbot) startSlack() error {
	network := newNetwork(p.config.InProcess)
	p.closed = append(p.closed, network.close)
	p.HTTP = network.client
	p.Slack = slacksim.New(slacksim.Config{SigningSecret: signingID, RateLimits: p.config.RateLimits, Client: p.HTTP,
		Now: p.config.Clock.Now, Wall: time.Now})
	slackURL, err := network.serve("slack", p.Slack)
	if err != nil {
		return err
	}
	p.Slack.SetURL(slackURL)
	channel := p.Slack.AddChannel(slacksim.Channel{Name: "patching", BotIsMember: true})
	api := slackchat.With(slack.New("xoxb-slacksim", slack.OptionAPIURL(slackURL+"/api/"), slack.OptionHTTPClient(p.HTTP)))
	chat := slackchat.NewChat(api, time.Now)
	p.Bot = &bot.Bot{
		Store:          p.Store,
		Chat:           chat,
		Tasks:          tasks{p},
		Looker:         looker{p},
		Executions:     executions{p.Machine},
		Snapshots:      snapshots{looker{p}},
		RollBacks:      rollBacks{p.Back},
		Owners:         bot.Directory{},
		Channels:       &channels{p: p, waiting: map[string][]bot.Signal{}},
		Pace:           p.config.Pace,
		Sleep:          p.sleep,
		DefaultChannel: channel.ID,
		AskAgainAfter:  p.config.AskAgainAfter,
		AfterNoAnswer:  p.config.AfterNoAnswer,
		Now:            p.config.Clock.Now,
		Log:            p.config.Log,
	}
	if p.config.Requests != nil {
		p.Bot.Store = p.config.Requests(p.Bot.Store)
	}
	if p.config.Channels != nil {
		p.Bot.Channels = p.config.Channels(p.Bot.Channels)
	}
	if p.config.Tasks != nil {
		p.Bot.Tasks = p.config.Tasks(p.Bot.Tasks)
	}
	app := slackchat.App{Bot: p.Bot, Chat: chat, Log: p.config.Log, APIURL: slackURL}
	if err := p.serve(network, &app); err != nil {
		return err
	}
	p.Slack.Install(slacksim.App{Interactions: p.URL + "/slack/interactions", Commands: p.URL + "/slack/commands", Events: p.URL + "/slack/events"})
	return nil
}

// Close stops everything and waits for it.
func (p *Patchbot) Close() {
	p.cancel()
	if p.Machine != nil {
		p.Machine.Close()
		p.Finder.Close()
		p.Back.Close()
		p.Fleet.Close()
	}
	p.work.Wait()
	for _, c := range p.closed {
		c()
	}
}

// emit puts an event on the bus, unless the config has other plans for it.
func (p *Patchbot) emit(event json.RawMessage) {
	if p.config.Events != nil {
		p.config.Events(event, p.Put)
		return
	}
	p.Put(event)
}

// Put is the event bus: it hands an event to the rules' targets. Events that match no
// rule are dropped, as EventBridge drops them.
func (p *Patchbot) Put(event json.RawMessage) {
	var pattern struct {
		DetailType string `json:"detail-type"`
		Detail     struct {
			Status string `json:"compliance-status"`
		} `json:"detail"`
	}
	if json.Unmarshal(event, &pattern) == nil && pattern.DetailType == awssim.ComplianceEvent {
		if pattern.Detail.Status == "non_compliant" {
			_, _ = p.Machine.Start("", event) // only a closed interpreter refuses
		}
		return
	}
	e, err := workflow.ParseEvent(event)
	if err != nil {
		p.config.Log.Warn("dropped an event", "error", err)
		return
	}
	p.work.Go(func() { p.retry(func() error { return p.Bot.Observe(p.ctx, e) }) })
}

// every does something again and again, as a schedule on AWS does.
func (p *Patchbot) every(interval time.Duration, do func()) {
	for p.pause(interval) {
		do()
	}
}

// sweep tries again what failed.
func (p *Patchbot) sweep() {
	if err := p.Bot.Sweep(p.ctx); err != nil {
		p.config.Log.Error("sweep failed", "error", err)
	}
}

// retry calls f until it succeeds, as a queue delivers a message again.
func (p *Patchbot) retry(f func() error) {
	for {
		err := f()
		if err == nil {
			return
		}
		p.config.Log.Warn("will be delivered again", "error", err)
		if !p.pause(time.Second) {
			return
		}
	}
}

// pause waits by the clock; false says that everything ended meanwhile.
func (p *Patchbot) pause(d time.Duration) bool { return p.sleep(p.ctx, d) }

// sleep waits by the clock, which may stand still; false says that the context, or everything,
// ended meanwhile.
func (p *Patchbot) sleep(ctx context.Context, d time.Duration) bool {
	over, timer := p.config.Clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-p.ctx.Done():
		return false
	case <-over:
		return true
	}
}

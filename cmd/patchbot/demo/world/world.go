// Package world is a company that uses patchbot, for somebody who wants to see how: people in a
// Slack workspace, owners with their instances, and a clock that can be put forward.
package world

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/awssim"
	"github.com/patchbot/patchbot/workflow/clock"
)

// Person is one of those whose eyes the company can be seen with.
type Person struct {
	slacksim.User
	Role string // e.g. "Approver of payments"
}

// Mail is a mail that went to the subscribers of an owner.
type Mail struct {
	At            time.Time
	Owner         string
	Subject, Body string
}

// World is the running company.
type World struct {
	*local.Patchbot
	Clock  *clock.Adjustable
	People []Person
	Groups []slacksim.UserGroup
	// Home is the channel in which the story begins.
	Home slacksim.Channel

	mu          sync.Mutex
	mails       []Mail
	away        bool
	frozenUntil time.Time // zero: nothing is frozen
	added       int       // instances of patch days
	patches     int       // that were published
}

// FirstInstance is the instance of which the story begins to tell: web-1 of payments.
const FirstInstance = "i-0933335a5598d1c2e"

// Start lets the company begin its day at a time, so many times as fast as life. Nothing has
// been asked yet. Close it when it is no longer needed.
func Start(start time.Time, speed float64, log *slog.Logger) (*World, error) {
	w := &World{Clock: clock.New(start, speed)}
	settings := workflow.DefaultSettings()
	settings.Calendars = []string{changeCalendar}
	var err error
	w.Patchbot, err = local.Start(local.Config{
		Settings: settings,
		Fleet: awssim.Config{
			WindowsSecurityCounts: true,                     // else nobody would be asked about report-1
			Seed:                  uint64(start.UnixNano()), // #nosec G115 -- any number will do
		},
		RateLimits: true,
		Pace:       slackchat.Pace(),
		Clock:      w.Clock,
		Emails:     w,
		Log:        slog.New(whileReachable{log.Handler(), w}),
	})
	if err != nil {
		return nil, err
	}
	w.Fleet.AddCalendar(changeCalendar)
	w.hire()
	for _, i := range instances {
		if err := w.Fleet.AddScanned(i); err != nil {
			w.Close()
			return nil, err
		}
	}
	return w, nil
}

// whileReachable leaves out what the bot says of a Slack that somebody has switched off.
type whileReachable struct {
	slog.Handler
	world *World
}

func (h whileReachable) Enabled(ctx context.Context, level slog.Level) bool {
	return !h.world.SlackAway() && h.Handler.Enabled(ctx, level)
}

func (h whileReachable) WithAttrs(attrs []slog.Attr) slog.Handler {
	return whileReachable{h.Handler.WithAttrs(attrs), h.world}
}

func (h whileReachable) WithGroup(name string) slog.Handler {
	return whileReachable{h.Handler.WithGroup(name), h.world}
}

// The people, as the golden files of slackchat name them.
const (
	ada, lin, eve, gus = "U0ADA", "U0LIN", "U0EVE", "U0GUS"
	onCall             = "S0ONCALL"
)

// hire fills the workspace and the owner directory.
func (w *World) hire() {
	w.People = []Person{
		{slacksim.User{ID: ada, Name: "ada", RealName: "Ada Lovelace", Email: "ada@example.com"}, "Approver of payments"},
		{slacksim.User{ID: lin, Name: "lin", RealName: "Lin Osei", Email: "lin@example.com"}, "On call for payments"},
		{slacksim.User{ID: eve, Name: "eve", RealName: "Eve Sato", Email: "eve@example.com"}, "Colleague, may not decide"},
		{slacksim.User{ID: gus, Name: "gus", RealName: "Gus Novak", Email: "gus@partner.example", Guest: slacksim.SingleChannelGuest}, "Guest in one channel"},
	}
	for _, p := range w.People {
		w.Slack.AddUser(p.User)
	}
	w.Groups = []slacksim.UserGroup{w.Slack.AddUserGroup(slacksim.UserGroup{ID: onCall, Handle: "oncall-payments", Members: []string{lin}})}
	staff := []string{ada, lin, eve}
	w.Home = w.Slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true, Members: append([]string{gus}, staff...)})
	w.Slack.EditChannel(w.Bot.DefaultChannel, func(ch *slacksim.Channel) { ch.Members = staff })
	w.Bot.DefaultApprovers = bot.Approvers{Users: []string{ada}}
	payments := owner("payments", w.Home, bot.Approvers{Users: []string{ada}, Groups: []string{onCall}})
	leads := w.Slack.AddChannel(slacksim.Channel{Name: "leads", BotIsMember: true, Members: staff})
	payments.Escalation = bot.Escalation{Channel: leads.ID}
	directory := bot.Directory{"payments": payments}
	for name, approver := range map[string]string{"checkout": ada, "search": lin, "data": ada} {
		ch := w.Slack.AddChannel(slacksim.Channel{Name: name, BotIsMember: true, Members: staff})
		directory[name] = owner(name, ch, bot.Approvers{Users: []string{approver}})
	}
	w.Bot.Owners = directory
}

// owner is an entry of the owner directory. Three instances of an owner are patched at once; the
// first failure holds the rest.
func owner(name string, channel slacksim.Channel, approvers bot.Approvers) bot.Owner {
	three, _ := bot.ParseAtOnce("3") // the text is valid
	return bot.Owner{Name: name, Channel: channel.ID, Approvers: approvers, Email: name + "@example.com", AtOnce: three, HoldAfter: 1}
}

// Email is email.Sender: it keeps the mail.
func (w *World) Email(_ context.Context, owner, subject, body string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mails = append(w.mails, Mail{At: w.Clock.Now(), Owner: owner, Subject: subject, Body: body})
	return nil
}

// Mails lists all mails, the oldest first.
func (w *World) Mails() []Mail {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.mails[:len(w.mails):len(w.mails)]
}

// SetSlackAway lets the bot's token be revoked, so that nothing reaches Slack, or undoes that.
func (w *World) SetSlackAway(away bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.away = away
	if away {
		w.Slack.Fail(slacksim.EveryMethod, slacksim.Fault{Error: "token_revoked"})
	} else {
		w.Slack.Heal(slacksim.EveryMethod)
	}
}

// SlackAway reports whether nothing reaches Slack.
func (w *World) SlackAway() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.away
}

// Deadline is the time by which an execution must have been answered, or else its owner is reminded
// or, at last, nobody can answer any more; or at which it looks whether a freeze has ended.
type Deadline struct {
	At       time.Time
	Instance string // e.g. "web-1"
	Reminds  bool   // a reminder comes then, and the execution waits on
	Frozen   bool   // a change calendar is read again then: the execution waits for a freeze to end
}

// ErrNoDeadline says that nobody is asked anything.
var ErrNoDeadline = errors.New("nobody is asked anything")

// NextDeadline is the next time at which one of these executions of patch-approval stops waiting for an
// answer, or looks whether a freeze has ended; false if none of them waits for either.
func (w *World) NextDeadline(executions []asl.Progress) (Deadline, bool) {
	var next asl.Progress
	var at time.Time
	frozen := false
	for _, e := range executions {
		if read := w.calendarRead(e); !read.IsZero() && (at.IsZero() || read.Before(at)) {
			next, at, frozen = e, read, true
		}
		for _, p := range e.Places {
			if (p.State == workflow.StatePrompt || p.State == workflow.StateRemind) && !p.Due.IsZero() && (at.IsZero() || p.Due.Before(at)) {
				next, at, frozen = e, p.Due, false
			}
		}
	}
	if at.IsZero() {
		return Deadline{}, false
	}
	id := InstanceOf(next.Execution)
	return Deadline{At: at, Instance: cmp.Or(w.name(id), id), Reminds: w.isReminded(next.ARN, at), Frozen: frozen}, true
}

// isReminded reports whether an execution that stops to wait for an answer at a time reminds then: its
// question has longer than that.
func (w *World) isReminded(executionARN string, at time.Time) bool {
	r, err := w.Store.Get(context.Background(), bot.RequestID(executionARN))
	return err == nil && at.Add(time.Minute).Before(r.AnswerBy)
}

// SkipToDeadline puts the clock forward to the next deadline, or returns ErrNoDeadline.
func (w *World) SkipToDeadline() error {
	next, ok := w.NextDeadline(w.Machine.List())
	if !ok {
		return ErrNoDeadline
	}
	w.Clock.Skip(next.At)
	return nil
}

func (w *World) name(id string) string {
	for _, s := range w.Fleet.Statuses() {
		if s.ID == id {
			return s.Name
		}
	}
	return ""
}

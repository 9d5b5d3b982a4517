package slackchat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// home is what a person's App Home shows.
type home struct {
	Said      string        // what came of the last click there; may be empty
	Waiting   []bot.Message // the oldest that wait for this person
	More      int           // how many requests wait besides
	Agreeing  []bot.Message // the oldest that wait for a freeze to end, and for this person to agree to an emergency
	Scheduled []bot.Message // the oldest others that wait for their time, or for a freeze to end, which this person may change
	Unchecked int           // open requests of which it could not be found out whether they are theirs
	Working   []bot.Summary // theirs, decided and not over, the oldest first
	Lately    []bot.Summary // theirs, ended lately, the newest first
	Platform  bool          // whether the person is of the platform team
	Overdue   []bot.Summary // of all owners: nobody has decided in time, or it failed; for the platform team
}

const (
	homeMessages = 12                 // with buttons
	homeLines    = 10                 // of each list
	homeLately   = 7 * 24 * time.Hour // how far back it looks
)

// publishHome renders a person's App Home anew.
func (a *App) publishHome(ctx context.Context, c invocation, said string) error {
	h, err := a.home(ctx, c)
	if err != nil {
		return err
	}
	h.Said = said
	err = a.Chat.api(ctx, func(s *slack.Client) error {
		_, err := s.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: c.User, View: homeView(h, a.Bot.Now())})
		return err
	})
	if err != nil {
		return fmt.Errorf("publish the App Home: %w", err)
	}
	return nil
}

// home gathers what concerns a person: what they may decide, and see in Slack anyway.
func (a *App) home(ctx context.Context, c invocation) (home, error) {
	now := a.Bot.Now()
	open, err := a.Bot.Store.AllOpen(ctx)
	if err != nil {
		return home{}, fmt.Errorf("list open requests: %w", err)
	}
	lately, err := a.Bot.Store.CreatedBetween(ctx, now.Add(-homeLately), now.Add(time.Second))
	if err != nil {
		return home{}, fmt.Errorf("list requests: %w", err)
	}
	h := home{Platform: a.isPlatform(ctx, c)}
	if h.Platform {
		h.Overdue = slices.DeleteFunc(slices.Concat(open, bot.FailedNow(lately)), func(s bot.Summary) bool { return s.Status.Open() && !s.Overdue(now) })
	}
	ended := slices.DeleteFunc(lately, func(s bot.Summary) bool { return s.Status.Open() })
	var waiting, agreeing, scheduled []bot.Summary
	theirs, unchecked := a.theirs(ctx, c, slices.Concat(open, ended))
	h.Unchecked = unchecked
	for _, s := range theirs {
		switch {
		case !s.Status.Open():
			h.Lately = append(h.Lately, s)
		case s.Status == bot.StatusAsked && !s.Overdue(now):
			waiting = append(waiting, s)
		case s.Status != bot.StatusAsked:
			h.Working = append(h.Working, s)
			if s.Status == bot.StatusScheduled || s.Status == bot.StatusFrozen {
				scheduled = append(scheduled, s)
			}
			if s.Status == bot.StatusFrozen && s.Pending {
				agreeing = append(agreeing, s)
			}
		}
	}
	slices.SortFunc(h.Lately, func(a, b bot.Summary) int { return cmp.Or(b.EndedAt.Compare(a.EndedAt), b.Compare(a)) })
	asked := func(r bot.Request) bool { return r.Status == bot.StatusAsked }
	waits := func(r bot.Request) bool { return r.Status == bot.StatusScheduled || r.Status == bot.StatusFrozen }
	agrees := func(r bot.Request) bool { return waits(r) && r.EmergencyPending() && !agreed(r, c.User) }
	others := func(r bot.Request) bool { return waits(r) && !agrees(r) }
	if h.Scheduled, _, err = a.messagesOf(ctx, scheduled, others); err != nil {
		return h, err
	}
	if h.Agreeing, _, err = a.messagesOf(ctx, agreeing, agrees); err != nil {
		return h, err
	}
	h.Waiting, h.More, err = a.messagesOf(ctx, waiting, asked)
	return h, err
}

// isPlatform reports whether somebody is a member of the platform team's channel.
func (a *App) isPlatform(ctx context.Context, c invocation) bool {
	if a.Bot.PlatformChannel == "" {
		return false
	}
	in, err := a.Bot.Chat.InChannel(ctx, a.Bot.PlatformChannel, c.User)
	if err == nil && in {
		var outsider bool
		outsider, err = a.Bot.Chat.IsOutsider(ctx, c.User)
		in = !outsider
	}
	if err != nil {
		a.Log.Warn("cannot tell who is of the platform team", "user", c.User, "error", err)
	}
	return in && err == nil
}

// notTheirs is why somebody may not decide, whatever there is to decide.
var notTheirs = []bot.Refusal{bot.RefusedNotApprover, bot.RefusedOutsider, bot.RefusedAbandoned, bot.RefusedNotChecked, bot.RefusedUnknowable}

// theirs keeps the requests that a person may decide, decided already or not, and can see, and counts
// those that are open and could not be checked.
func (a *App) theirs(ctx context.Context, c invocation, found []bot.Summary) (kept []bot.Summary, unchecked int) {
	for i, why := range a.Bot.MayDecide(ctx, inShort(found), c.actor(), workflow.Rejected) {
		switch {
		case !slices.Contains(notTheirs, why):
			kept = append(kept, found[i])
		case why == bot.RefusedNotChecked && found[i].Status.Open():
			unchecked++
		}
	}
	seen := a.visibleChannels(ctx, c, kept)
	return slices.DeleteFunc(kept, func(s bot.Summary) bool { return !seen[s.Channel] }), unchecked
}

// messagesOf loads the messages in which requests stand, the oldest first, and says how many
// requests stand in others. Those stay that are still to be shown.
func (a *App) messagesOf(ctx context.Context, waiting []bot.Summary, shown func(bot.Request) bool) (messages []bot.Message, more int, err error) {
	slices.SortFunc(waiting, bot.Summary.Compare)
	oldest := waiting[:min(len(waiting), homeMessages*bot.DigestSize)]
	ids := make([]string, len(oldest))
	for i, s := range oldest {
		ids[i] = s.ID
	}
	requests, err := a.Bot.Store.GetAll(ctx, ids)
	if err != nil {
		return nil, 0, fmt.Errorf("load requests: %w", err)
	}
	requests = slices.DeleteFunc(requests, func(r bot.Request) bool { return !shown(r) })
	more = len(waiting) - len(oldest)
	place := map[bot.Place]int{}
	for _, r := range requests {
		n, known := place[r.Place]
		switch {
		case !r.Place.Shown(), !known && len(messages) == homeMessages:
			more++
		case known:
			messages[n].Requests = append(messages[n].Requests, r)
		default:
			place[r.Place] = len(messages)
			messages = append(messages, bot.Message{Digest: r.Digest, Place: r.Place, Requests: []bot.Request{r}})
		}
	}
	errs := make([]error, len(messages))
	eachAtOnce(len(messages), func(n int) { errs[n] = a.inOrder(ctx, messages[n]) })
	return messages, more, errors.Join(errs...)
}

// inOrder puts the requests of a digest into the order in which it lists them; see digestValue.
func (a *App) inOrder(ctx context.Context, m bot.Message) error {
	if m.Digest == "" {
		return nil
	}
	d, err := a.Bot.Store.Digest(ctx, m.Digest)
	if err != nil {
		return fmt.Errorf("load digest %s: %w", m.Digest, err)
	}
	slices.SortFunc(m.Requests, func(a, b bot.Request) int {
		return cmp.Compare(slices.Index(d.Requests, a.ID), slices.Index(d.Requests, b.ID))
	})
	return nil
}

// clickHome carries out a button of an App Home, and renders it anew in the time that telling has.
func (a *App) clickHome(ctx, telling context.Context, i interaction) {
	for _, used := range i.Actions {
		answer := a.click(ctx, i, used.ActionID, used.Value)
		if err := a.publishHome(telling, invocation{User: i.User.ID, Name: cmp.Or(i.User.Name, i.User.Username)}, answer.Text); err != nil {
			a.Log.Error("could not render an App Home anew", "user", i.User.ID, "error", err)
		}
	}
}

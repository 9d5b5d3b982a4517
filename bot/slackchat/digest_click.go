package slackchat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// digestClick is one click on a button of a digest's message.
type digestClick struct {
	click
	Listed  listedDigest
	Message bot.Message // as it was loaded: with the requests that stand in it now
}

// listedDigest is a digest as a message listed it. Later questions join a digest, at its end:
// who clicks decides about those that were listed, and about no other.
type listedDigest struct {
	ID   string // e.g. "d-5xq3zk7m2ptqa6dh"
	Last string // the last request that was listed
}

// digestValue is what the buttons of a digest's message keep.
func digestValue(m bot.Message) string { return m.Digest + " " + m.Requests[len(m.Requests)-1].ID }

func parseDigestValue(value string) listedDigest {
	id, last, _ := strings.Cut(value, " ")
	return listedDigest{ID: id, Last: last}
}

// of keeps the requests that were listed.
func (l listedDigest) of(all []string, requests []bot.Request) []bot.Request {
	listed := all[:slices.Index(all, l.Last)+1]
	return slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return !slices.Contains(listed, r.ID) })
}

const (
	answerUnknownDigest = "I do not know this message. It may be a copy of one that I posted anew, so nothing has changed. `/patch list waiting` shows the questions, `/patch status i-…` has a link to any one."
	answerDigestMoved   = "These questions stand in another message now, so nothing has changed. `/patch status i-…` has a link to any one."
)

func approveAllButton(m bot.Message) *slack.ButtonBlockElement {
	undecided := undecidedOf(m.Requests)
	if len(undecided) == 0 {
		return nil
	}
	return button(ButtonApproveAll, "Approve all", digestValue(m), slack.StylePrimary,
		"Patch "+wording.Count(len(undecided), "instance", "instances")+"?",
		before(freezeOfMany(undecided, utc), before(nextApprovals(undecided), digestPlan(undecided)+" Each may be away for some minutes.")))
}

// clickDigest carries out a button of a digest's message.
func (a *App) clickDigest(ctx context.Context, i interaction, action action, who func() (click, string), value string) reply {
	listed := parseDigestValue(value)
	m, err := a.loadDigest(ctx, listed)
	a.checkAhead(ctx, i, m.Requests...)
	c, refused := who()
	switch {
	case refused != "":
		return reply{Text: refused}
	case errors.Is(err, bot.ErrNotFound):
		a.Log.Warn("a click in an unknown digest decides nothing", "user", c.User, "message", i.Container.MessageTS)
		return reply{Text: answerUnknownDigest}
	case err != nil:
		a.Log.Error("could not load a digest", "digest", listed.ID, "user", c.User, "error", err)
		return reply{Text: answerCommandFailed}
	case len(m.Requests) == 0:
		return reply{Text: answerDigestMoved}
	case i.isCopyOf(m.Place):
		return reply{Text: a.clickCopy(ctx, i, escapes.Replace(digestHeadline(m.Requests)), m.Place)}
	}
	return action.doDigest(ctx, a, digestClick{click: c, Listed: listed, Message: m})
}

// loadDigest loads a digest with those of its listed requests that still stand in its message.
// One that somebody clicks in may be about to be saved.
func (a *App) loadDigest(ctx context.Context, listed listedDigest) (bot.Message, error) {
	var d bot.Digest
	found := false
	err := untilShown(ctx, func() (shown bool, err error) {
		d, err = a.Bot.Store.Digest(ctx, listed.ID)
		if found = err == nil; errors.Is(err, bot.ErrNotFound) {
			err = nil
		}
		return found, err
	})
	if err == nil && !found {
		err = bot.ErrNotFound
	}
	if err != nil {
		return bot.Message{}, fmt.Errorf("load digest %s: %w", listed.ID, err)
	}
	requests, err := a.Bot.Store.GetAll(ctx, d.Requests)
	if err != nil {
		return bot.Message{}, fmt.Errorf("load requests of digest %s: %w", d.ID, err)
	}
	requests = slices.DeleteFunc(requests, func(r bot.Request) bool { return r.Digest != d.ID || r.Place != d.Place })
	return bot.Message{Digest: d.ID, Place: d.Place, Requests: listed.of(d.Requests, requests)}, nil
}

// approveAll approves what a digest listed.
func approveAll(ctx context.Context, a *App, c digestClick) reply {
	return reply{Text: a.decideDigest(ctx, c, bot.Action{Verdict: workflow.Approved})}
}

// decideDigest decides about those of a digest that wait for a decision, and says what came of
// it. When none does any more, all are tried, so that the person is told who was first.
func (a *App) decideDigest(ctx context.Context, c digestClick, action bot.Action) string {
	requests := undecidedOf(c.Message.Requests)
	if len(requests) == 0 {
		requests = c.Message.Requests
	}
	return digestAnswer(action.Verdict, a.decideAll(ctx, requests, c.actor(), action))
}

// wentWell reports whether all is decided and delivered.
func wentWell(all []bot.Decided) bool {
	return !slices.ContainsFunc(all, func(d bot.Decided) bool { return notDecided(d) != "" || d.Undelivered() })
}

// digestAnswer is decidedAnswer, in short where all went well: whoever is answered has the list
// before them.
func digestAnswer(verdict workflow.Verdict, all []bot.Decided) string {
	if !wentWell(all) {
		return decidedAnswer(verdict, all)
	}
	var decided []bot.Request
	for _, d := range all {
		decided = append(decided, d.Request)
	}
	var texts []string
	for _, o := range partsDecided(decided) {
		texts = append(texts, fmt.Sprintf("%s: %s", strings.TrimSuffix(o.What, " for"), instances(o.Requests)))
	}
	return strings.Join(texts, " · ") + "."
}

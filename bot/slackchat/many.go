package slackchat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// decidedAtMost is about how many requests one command decides: so many are saved well within
// the 3 s that Slack waits, and fit into a button's value.
const decidedAtMost = 45

// answerReserve is what deciding leaves of a command's time, to give claims back and to answer.
const answerReserve = 300 * time.Millisecond

// wish is what somebody wants decided with a command, and about what: instances, an owner, or
// all that they may decide.
type wish struct {
	Verdict   workflow.Verdict
	Said      spoken // of what Instances and Owner are looked up
	Instances []string
	Owner     string
	All       bool
	Reason    string
	Until     time.Time   // of Scheduled
	Where     whereabouts // of Scheduled: how whoever wishes sees the time
}

// parseWish reads the words after /patch approve or reject. It says what it expected of words
// that it cannot read.
func parseWish(verdict workflow.Verdict, words []string) (w wish, expected string) {
	w.Verdict = verdict
	if at := slices.IndexFunc(words, func(word string) bool { return strings.EqualFold(word, "because") }); at >= 0 {
		w.Reason = bot.Tidy(strings.Join(words[at+1:], " "), bot.ReasonLength)
		words = words[:at]
		switch {
		case verdict == workflow.Approved:
			return w, "Only `/patch reject` takes a reason. Nothing has changed."
		case w.Reason == "":
			return w, "I expected a reason after `because`. Nothing has changed."
		}
	}
	if w.Said = parseSpoken(words); w.Said.nothing() {
		return w, "I expected instances by id or name such as `i-0933335a5598d1c2e`, one owner, or `all`. `/patch list waiting` shows what waits for a decision."
	}
	w.All = strings.EqualFold(w.Said.String(), "all")
	return w, ""
}

// String is the line that says this.
func (w wish) String() string {
	what := strings.Join(w.Instances, " ") + w.Owner
	if w.All {
		what = "all"
	}
	return SlashCommand + " " + verb(w.Verdict) + " " + what
}

func approveMany(ctx context.Context, a *App, c invocation) (reply, error) {
	return a.decideMany(ctx, c, workflow.Approved)
}

func rejectMany(ctx context.Context, a *App, c invocation) (reply, error) {
	return a.decideMany(ctx, c, workflow.Rejected)
}

// decideMany answers /patch approve and /patch reject. What is not named by its id, or the name of
// one instance alone, is asked back about, be it one question: another one may have come since the person
// looked, or since somebody who saw this command could send it again.
func (a *App) decideMany(ctx context.Context, c invocation, verdict workflow.Verdict) (reply, error) {
	w, expected := parseWish(verdict, c.Args)
	if expected != "" {
		return reply{Text: expected}, nil
	}
	ctx, cancel := withReserve(ctx)
	defer cancel()
	if expected, err := a.lookUp(ctx, c, &w); expected != "" || err != nil {
		return reply{Text: expected}, err
	}
	if len(w.Instances) > 0 {
		return a.decideInstances(ctx, c, w)
	}
	found, left, err := a.waiting(ctx, c, w)
	switch {
	case err != nil:
		return reply{}, err
	case len(found) == 0:
		return reply{Text: nothingWaits(w)}, nil
	}
	var may []bot.Request
	var not []bot.Decided
	for i, why := range a.Bot.MayDecide(ctx, found, c.actor(), verdict) {
		if why == "" {
			may = append(may, found[i])
		} else {
			not = append(not, bot.Decided{Request: found[i], Refused: why})
		}
	}
	if len(may) == 0 {
		return reply{Text: decidedAnswer(verdict, not)}, nil
	}
	return askBack(w, c.User, may, left), nil
}

// lookUp finds what a wish is about, or says what it expected.
func (a *App) lookUp(ctx context.Context, c invocation, w *wish) (expected string, err error) {
	if w.All {
		return "", nil
	}
	about, expected, err := a.subjectOf(ctx, c, w.Said)
	if expected != "" {
		expected += " Nothing has changed."
	}
	w.Instances, w.Owner = about.Instances, about.Owner
	return expected, err
}

// withReserve leaves answerReserve of a command's time.
func withReserve(ctx context.Context) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, end.Add(-answerReserve))
}

// actor is whoever used a command. That they are a guest or from elsewhere is found out where
// it matters.
func (c invocation) actor() bot.Actor { return bot.Actor{Via: viaSlack, User: c.User, Name: c.Name} }

func (w wish) action() bot.Action {
	return bot.Action{Verdict: w.Verdict, Reason: w.Reason, Until: w.Until, Changes: w.Verdict == workflow.Scheduled}
}

func (a *App) decideAll(ctx context.Context, requests []bot.Request, actor bot.Actor, action bot.Action) []bot.Decided {
	all := a.Bot.DecideAll(ctx, requests, actor, action)
	for _, d := range all {
		if d.Err != nil {
			a.Log.Error("could not record a decision", "request", d.Request.ID, "user", actor.User, "verdict", action.Verdict, "error", d.Err)
		}
	}
	return all
}

// decideInstances decides at once about instances that somebody named.
func (a *App) decideInstances(ctx context.Context, c invocation, w wish) (reply, error) {
	ids := w.Instances[:min(len(w.Instances), decidedAtMost)]
	found, errs := make([][]bot.Request, len(ids)), make([]error, len(ids))
	eachAtOnce(len(ids), func(i int) { found[i], errs[i] = a.Bot.Store.ByInstance(ctx, ids[i], 5) })
	if err := errors.Join(errs...); err != nil {
		return reply{}, fmt.Errorf("list requests of instances: %w", err)
	}
	seen := a.visibleChannels(ctx, c, summaries(slices.Concat(found...)))
	var requests []bot.Request
	var unknown []string
	for i, id := range ids {
		visible := slices.DeleteFunc(found[i], func(r bot.Request) bool { return !seen[r.Place.Channel] })
		if len(visible) == 0 {
			unknown = append(unknown, id)
			continue
		}
		requests = append(requests, theOneThatCounts(visible))
	}
	if why := w.Where.mistaken(requests, w.action()); why != "" {
		return reply{Text: why + " Nothing has changed."}, nil
	}
	var more []string
	switch {
	case len(ids) == 1 && len(unknown) == 1:
		return reply{Text: noRequestFor(ids[0])}, nil
	case len(unknown) > 0:
		more = append(more, "I have no request for "+joined(unknown, 600, func(id string) string { return codeOf(id, 40) })+".")
	}
	if left := len(w.Instances) - len(ids); left > 0 {
		more = append(more, fmt.Sprintf("I take %d instances at a time: the last %d were not looked at.", decidedAtMost, left))
	}
	return reply{Text: decidedAnswer(w.Verdict, a.decideAll(ctx, requests, c.actor(), w.action()), more...)}, nil
}

func summaries(requests []bot.Request) []bot.Summary {
	all := make([]bot.Summary, len(requests))
	for i, r := range requests {
		all[i] = r.Summary()
	}
	return all
}

// waiting finds the oldest questions that a wish is about and whoever wishes can see, and says
// how many more there are. Of `all` those of other owners are left out before they are loaded;
// of an owner who is no longer in the directory, the former approvers have to say the name.
func (a *App) waiting(ctx context.Context, c invocation, w wish) (oldest []bot.Request, left int, err error) {
	now := a.Bot.Now()
	found, err := a.Bot.Store.AllOpen(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("list requests: %w", err)
	}
	found = slices.DeleteFunc(found, func(s bot.Summary) bool {
		return s.Status != bot.StatusAsked || s.Overdue(now) || w.Owner != "" && !strings.EqualFold(pasted(s.Owner), w.Owner)
	})
	if w.All {
		found = a.decidable(ctx, c, found)
	}
	seen := a.visibleChannels(ctx, c, found)
	found = slices.DeleteFunc(found, func(s bot.Summary) bool { return !seen[s.Channel] })
	left = max(0, len(found)-decidedAtMost)
	var ids []string
	for _, s := range found[:len(found)-left] {
		ids = append(ids, s.ID)
	}
	oldest, err = a.Bot.Store.GetAll(ctx, ids)
	return oldest, left, err
}

// inShort are requests of which as much is known as says who may decide them.
func inShort(found []bot.Summary) []bot.Request {
	requests := make([]bot.Request, len(found))
	for i, s := range found {
		requests[i] = bot.Request{Owner: s.Owner, Status: s.Status, AnswerBy: s.AnswerBy}
		if s.Person != "" {
			requests[i].Approvers = bot.Approvers{Users: []string{s.Person}, Person: true}
		}
	}
	return requests
}

// decidable keeps what somebody may decide by the owner's entry in the directory, or might.
func (a *App) decidable(ctx context.Context, c invocation, found []bot.Summary) []bot.Summary {
	var kept []bot.Summary
	for i, why := range a.Bot.MayDecide(ctx, inShort(found), c.actor(), workflow.Rejected) {
		if why == "" || why == bot.RefusedNotChecked || why == bot.RefusedUnknowable {
			kept = append(kept, found[i])
		}
	}
	return kept
}

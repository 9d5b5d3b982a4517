package slackchat

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/workflow"
)

// The modal in which somebody looks at the requests of a digest and decides about some.
const (
	modalReview = "review"

	inputInstances = "instances"
	inputVerdict   = "verdict"
	inputTime      = "time"
	chooseFilter   = "review_filter"
	choosePatches  = "review_patches"
)

// reviewFilter says which instances a review offers.
type reviewFilter struct {
	ID    string
	Label string
	keeps func(c workflow.Counts) bool
}

// reviewFilters is the table of all filters. One instance can be in several.
func reviewFilters() []reviewFilter {
	return []reviewFilter{
		{"all", "All instances", func(workflow.Counts) bool { return true }},
		{"critical", "With critical patches", func(c workflow.Counts) bool { return c.Critical > 0 }},
		{"security", "With security patches", func(c workflow.Counts) bool { return c.Security > 0 }},
		{"failed", "With patches that failed last time", func(c workflow.Counts) bool { return c.Failed > 0 }},
		{"reboot", "Waiting for a reboot only", workflow.Counts.RebootOnly},
	}
}

func (f reviewFilter) of(requests []bot.Request) []bot.Request {
	return slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return !f.keeps(r.Before) })
}

// filterOf finds a filter by its id; an unknown one keeps all.
func filterOf(id string) reviewFilter {
	all := reviewFilters()
	return all[max(0, slices.IndexFunc(all, func(f reviewFilter) bool { return f.ID == id }))]
}

func reviewButton(m bot.Message) *slack.ButtonBlockElement {
	if len(undecidedOf(m.Requests)) == 0 {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonReview, digestValue(m), plainText("Review…", limit.ButtonText))
}

func openReview(ctx context.Context, a *App, c digestClick) reply {
	if len(undecidedOf(c.Message.Requests)) == 0 {
		return reply{Text: nothingLeft(c.Message)}
	}
	return a.openModal(ctx, c.click, reviewView(c, review{Filter: filterOf("")}))
}

// reviewChanged renders the review after a filter, or an instance to look at, was chosen.
func reviewChanged(s submission) slack.ModalViewRequest {
	if len(undecidedOf(s.Message.Requests)) == 0 {
		return closingView(nothingLeft(s.Message))
	}
	return reviewView(s.digestClick, review{Filter: filterOf(s.State.of(chooseFilter).Option.Value),
		Chosen: s.chosen(), Block: s.State.block(inputInstances), Shown: s.State.of(choosePatches).Option.Value})
}

// chosen are the ids that were chosen, whatever they are of.
func (s submission) chosen() []string {
	var ids []string
	for _, o := range s.State.of(inputInstances).Options {
		ids = append(ids, o.Value)
	}
	return ids
}

// submitReview decides about the chosen requests.
func submitReview(ctx context.Context, a *App, s submission) modalAnswer {
	return a.decideChosen(ctx, s, bot.Action{})
}

// decideChosen does what was entered about the chosen requests, as far as they are of the message.
func (a *App) decideChosen(ctx context.Context, s submission, like bot.Action) modalAnswer {
	action, mistakes := s.reviewed()
	action.Changes = like.Changes
	chosen := s.chosen()
	requests := slices.DeleteFunc(slices.Clone(s.Message.Requests), func(r bot.Request) bool { return !slices.Contains(chosen, r.ID) })
	if block := s.State.block(inputInstances); len(requests) == 0 && block != "" {
		mistakes[block] = "Choose one instance at least."
	}
	if why := a.whereabouts(ctx, s.User).mistaken(requests, action); why != "" && mistakes[inputTime] == "" {
		mistakes[inputTime] = why
	}
	switch {
	case len(mistakes) > 0:
		return modalAnswer{Errors: mistakes}
	case len(requests) == 0:
		return modalAnswer{View: closingView(answerUnknownModal)}
	}
	return modalAnswer{View: closingView(digestAnswer(action.Verdict, a.decideAll(ctx, requests, s.actor(), action)))}
}

// reviewed is what was entered as the decision, and what is wrong with it, by block.
func (s submission) reviewed() (bot.Action, map[string]string) {
	reason, mistakes := s.reason()
	if mistakes == nil {
		mistakes = map[string]string{}
	}
	action := bot.Action{Verdict: workflow.Verdict(s.State.of(inputVerdict).Option.Value), Reason: reason, Until: s.State.time()}
	switch action.Verdict {
	case workflow.Approved, workflow.Rejected, workflow.Scheduled:
	default:
		mistakes[inputVerdict] = "Choose one of these."
	}
	if action.Verdict != workflow.Rejected && reason != "" {
		mistakes[s.reasonBlock()] = "Only a rejection takes a reason."
	}
	if action.Verdict != workflow.Scheduled && !action.Until.IsZero() {
		mistakes[inputTime] = "You did not choose to schedule."
	}
	return action, mistakes
}

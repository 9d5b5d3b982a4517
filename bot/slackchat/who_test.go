package slackchat

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

func TestWhomAQuestionAndABadEndMention(t *testing.T) {
	named := bot.Approvers{Users: []string{"U0ADA"}, Groups: []string{"S0ONCALL"}}
	members := bot.Approvers{Channel: "C0PAY"}
	for name, c := range map[string]struct {
		approvers    bot.Approvers
		notify       bot.Notified
		asks, comeOf string
	}{
		"the approvers": {named, bot.Notified{}, "Who decides: <@U0ADA>, <!subteam^S0ONCALL>", "For <@U0ADA>, <!subteam^S0ONCALL>."},
		"members":       {members, bot.Notified{}, "Who decides: members of <#C0PAY>", "For members of <#C0PAY>."},
		"others":        {named, bot.Notified{Named: true, Users: []string{"U0LIN"}}, "For <@U0LIN>. The approvers of payments decide.", "For <@U0LIN>."},
		"nobody":        {named, bot.Notified{Named: true}, "The approvers of payments decide.", ""},
		"all who are here": {members, bot.Notified{Named: true, Here: true},
			"For <!here>. Who decides: members of <#C0PAY>", "For <!here>."},
		"no approver is known": {bot.Approvers{}, bot.Notified{}, "Nobody can decide this: no approver is known. Ask your platform team to run `patchbot doctor`.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := []bot.Request{{Owner: "payments", Approvers: c.approvers, Notify: c.notify}}
			require.Equal(t, c.asks, whoDecides(r))
			require.Equal(t, c.comeOf, whoHears(r))
		})
	}
}

func TestWhichLinesOfAThreadAreHeard(t *testing.T) {
	all := states(t)
	for name, c := range map[string]struct {
		kind  bot.LineKind
		state string
		loud  bool
		who   string // begins so
	}{
		"a failure":                    {bot.LineFailed, "failed", true, "For <@U0ADA>"},
		"a failure that is mended":     {bot.LineFailed, "resumed", false, ""},
		"patches still missing":        {bot.LineScanned, "still_non_compliant", true, "For <@U0ADA>"},
		"up to date":                   {bot.LineScanned, "compliant", false, "For <@U0ADA>, who approved this."},
		"nobody decided":               {bot.LineExpired, "expired", true, "For <@U0ADA>"},
		"somebody stopped it":          {bot.LineStopped, "stopped", true, "For <@U0ADA>"},
		"how it ended was not heard":   {bot.LineEndUnheard, "end_unheard", true, "For <@U0ADA>"},
		"held, and it is next":         {bot.LineHeld, "held_after_canary", true, ""},
		"held behind another one":      {bot.LineHeld, "queued_held", false, ""},
		"held before, and goes on":     {bot.LineHeld, "went_on", false, ""},
		"a decision":                   {bot.LineDecided, "approved", false, ""},
		"a step":                       {bot.LineInstalling, "patching", false, ""},
		"an approver stopped the rest": {bot.LineRestStopped, "rest_stopped", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, all, c.state)
			r := all[c.state]
			r.Outbox = bot.Outbox{}
			line := bot.Line{Kind: c.kind, Requests: []bot.Request{r}}
			require.Equal(t, c.loud, broadcasts(line))
			who := mentioning(bot.Message{Requests: line.Requests}, line)
			require.True(t, who == c.who || c.who != "" && len(who) >= len(c.who) && who[:len(c.who)] == c.who, who)
		})
	}
}

func TestADigestsThreadMentionsOnce(t *testing.T) {
	all := states(t)
	of := func(id, state string) bot.Request {
		r := all[state]
		r.ID, r.Outbox = id, bot.Outbox{}
		return r
	}
	line := func(kind bot.LineKind, requests ...bot.Request) bot.Line {
		return bot.Line{Kind: kind, Requests: requests}
	}
	digest := func(requests ...bot.Request) bot.Message { return bot.Message{Digest: "d-1", Requests: requests} }
	first, second, third := of("r-1", "failed"), of("r-2", "failed"), of("r-3", "patching")

	pending := second
	pending.Outbox = bot.OutboxOf(bot.Effect{Kind: bot.EffectReply, Line: bot.LineFailed})
	require.NotEmpty(t, mentioning(digest(first, pending, third), line(bot.LineFailed, first)), "the first that is told")
	require.Empty(t, mentioning(digest(first, second, third), line(bot.LineFailed, second)), "the approvers heard of the first")
	require.True(t, broadcasts(line(bot.LineFailed, second)), "the channel hears of it all the same")

	done, last := of("r-1", "compliant"), of("r-2", "compliant")
	last.Decision = &workflow.Decision{Verdict: workflow.Approved, By: workflow.Decider{Via: "slack", User: "U0LIN"}}
	require.Empty(t, mentioning(digest(done, third), line(bot.LineScanned, done)), "more is to come")
	require.Equal(t, "For <@U0ADA>, <@U0LIN>, who approved this.", mentioning(digest(done, last), line(bot.LineScanned, last)))
}

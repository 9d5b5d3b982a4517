package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

var (
	gus    = Actor{Via: "slack", User: "U0GUS", Name: "gus", Approver: true}
	byMail = Actor{Via: ViaEmail, Name: "Ada Lovelace", Approver: true}
)

// needing is a question that so many people must approve.
func needing(n int) Request {
	r := askedRequest()
	r.ApprovalsRequired = n
	return r
}

// approvals are in every state that only requests have which several people must approve.
func approvals() map[string]Request {
	mistaken := needing(5)
	mistaken.ApprovalsTag = ApprovalsTag{Required: 5, Value: "two"}
	tonight := decided(decided(needing(3), ada, approve, 2), lin, schedule(5*60), 3)
	return map[string]Request{
		"needs_two":           needing(2),
		"needs_mistaken_tag":  mistaken,
		"one_of_two":          decided(needing(2), ada, approve, 2),
		"one_of_two_reminded": tell(decided(needing(2), ada, approve, 2), 24*60, reminded(1)),
		"one_of_two_by_mail":  decided(needing(2), byMail, approve, 2),
		"one_of_two_rejected": delivered(decided(decided(needing(2), ada, approve, 2), lin, reject, 3)),
		"one_of_two_expired":  tell(decided(needing(2), ada, approve, 2), 3*24*60, workflow.ApprovalExpired{}),
		"two_of_two":          delivered(decided(decided(needing(2), ada, approve, 2), lin, approve, 3)),
		"two_of_three":        tonight,
		"scheduled_by_three":  delivered(decided(tonight, gus, schedule(60), 4)),
	}
}

func TestSoManyDifferentPeopleMustApprove(t *testing.T) {
	for n := 2; n <= MaxApprovals; n++ {
		r := needing(n)
		for i := 1; i < n; i++ {
			someone := Actor{Via: "slack", User: "U" + strconv.Itoa(i), Approver: true}
			got := Decide(r, someone, approve, at(i))
			require.Empty(t, got.Answer)
			require.Equal(t, []EffectKind{EffectRender, EffectReply}, kinds(got))
			require.Equal(t, []LineKind{LineApproved}, lines(got))
			require.Equal(t, AuditEntry{At: at(i), Actor: "slack:" + someone.User, Action: "approved", From: StatusAsked, To: StatusAsked}, auditOf(t, got))
			require.Nil(t, got.Request.Decision)
			require.Equal(t, n-i, got.Request.ApprovalsLeft())
			r = got.filledRequest()
			again := Decide(r, someone, approve, at(i))
			require.Equal(t, RefusedApproved, again.Answer, "nobody counts twice")
			require.Equal(t, r, again.Request)
		}
		got := Decide(r, lin, approve, at(n))
		require.Equal(t, StatusApproved, got.Request.Status)
		require.Equal(t, []LineKind{LineDecided}, lines(got))
		require.Equal(t, "U0LIN", got.Request.Decision.By.User)
		require.Len(t, got.Request.Decision.People(), n)
		require.Empty(t, got.Request.Approvals, "the decision has taken them")
		require.Equal(t, RefusedDecided, Decide(got.Request, ada, approve, at(n)).Answer)
	}
}

// filledRequest is the request as it is saved.
func (c Change) filledRequest() Request { return c.filled(at(0)) }

func TestWhatSeveralPeopleSayTogether(t *testing.T) {
	later, soon := schedule(5*60), schedule(60)
	for name, c := range map[string]struct {
		before  Request
		actor   Actor
		action  Action
		minutes int
		want    Status
		until   time.Time
		answer  Refusal
	}{
		"one rejection rejects":                        {decided(needing(3), ada, approve, 1), lin, reject, 2, StatusRejected, time.Time{}, ""},
		"who approved may reject":                      {decided(needing(3), ada, approve, 1), ada, reject, 2, StatusRejected, time.Time{}, ""},
		"an approver is still needed":                  {decided(needing(2), ada, approve, 1), eve, approve, 2, StatusAsked, time.Time{}, RefusedNotApprover},
		"a time and another":                           {decided(needing(2), ada, later, 1), lin, soon, 2, StatusScheduled, at(5 * 60), ""},
		"a time and at once":                           {decided(needing(2), ada, later, 1), lin, approve, 2, StatusScheduled, at(5 * 60), ""},
		"at once and a time":                           {decided(needing(2), ada, approve, 1), lin, soon, 2, StatusScheduled, at(60), ""},
		"the time has passed when the last one agrees": {decided(needing(2), ada, soon, 1), lin, approve, 61, StatusApproved, time.Time{}, ""},
		"the same person names another time":           {decided(needing(2), ada, later, 1), ada, soon, 2, StatusAsked, time.Time{}, RefusedApproved},
		"a second mail":                                {decided(needing(2), byMail, approve, 1), Actor{Via: ViaEmail, Name: "Eve", Approver: true}, approve, 2, StatusAsked, time.Time{}, RefusedApproved},
		"a mail and Slack":                             {decided(needing(2), byMail, approve, 1), lin, approve, 2, StatusApproved, time.Time{}, ""},
		"the deadline has passed":                      {decided(needing(2), ada, approve, 1), lin, approve, 3 * 24 * 60, StatusAsked, time.Time{}, RefusedExpired},
		"a reminder came between":                      {tell(decided(needing(2), ada, approve, 1), 24*60, reminded(1)), lin, approve, 25 * 60, StatusApproved, time.Time{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Decide(c.before, c.actor, c.action, at(c.minutes))
			require.Equal(t, c.answer, got.Answer)
			require.Equal(t, c.want, got.Request.Status)
			if c.want.Open() && c.want != StatusAsked {
				require.Equal(t, c.until, got.Request.Decision.Until)
				require.Equal(t, got.Request.ApprovalToken, got.Effects[0].Token)
			}
		})
	}
}

func TestFewerAreRequiredSince(t *testing.T) {
	r := decided(needing(2), ada, schedule(5*60), 1)
	r.ApprovalsRequired = 1
	got := Decide(r, ada, approve, at(2)).Request
	require.Equal(t, StatusApproved, got.Status, "she decides alone now, anew")
	require.Len(t, got.Decision.People(), 1)
	got = Decide(r, lin, approve, at(2)).Request
	require.Equal(t, StatusScheduled, got.Status, "what others said still counts")
	require.Len(t, got.Decision.People(), 2)
}

func TestAScheduleOfSeveralIsNotBroughtForwardByOne(t *testing.T) {
	r := delivered(decided(decided(needing(2), ada, schedule(300), 1), lin, schedule(300), 2))
	for name, c := range map[string]struct {
		action Action
		want   Refusal
	}{
		"patch now": {approve, RefusedAlone}, "earlier": {schedule(200), RefusedAlone}, "later": {schedule(400), ""}, "cancel": {reject, ""},
	} {
		require.Equal(t, c.want, Decide(r, ada, changing(c.action), at(3)).Answer, name)
	}
	unknown := r
	unknown.Decision = nil
	require.Equal(t, RefusedAlone, Decide(unknown, ada, changing(schedule(400)), at(3)).Answer, "the time is not known")
	moved := Decide(r, ada, changing(schedule(400)), at(3)).Request
	require.Equal(t, RefusedAlone, Decide(moved, lin, changing(schedule(300)), at(4)).Answer)
	require.Len(t, moved.Changed.People(), 2)
	require.Equal(t, moved.Changed.Approvals, moved.Decision.Approvals, "who approved it is not forgotten")
}

func TestTheExecutionIsToldWhoApproved(t *testing.T) {
	r := decided(decided(needing(2), ada, approve, 2), byMail, schedule(60), 3)
	output, err := json.Marshal(r.Decision.Waiting(at(3)))
	require.NoError(t, err)
	require.JSONEq(t, `{"decision": "scheduled", "by": {"via": "email", "user": "", "name": "Ada Lovelace"}, "at": "2026-11-22T17:03:00Z", "reason": "",
		"until": "2026-11-22T18:00:00Z", "wait_seconds": 3420, "approvals": [
		{"by": {"via": "slack", "user": "U0ADA", "name": "ada"}, "at": "2026-11-22T17:02:00Z"},
		{"by": {"via": "email", "user": "", "name": "Ada Lovelace"}, "at": "2026-11-22T17:03:00Z", "until": "2026-11-22T18:00:00Z"}]}`, string(output))
}

func TestATagSaysHowManyMustApprove(t *testing.T) {
	for value, want := range map[string]int{"1": 1, " 3 ": 3, "5": 5, "": 5, "0": 5, "6": 5, "two": 5, "2.0": 5, "+2": 5, "02": 5, "-1": 5, "２": 5} {
		got := approvalsTag([]workflow.Tag{{Key: "Patch-Approvals", Value: value}})
		require.Equal(t, want, got.Required, value)
		require.Equal(t, want == 5 && value != "5", got.Mistaken(), value)
	}
	require.Zero(t, approvalsTag([]workflow.Tag{{Key: "owner", Value: "2"}}))
	require.Equal(t, 3, approvalsTag([]workflow.Tag{{Key: "patch-approvals", Value: "1"}, {Key: "PATCH-APPROVALS", Value: "3"}}).Required, "the larger one")
}

func TestTheLargerNumberCounts(t *testing.T) {
	payments := Owner{Name: "payments", ApprovalsRequired: 2}
	for name, c := range map[string]struct {
		owner Owner
		r     Request
		want  int
	}{
		"nobody says":                       {Owner{Name: "payments"}, Request{}, 1},
		"the owner's":                       {payments, Request{ApprovalsTag: ApprovalsTag{Required: 1, Value: "1"}}, 2},
		"the tag's":                         {payments, Request{ApprovalsTag: ApprovalsTag{Required: 3, Value: "3"}}, 3},
		"the owner asks for fewer since":    {payments, Request{ApprovalsRequired: 4}, 2},
		"the owner is not known any more":   {Owner{}, Request{ApprovalsRequired: 4}, 4},
		"the owner's entry has a mistake":   {Owner{ApprovalsRequired: MaxApprovals}, Request{ApprovalsRequired: 2}, 5},
		"the mistake is not in the number":  {Owner{ApprovalsRequired: 3}, Request{}, 3},
		"a request of an earlier version's": {Owner{}, Request{}, 1},
	} {
		require.Equal(t, c.want, approvalsNow(c.owner, c.r), name)
	}
}

func TestWhatWasApprovedBeforeARedriveDoesNotCount(t *testing.T) {
	r := decided(tell(needing(2), day, reminded(1)), ada, approve, day+1)
	r = Observe(r, ended("ABORTED", workflow.Past{}), at(day+2)).Request
	r = Apply(r, notification(reminded(1), 2*day), at(2*day)).Request
	require.Equal(t, StatusAsked, r.Status)
	require.Empty(t, r.Approvals)
	require.Nil(t, Decide(r, lin, approve, at(2*day+1)).Request.Decision)
}

func TestLaterQuestionsDoNotJoinADigestInWhichSomebodyApproved(t *testing.T) {
	d := Digest{Asks: true, CreatedAt: at(0), Requests: []string{"r-1"}}
	require.True(t, d.takes([]Request{needing(2)}, at(3)))
	require.False(t, d.takes([]Request{decided(needing(2), ada, approve, 1)}, at(3)))
}

func TestADigestsThreadTellsTogetherWhatTheSamePeopleApproved(t *testing.T) {
	numbered := func(id string, r Request) Request {
		r.ID, r.Digest = id, "d-1"
		return r
	}
	one, other, more := decided(needing(2), ada, approve, 1), decided(needing(2), lin, approve, 1), decided(needing(3), ada, approve, 1)
	whole, elsewise := decided(one, gus, approve, 2), decided(other, gus, approve, 2)
	for name, c := range map[string]struct {
		a, b Request
		want int
	}{
		"the same": {one, one, 2}, "another person": {one, other, 1}, "of another number": {one, more, 1},
		"decided by the same": {whole, whole, 2}, "decided by others": {whole, elsewise, 1},
	} {
		for _, r := range []*Request{&c.a, &c.b} {
			r.Outbox = OutboxOf(reply(LineApproved))
			if r.Decision != nil {
				r.Outbox = OutboxOf(reply(LineDecided))
			}
		}
		line, _ := nextLine(Message{Digest: "d-1", Requests: []Request{numbered("r-1", c.a), numbered("r-2", c.b)}})
		require.Len(t, line.Requests, c.want, name)
	}
}

func TestAnOwnersMistakeTakesNoApprovalAway(t *testing.T) {
	b := Bot{Owners: mistakenDirectory{}, Log: slog.New(slog.DiscardHandler)}
	o, err := b.owner(t.Context(), "payments")
	require.NoError(t, err)
	require.Equal(t, 3, approvalsNow(o, Request{}))
}

// mistakenDirectory has entries with a mistake, not in their number.
type mistakenDirectory struct{}

func (mistakenDirectory) Owner(_ context.Context, name string) (Owner, error) {
	return Owner{}, &OwnerError{Name: name, Problem: "is wrong", ApprovalsRequired: 3}
}

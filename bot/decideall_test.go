package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
	"github.com/patchbot/patchbot/workflow"
)

// office is a store, a Step Functions, a chat and a directory that keep what they are asked, in
// order, and need some time for it.
type office struct {
	bot.Chat
	bot.Store
	queue
	pace time.Duration // of the chat
	dead func(act string) bool

	mu   sync.Mutex
	acts []string // e.g. "task token-3"
}

var errDead = errors.New("the process is gone")

func (o *office) act(act string, takes time.Duration) error {
	o.mu.Lock()
	dead := o.dead != nil && o.dead(act)
	if !dead {
		o.acts = append(o.acts, act)
	}
	o.mu.Unlock()
	time.Sleep(takes) // simulated
	if dead {
		return errDead
	}
	return nil
}

func (o *office) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	act := "save"
	if len(audit) > 0 {
		act = "decide"
	}
	if err := o.act(act+" "+r.ID, time.Millisecond); err != nil {
		return r, err
	}
	return o.Store.Save(ctx, r, audit...)
}

func (o *office) CompleteTask(_ context.Context, token workflow.Token, _ json.RawMessage) error {
	return o.act(fmt.Sprintf("task %s", string(token)), 50*time.Millisecond)
}

func (o *office) FailTask(context.Context, workflow.Token, string, string) error { return nil }

func (o *office) Show(_ context.Context, m bot.Message) (bot.Place, error) {
	return bot.Place{Channel: "C1", Message: "1"}, o.act("chat show "+m.Requests[0].ID, o.pace)
}

func (o *office) Update(_ context.Context, m bot.Message) error {
	return o.act("chat update "+m.Requests[0].ID, o.pace)
}

func (o *office) AddLine(_ context.Context, m bot.Message, _ bot.Line) error {
	return o.act("chat line "+m.Requests[0].ID, o.pace)
}

func (o *office) InGroup(_ context.Context, group, user string) (bool, error) {
	err := o.act("group "+group, 10*time.Millisecond)
	return user == "U0LIN" && err == nil, err
}

func (o *office) AnyoneThere(context.Context, bot.Approvers) (bool, error) { return true, nil }

func (o *office) IsOutsider(context.Context, string) (bool, error) { return false, nil }

func (o *office) Owner(_ context.Context, name string) (bot.Owner, error) {
	if name == "search" {
		return bot.Owner{Name: name, Approvers: bot.Approvers{Users: []string{"U0SUE"}}}, o.act("owner "+name, 0)
	}
	return bot.Owner{Name: name, Approvers: bot.Approvers{Groups: []string{"S0ONCALL"}}}, o.act("owner "+name, 0)
}

// of lists what was done of a kind.
func (o *office) of(kind string) []string {
	return slices.DeleteFunc(slices.Clone(o.acts), func(act string) bool { return !strings.HasPrefix(act, kind+" ") })
}

func (o *office) first(kind string) int {
	return slices.IndexFunc(o.acts, func(act string) bool { return strings.HasPrefix(act, kind+" ") })
}

func (o *office) last(kind string) int {
	return slices.Index(o.acts, o.of(kind)[len(o.of(kind))-1])
}

// requireEachOnce holds that each of so many decisions was performed once.
func (o *office) requireEachOnce(t *testing.T, n int) {
	t.Helper()
	for _, kind := range []string{"task", "chat update", "chat line"} {
		done := o.of(kind)
		slices.Sort(done)
		require.Len(t, done, n)
		require.Len(t, slices.Compact(done), n, "none twice")
	}
}

var lin = bot.Actor{Via: "slack", User: "U0LIN", Name: "lin"}

// opened is a bot with so many questions of payments, whose messages stand already, and one of
// search. It runs in simulated time.
func opened(t *testing.T, questions int, test func(t *testing.T, b *bot.Bot, o *office, requests []bot.Request)) {
	synctest.Test(t, func(t *testing.T) {
		o := &office{Store: memstore.New(), pace: 250 * time.Millisecond}
		b := &bot.Bot{Store: o, Chat: o, Channels: o, Tasks: o, Owners: o, Looker: running{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		var requests []bot.Request
		for n := range questions {
			q := question()
			q.ExecutionARN, q.OccurredAt, q.Token = fmt.Sprint(q.ExecutionARN, n), time.Now(), workflow.Token(fmt.Sprint("token-", n))
			r := bot.Apply(bot.Request{}, q, time.Now()).Request
			r.Place, r.Owner, r.Instance.ID = bot.Place{Channel: "C1", Message: fmt.Sprint(n)}, "payments", fmt.Sprint("i-", n)
			if n == questions-1 {
				r.Owner = "search"
			}
			r.Outbox = bot.OutboxOf(bot.Effect{Kind: bot.EffectLookExecution, NotBefore: time.Now().Add(time.Hour)})
			r, err := o.Store.Save(t.Context(), r)
			require.NoError(t, err)
			requests = append(requests, r)
		}
		test(t, b, o, requests)
	})
}

func TestManyDecisionsAreSavedBeforeAnyTokenIsAnsweredAndWaitForNoChat(t *testing.T) {
	opened(t, 46, func(t *testing.T, b *bot.Bot, o *office, requests []bot.Request) {
		all := b.DecideAll(t.Context(), requests, lin, bot.Action{Verdict: workflow.Approved})
		require.Len(t, all, 46)
		for i, d := range all[:45] {
			require.Equal(t, requests[i].ID, d.Request.ID, "the order stays")
			require.NoError(t, d.Err)
			require.Empty(t, d.Refused)
			require.False(t, d.Undelivered())
			require.True(t, d.Request.Delivered)
		}
		require.Equal(t, bot.RefusedNotApprover, all[45].Refused, "each by its own owner's rules")
		require.Nil(t, all[45].Request.Decision)

		require.Len(t, o.of("decide"), 46)
		require.Less(t, o.last("decide"), o.first("task"), "what is saved is durable, whatever comes")
		require.Len(t, o.of("task"), 45)
		require.Empty(t, o.of("chat"), "the channel's writer does that")
		o.serve(t, b)
		require.Len(t, o.of("chat"), 90, "each message is updated, each thread has its line")
		require.Len(t, o.of("owner"), 2, "each owner is looked up once")
		require.Len(t, o.of("group"), 1, "and each group")
		for _, r := range requests {
			audit, err := b.Store.Audit(t.Context(), r.ID)
			require.NoError(t, err)
			require.Len(t, audit, 1, "each has its own entry")
			require.Equal(t, "slack:U0LIN", audit[0].Actor)
		}

		all = b.DecideAll(t.Context(), requests[:2], lin, bot.Action{Verdict: workflow.Rejected})
		require.Equal(t, bot.RefusedDecided, all[0].Refused, "the first decision wins")
		require.Equal(t, workflow.Approved, all[0].Request.Decision.Verdict)
	})
}

func TestWhatIsLeftOfManyDecisionsWhenTimeIsUpIsSweptAtOnceAndOnce(t *testing.T) {
	for _, within := range []time.Duration{20 * time.Millisecond, 120 * time.Millisecond, 200 * time.Millisecond} {
		t.Run(within.String(), func(t *testing.T) {
			opened(t, 46, func(t *testing.T, b *bot.Bot, o *office, requests []bot.Request) {
				ctx, cancel := context.WithTimeout(t.Context(), within)
				defer cancel()
				start := time.Now()
				all := b.DecideAll(ctx, requests[:45], lin, bot.Action{Verdict: workflow.Approved})
				require.Less(t, time.Since(start), within+500*time.Millisecond, "what has begun is finished, nothing else")
				require.Len(t, o.of("decide"), 45)
				waiting := 0
				for _, d := range all {
					require.NoError(t, d.Err)
					if d.Undelivered() {
						waiting++
					}
				}
				require.Equal(t, 45-len(o.of("task")), waiting)

				require.NoError(t, b.Sweep(t.Context()), "the claims were given back")
				o.serve(t, b)
				o.requireEachOnce(t, 45)
			})
		})
	}
}

func TestACrashBetweenSavingManyDecisionsAndPerformingThemLosesNone(t *testing.T) {
	for name, dies := range map[string]func(o *office) bool{
		"before the first token": func(o *office) bool { return len(o.of("decide")) == 45 },
		"between two tokens":     func(o *office) bool { return len(o.of("save")) == 10 },
		"after the last token": func(o *office) bool {
			return len(o.of("save")) == 45
		},
	} {
		t.Run(name, func(t *testing.T) {
			opened(t, 46, func(t *testing.T, b *bot.Bot, o *office, requests []bot.Request) {
				o.dead = func(string) bool { return dies(o) }
				b.DecideAll(t.Context(), requests[:45], lin, bot.Action{Verdict: workflow.Approved})
				for _, r := range requests[:45] {
					saved, err := b.Store.Get(t.Context(), r.ID)
					require.NoError(t, err)
					require.NotNil(t, saved.Decision)
				}
				o.dead = nil
				before := len(o.of("task"))
				require.NoError(t, b.Sweep(t.Context()))
				require.Len(t, o.of("task"), before, "the claims stand: whoever has them may be at it")
				time.Sleep(bot.ClaimTime) // simulated
				require.NoError(t, b.Sweep(t.Context()))
				o.serve(t, b)
				for _, r := range requests[:45] {
					saved, err := b.Store.Get(t.Context(), r.ID)
					require.NoError(t, err)
					require.True(t, saved.Delivered)
					require.Equal(t, []bot.EffectKind{bot.EffectLookExecution}, saved.Kinds())
				}
			})
		})
	}
}

// stuck is a queue that hangs.
type stuck struct{}

func (stuck) Signal(ctx context.Context, _ bot.Signal) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAQueueThatHangsKeepsNobodyFromDeciding(t *testing.T) {
	opened(t, 46, func(t *testing.T, b *bot.Bot, o *office, requests []bot.Request) {
		b.Channels = stuck{}
		ctx, cancel := context.WithTimeout(t.Context(), 1800*time.Millisecond) // what a click has
		defer cancel()
		for _, d := range b.DecideAll(ctx, requests[:45], lin, bot.Action{Verdict: workflow.Approved}) {
			require.NoError(t, d.Err)
			require.True(t, d.Request.Delivered)
		}
		require.NoError(t, ctx.Err(), "there is time left to answer")
	})
}

func TestAnOwnerWhoCannotBeLookedUpKeepsNobodyElseFromDeciding(t *testing.T) {
	opened(t, 3, func(t *testing.T, b *bot.Bot, o *office, requests []bot.Request) {
		o.dead = func(act string) bool { return act == "owner search" }
		all := b.DecideAll(t.Context(), requests, lin, bot.Action{Verdict: workflow.Approved})
		require.True(t, all[0].Request.Delivered)
		require.ErrorIs(t, all[2].Err, errDead)
		require.Equal(t, []bot.Refusal{bot.RefusedDecided, bot.RefusedDecided, bot.RefusedNotChecked},
			b.MayDecide(t.Context(), []bot.Request{all[0].Request, all[1].Request, requests[2]}, lin, workflow.Approved))
	})
	opened(t, 3, func(t *testing.T, b *bot.Bot, o *office, requests []bot.Request) {
		require.Equal(t, []bot.Refusal{"", "", bot.RefusedNotApprover}, b.MayDecide(t.Context(), requests, lin, workflow.Approved))
		o.dead = func(act string) bool { return strings.HasPrefix(act, "group ") }
		all := b.DecideAll(t.Context(), requests, lin, bot.Action{Verdict: workflow.Approved})
		require.Equal(t, bot.RefusedNotChecked, all[0].Refused)
		require.Equal(t, bot.RefusedNotChecked, b.MayDecide(t.Context(), requests, lin, workflow.Approved)[0])
		require.Empty(t, o.of("task"))
	})
}

func TestAReasonIsTidiedAndBounded(t *testing.T) {
	asked := bot.Apply(bot.Request{}, question(), noon).Request
	approver := bot.Actor{Via: "slack", User: "U0LIN", Approver: true}
	c := bot.Decide(asked, approver, bot.Action{Verdict: workflow.Rejected, Reason: " release\n\u202eday " + strings.Repeat("x", 9999)}, noon)
	require.True(t, strings.HasPrefix(c.Request.Decision.Reason, "release day xxx"))
	require.Len(t, []rune(c.Request.Decision.Reason), bot.ReasonLength)
}

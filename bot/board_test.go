package bot_test

import (
	"context"
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

// board is a chat that keeps what is written on it, and when.
type board struct {
	bot.Chat
	start time.Time
	fail  func(act string) error // before something is written
	mu    sync.Mutex
	acts  []string            // e.g. "5s post C1 i-1 i-2"
	shown map[string][]string // by place: the instances, with their statuses, e.g. "i-1 asked"
	gone  map[bot.Place]bool
}

func (c *board) write(act string, m bot.Message) error {
	act = fmt.Sprintf("%s %s", act, m.Place.Channel)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		if err := c.fail(act); err != nil {
			return err
		}
	}
	if c.gone[m.Place] {
		return &bot.ChatError{Remedy: bot.RemedyAnew, Err: errors.New("message_not_found")}
	}
	return nil
}

func (c *board) keep(act string, m bot.Message, what ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acts = append(c.acts, strings.Join(append([]string{time.Since(c.start).String(), act, m.Place.Channel}, what...), " "))
}

func (c *board) put(m bot.Message) {
	var lines []string
	for _, r := range m.Requests {
		lines = append(lines, r.Instance.ID+" "+string(r.Status))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown[m.Place.Channel+"/"+m.Place.Message] = lines
}

func instances(requests []bot.Request) (ids []string) {
	for _, r := range requests {
		ids = append(ids, r.Instance.ID)
	}
	return ids
}

func (c *board) Show(_ context.Context, m bot.Message) (bot.Place, error) {
	if err := c.write("post", m); err != nil {
		return bot.Place{}, err
	}
	c.keep("post", m, instances(m.Requests)...)
	m.Place.Message = fmt.Sprint(len(c.shown) + 1)
	c.put(m)
	return m.Place, nil
}

func (c *board) Update(_ context.Context, m bot.Message) error {
	if err := c.write("edit", m); err != nil {
		return err
	}
	c.keep("edit", m, instances(m.Requests)...)
	c.put(m)
	return nil
}

func (c *board) AddLine(_ context.Context, m bot.Message, l bot.Line) error {
	if err := c.write("line", m); err != nil {
		return err
	}
	c.keep("line", m, append([]string{string(l.Kind)}, instances(l.Requests)...)...)
	return nil
}

func (c *board) AnnounceTags(_ context.Context, channel string, tags workflow.TagChange) error {
	m := bot.Message{Place: bot.Place{Channel: channel}}
	if err := c.write("tags", m); err != nil {
		return err
	}
	c.keep("tags", m, tags.InstanceID)
	return nil
}

func (c *board) Escalate(_ context.Context, channel string, m bot.Message) error {
	told := bot.Message{Place: bot.Place{Channel: channel}}
	if err := c.write("escalation", told); err != nil {
		return err
	}
	c.keep("escalation", told, instances(m.Requests)...)
	return nil
}

// of lists what was done of a kind.
func (c *board) of(kind string) []string {
	return slices.DeleteFunc(slices.Clone(c.acts), func(act string) bool { return !strings.Contains(act, " "+kind+" ") })
}

var pace = bot.Pace{Gather: 5 * time.Second, GatherAtMost: time.Minute, Posts: time.Second, Edits: 10 * time.Second, Lines: 10 * time.Second}

// desk is a bot, its board, and the requests of a test.
type desk struct {
	*bot.Bot
	*board
	t *testing.T
	q *queue
}

// atDesk runs a test in simulated time.
func atDesk(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, q: &queue{}, board: &board{start: time.Now(), shown: map[string][]string{}, gone: map[bot.Place]bool{}}}
		d.Bot = &bot.Bot{Store: memstore.New(), Chat: d.board, Channels: d.q, Looker: running{}, Tasks: &recorder{outputs: map[workflow.Token]string{}},
			Owners: bot.Directory{}, DefaultChannel: "C0", Pace: pace, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		test(t, d)
	})
}

// ask has the machine ask about an instance of an owner whose channel is given.
func (d *desk) ask(owner, channel string, ids ...string) {
	d.t.Helper()
	for _, id := range ids {
		require.NoError(d.t, d.tryAsk(owner, channel, id))
	}
}

func (d *desk) tryAsk(owner, channel, id string) error {
	o := d.Owners.(bot.Directory)[owner]
	o.Name, o.Channel, o.Approvers = owner, channel, bot.Approvers{Users: []string{"U0LIN"}}
	d.Owners.(bot.Directory)[owner] = o
	q := question()
	detail := q.Detail.(workflow.ApprovalRequested)
	detail.Instance.Tags = []workflow.Tag{{Key: "owner", Value: owner}}
	q.ExecutionARN, q.InstanceID, q.OccurredAt, q.Detail = "arn:aws:states:us-east-1:111122223333:execution:patch-approval:"+id, id, time.Now(), detail
	return d.Notify(d.t.Context(), q)
}

// says has the machine say something about an instance.
func (d *desk) says(id string, detail workflow.Detail) {
	d.t.Helper()
	require.NoError(d.t, d.Notify(d.t.Context(), d.news(id, detail)))
}

// news is what the machine says about an instance now.
func (d *desk) news(id string, detail workflow.Detail) workflow.Notification {
	time.Sleep(time.Millisecond) // simulated: no two steps are entered in the same millisecond
	n := question()
	n.ID, n.InstanceID, n.OccurredAt, n.Detail = id+"/"+workflow.KindOf(detail)+"/"+time.Now().String()+"/0", id, time.Now(), detail
	n.ExecutionARN = "arn:aws:states:us-east-1:111122223333:execution:patch-approval:" + id
	return n
}

func (d *desk) request(id string) bot.Request {
	d.t.Helper()
	found, err := d.Store.ByInstance(d.t.Context(), id, 1)
	require.NoError(d.t, err)
	require.Len(d.t, found, 1)
	return found[0]
}

// approves has Lin approve instances, all at once.
func (d *desk) approves(ids ...string) {
	d.t.Helper()
	var requests []bot.Request
	for _, id := range ids {
		requests = append(requests, d.request(id))
	}
	for _, decided := range d.DecideAll(d.t.Context(), requests, lin, bot.Action{Verdict: workflow.Approved}) {
		require.NoError(d.t, decided.Err)
		require.Empty(d.t, decided.Refused)
	}
}

// serve has every channel served that was signalled.
func (d *desk) serve() {
	d.t.Helper()
	d.q.serve(d.t, d.Bot)
}

func names(from, to int) (ids []string) {
	for n := from; n <= to; n++ {
		ids = append(ids, fmt.Sprintf("i-%02d", n))
	}
	return ids
}

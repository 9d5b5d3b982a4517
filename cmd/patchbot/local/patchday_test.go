package local_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// fullSize is for `make bench`; `make test` takes a tenth of the owners.
var fullSize = flag.Bool("full-size", false, "patch days of 2,000 instances")

// counted is a transport that counts what Slack refused for its limits, by channel.
type counted struct {
	http.RoundTripper
	mu      sync.Mutex
	refused map[string]int // by method and channel
}

func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	var form url.Values
	if req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			copied := req.Clone(req.Context())
			copied.Body = body
			_ = copied.ParseForm()
			form = copied.PostForm
		}
	}
	answer, err := c.RoundTripper.RoundTrip(req)
	if err == nil && answer.StatusCode == http.StatusTooManyRequests {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.refused[form.Get("channel")]++
	}
	return answer, err
}

// patchDay is a day on which every instance of every owner misses patches within a minute.
type patchDay struct {
	*system
	owners   int
	each     int // instances of an owner
	channels []slacksim.Channel
	counted  *counted
	ids      []string
	start    time.Time
}

// newPatchDay makes owners with so many instances each, whose questions come into channels, one
// an owner or one for all.
func newPatchDay(w *system, owners, each, channels int) *patchDay {
	d := &patchDay{system: w, owners: owners, each: each, counted: &counted{RoundTripper: w.HTTP.Transport, refused: map[string]int{}}}
	w.HTTP.Transport = d.counted
	directory := bot.Directory{}
	for i := range owners {
		if i < channels {
			d.channels = append(d.channels, w.Slack.AddChannel(slacksim.Channel{Name: fmt.Sprintf("team-%d", i), BotIsMember: true}))
		}
		name := fmt.Sprintf("owner-%d", i)
		directory[name] = bot.Owner{Name: name, Channel: d.channels[i%channels].ID, Approvers: bot.Approvers{Users: []string{w.ada.ID}}}
	}
	w.Bot.Owners = directory
	for i := range owners * each {
		id := manyID(i)
		require.NoError(w.t, w.Fleet.Add(awssim.Instance{ID: id, Name: fmt.Sprint("web-", i), Platform: awssim.AmazonLinux2023,
			Tags:    map[string]string{"owner": fmt.Sprintf("owner-%d", i%owners), "patch-policy": "patch-on-approval"},
			Missing: awssim.Catalogue(awssim.AmazonLinux2023), Volumes: []awssim.Volume{{}, {}}}))
		d.ids = append(d.ids, id)
	}
	return d
}

// scan finds everything missing, evenly within a time.
func (d *patchDay) scan(within time.Duration) {
	d.start = time.Now()
	for _, id := range d.ids {
		require.NoError(d.t, d.Fleet.Scan(id))
		time.Sleep(within / time.Duration(len(d.ids))) // simulated
	}
}

// shown are the messages of all channels.
func (d *patchDay) shown() (all []slacksim.Message) {
	for _, c := range d.channels {
		all = append(all, d.Slack.Messages(c.ID)...)
	}
	return all
}

// allShown lets time pass until there is a request of every instance and no channel has anything
// left to see, and says how long that took from the first scan.
func (d *patchDay) allShown() time.Duration {
	for time.Since(d.start) < 12*time.Hour {
		unshown, err := d.Store.UnshownChannels(d.t.Context())
		require.NoError(d.t, err)
		if len(unshown) == 0 {
			open, err := d.Store.AllOpen(d.t.Context())
			require.NoError(d.t, err)
			if len(open) == len(d.ids) {
				return time.Since(d.start)
			}
		}
		time.Sleep(time.Second) // simulated
	}
	require.Fail(d.t, "not all were asked")
	return 0
}

// requireAllInOneMessage holds that every instance stands in one message, and no message is too many.
func (d *patchDay) requireAllInOneMessage(messages int) {
	texts := map[bot.Place]string{}
	for _, m := range d.shown() {
		texts[bot.Place{Channel: m.Channel, Message: m.TS}] = d.read(m)
	}
	require.Len(d.t, texts, messages)
	listed := map[bot.Place]int{}
	for _, id := range d.ids {
		place := d.of(id).Place
		require.Contains(d.t, texts[place], id)
		listed[place]++
	}
	for place, n := range listed {
		require.Equal(d.t, n, strings.Count(texts[place], "i-0"), "no message lists what stands in another one, or twice")
	}
}

// requireKept holds that no limit was broken more than once a channel, and prints how often.
func (d *patchDay) requireKept() {
	total := 0
	for channel, n := range d.counted.refused {
		require.LessOrEqual(d.t, n, 1, "Slack refused %d calls in channel %s", n, channel)
		total += n
	}
	d.t.Logf("Slack refused %d calls for its limits", total)
}

// onPatchDay runs a test on a patch day, with Slack's limits on, in simulated time.
func onPatchDay(t *testing.T, owners, each, channels int, config local.Config, test func(d *patchDay)) {
	t.Helper()
	config.RateLimits, config.Pace = true, slackchat.Pace()
	simulated(t, config, func(_ *testing.T, w *system) { test(newPatchDay(w, owners, each, channels)) })
}

func patchDaySize() (owners int) {
	if *fullSize {
		return 50
	}
	return 5
}

// TestPatchDayInAChannelAnOwner: all scans of a minute, a channel an owner. Slack alone would let
// each owner be asked at once, and told of the last instance when it is found.
func TestPatchDayInAChannelAnOwner(t *testing.T) {
	owners := patchDaySize()
	onPatchDay(t, owners, 40, owners, local.Config{}, func(d *patchDay) {
		d.scan(time.Minute)
		took, bound := d.allShown(), time.Minute
		d.t.Logf("%d instances in a minute, %d channels: the last owner was asked after %s; Slack's limits alone allow %s", len(d.ids), owners, took, bound)
		require.LessOrEqual(d.t, took, bound*12/10)
		d.requireAllInOneMessage(owners)
		d.requireKept()
	})
}

// TestPatchDayInOneChannel: everything at one moment, in one channel, which takes a message a
// second.
func TestPatchDayInOneChannel(t *testing.T) {
	owners := patchDaySize()
	onPatchDay(t, owners, 40, 1, local.Config{}, func(d *patchDay) {
		d.scan(0)
		took, bound := d.allShown(), time.Duration(owners-1)*time.Second
		d.t.Logf("%d instances at once, one channel: the last owner was asked after %s; Slack's limits alone allow %s", len(d.ids), took, bound)
		if *fullSize {
			require.LessOrEqual(d.t, took, bound*12/10)
		}
		d.requireAllInOneMessage(owners)
		d.requireKept()
	})
}

// slowLooker lets DescribeExecution through fifteen times a second.
type slowLooker struct {
	bot.Looker
	mu     sync.Mutex
	second time.Time
	calls  int
}

func (l *slowLooker) ExecutionStatus(ctx context.Context, arn string) (workflow.ExecutionStatus, error) {
	l.mu.Lock()
	if now := time.Now().Truncate(time.Second); now != l.second {
		l.second, l.calls = now, 0
	}
	l.calls++
	throttled := l.calls > 15
	l.mu.Unlock()
	if throttled {
		return workflow.ExecutionStatus{}, errors.New("ThrottlingException: Rate exceeded")
	}
	return l.Looker.ExecutionStatus(ctx, arn)
}

// TestSystemsManagerThatAllowsTwentyCallsASecond starts more executions in a minute than it can
// answer: none fails, and it prints when the last owner was asked.
func TestSystemsManagerThatAllowsTwentyCallsASecond(t *testing.T) {
	fleet := awssim.Config{DescribesPerSecond: 20, ThrottleName: "Ssm.ThrottlingException"}
	owners := 2 * patchDaySize()
	if *fullSize {
		owners = patchDaySize()
	}
	onPatchDay(t, owners, 40, owners, local.Config{Fleet: fleet}, func(d *patchDay) {
		d.Bot.Looker = &slowLooker{Looker: d.Bot.Looker}
		d.scan(time.Minute)
		last := d.allShown().Round(time.Second)
		require.Empty(d.t, d.ended, "no execution has failed")
		d.requireKept()
		time.Sleep(30 * time.Minute) // simulated
		overdue, err := d.Store.Due(d.t.Context(), bot.UrgencyLook, time.Now().Add(-15*time.Minute), len(d.ids))
		require.NoError(d.t, err)
		require.Empty(d.t, overdue, "nothing starves behind what Step Functions throttles")
		d.requireAllInOneMessage(owners)
		d.t.Logf("%d instances in a minute, 20 Describe calls a second: the last owner was asked after %s", len(d.ids), last)
	})
}

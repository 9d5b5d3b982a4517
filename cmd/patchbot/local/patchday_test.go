package local_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/local"
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

// unasked counts the instances whose question stands in no message.
func (d *patchDay) unasked() (n int) {
	for _, id := range d.ids {
		found, err := d.Store.ByInstance(d.t.Context(), id, 1)
		require.NoError(d.t, err)
		if len(found) == 0 || !found[0].Place.Shown() || found[0].Has(bot.EffectRender) {
			n++
		}
	}
	return n
}

// allAsked lets time pass until every question stands in a message, and says how long that
// took from the first scan.
func (d *patchDay) allAsked() time.Duration {
	for d.unasked() > 0 {
		require.Less(d.t, time.Since(d.start), time.Hour, "%d are not asked", d.unasked())
		time.Sleep(time.Second) // simulated
	}
	return time.Since(d.start)
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
		took, bound := d.allAsked(), time.Minute
		d.t.Logf("%d instances in a minute, %d channels: the last owner was asked after %s; Slack's limits alone allow %s", len(d.ids), owners, took, bound)
		require.LessOrEqual(d.t, took, bound*12/10)
		require.Len(d.t, d.shown(), owners, "a message an owner")
		d.requireKept()
	})
}

// TestPatchDayInOneChannel: everything at one moment, in one channel, which takes a message a
// second.
func TestPatchDayInOneChannel(t *testing.T) {
	owners := patchDaySize()
	onPatchDay(t, owners, 40, 1, local.Config{}, func(d *patchDay) {
		d.scan(0)
		took, bound := d.allAsked(), time.Duration(owners-1)*time.Second
		d.t.Logf("%d instances at once, one channel: the last owner was asked after %s; Slack's limits alone allow %s", len(d.ids), took, bound)
		if *fullSize {
			require.LessOrEqual(d.t, took, bound*12/10)
		}
		require.Len(d.t, d.shown(), owners, "a message an owner")
		d.requireKept()
	})
}

func init() { _ = synctest.Wait }

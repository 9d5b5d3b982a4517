package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// queue keeps the signals of channels until somebody serves them.
type queue struct {
	mu      sync.Mutex
	signals []bot.Signal
}

func (q *queue) Signal(_ context.Context, s bot.Signal) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.signals = append(q.signals, s)
	return nil
}

// serve has every channel served that was signalled.
func (q *queue) serve(t *testing.T, b *bot.Bot) {
	t.Helper()
	for {
		q.mu.Lock()
		waiting := q.signals
		q.signals = nil
		q.mu.Unlock()
		if len(waiting) == 0 {
			return
		}
		byChannel := map[string][]bot.Signal{}
		for _, s := range waiting {
			byChannel[s.Channel] = append(byChannel[s.Channel], s)
		}
		var work sync.WaitGroup
		for channel, signals := range byChannel {
			work.Go(func() { assert.NoError(t, b.ServeChannel(t.Context(), channel, signals...)) })
		}
		work.Wait()
	}
}

func TestQuestionsOfAnOwnerThatArriveTogetherShareAMessage(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("payments", "C1", "i-1")
		time.Sleep(4 * time.Second) // simulated
		d.ask("payments", "C1", "i-2")
		d.ask("Payments", "C1", "i-3")
		d.ask("search", "C1", "i-4")
		d.ask("payments-2", "C2", "i-5")
		d.serve()
		require.ElementsMatch(t, []string{"9s post C1 i-1 i-2 i-3", "10s post C1 i-4", "9s post C2 i-5"}, d.acts)
		require.Equal(t, d.request("i-1").Place, d.request("i-3").Place)
		require.NotEmpty(t, d.request("i-1").Digest)
		require.Empty(t, d.request("i-4").Digest, "it stands alone")
	})
}

func TestALaterQuestionJoinsWhileTheDigestIsYoungAndUndecided(t *testing.T) {
	for name, c := range map[string]struct {
		before func(d *desk)
		want   []string
	}{
		"a minute later":       {func(*desk) { time.Sleep(time.Minute) }, []string{"edit C1 i-1 i-2"}},
		"a quarter of an hour": {func(*desk) { time.Sleep(15 * time.Minute) }, []string{"post C1 i-2"}},
		"after a decision":     {func(d *desk) { d.approves("i-1"); d.serve(); d.acts = nil }, []string{"post C1 i-2"}},
		"after it has failed":  {func(d *desk) { d.says("i-1", workflow.WorkflowFailed{Error: "E"}); d.serve(); d.acts = nil }, []string{"post C1 i-2"}},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, d *desk) {
				d.ask("payments", "C1", "i-1")
				d.serve()
				d.acts = nil
				c.before(d)
				d.ask("payments", "C1", "i-2")
				d.serve()
				for i, act := range d.acts {
					_, d.acts[i], _ = strings.Cut(act, " ")
				}
				require.Equal(t, c.want, d.acts)
				require.Equal(t, len(d.request("i-2").Digest) > 0, d.request("i-1").Digest != "" && d.request("i-1").Place == d.request("i-2").Place)
			})
		})
	}
}

func TestADigestListsFortyFiveAndMoreMakeASecondOne(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("payments", "C1", names(1, 46)...)
		d.serve()
		require.Len(t, d.of("post"), 2)
		require.Len(t, d.shown["C1/1"], bot.DigestSize)
		require.Equal(t, []string{"i-46 asked"}, d.shown["C1/2"])
		d.ask("payments", "C1", names(47, 50)...)
		d.serve()
		require.Len(t, d.shown["C1/2"], 5, "later ones join the second")
	})
}

func TestARehearsalStandsAlone(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("payments", "C1", "i-1")
		r := d.request("i-1")
		r.Rehearsal = true
		_, err := d.Store.Save(t.Context(), r)
		require.NoError(t, err)
		d.ask("payments", "C1", "i-2", "i-3")
		d.serve()
		require.ElementsMatch(t, []string{"i-1 asked"}, d.shown["C1/1"])
		require.ElementsMatch(t, []string{"i-2 asked", "i-3 asked"}, d.shown["C1/2"])
	})
}

func TestQuestionsComeBeforeEndsAndEndsBeforeProgress(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("a", "C1", "i-1")
		d.ask("b", "C1", "i-2")
		d.serve()
		d.acts = nil
		d.approves("i-1", "i-2")
		d.serve()
		d.acts = nil
		d.says("i-1", workflow.PatchStarted{CommandID: "c1"})
		time.Sleep(20 * time.Second) // simulated
		d.says("i-2", workflow.WorkflowFailed{Error: "E"})
		d.ask("c", "C1", "i-3")
		time.Sleep(20 * time.Second) // simulated; nobody served the channel meanwhile
		d.serve()
		require.Equal(t, []string{"post C1 i-3", "edit C1 i-2", "line C1 failed i-2", "edit C1 i-1", "line C1 installing i-1"}, withoutTimes(d.acts))
	})
}

func withoutTimes(acts []string) (all []string) {
	for _, act := range acts {
		_, act, _ = strings.Cut(act, " ")
		all = append(all, act)
	}
	return all
}

func TestProgressIsMergedAndAnEndIsShownAtOnce(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("payments", "C1", names(1, 10)...)
		d.serve()
		d.approves(names(1, 10)...)
		d.serve()
		d.acts = nil
		began := time.Now()
		done := make(chan struct{})
		go func() { // the channel is served as on AWS, while the machines work
			defer close(done)
			for time.Since(began) < 2*time.Minute {
				d.serve()
				time.Sleep(100 * time.Millisecond) // simulated
			}
		}()
		for n, id := range names(1, 10) {
			d.says(id, workflow.PatchStarted{CommandID: fmt.Sprint("c", n)})
			time.Sleep(2 * time.Second) // simulated
		}
		d.says("i-01", workflow.WorkflowFailed{State: "Patch Instance", Error: "E"})
		failed := time.Since(d.start)
		<-done
		require.LessOrEqual(t, len(d.of("edit")), 4, "20 s of progress, and an end")
		require.Equal(t, []string{"line C1 failed i-01"}, withoutTimes(d.of("line")), "a digest shows progress, and tells ends")
		var shown bool
		for _, act := range d.of("edit") {
			at, err := time.ParseDuration(strings.Fields(act)[0])
			require.NoError(t, err)
			shown = shown || at >= failed-time.Second && at <= failed+time.Second
		}
		require.True(t, shown, "the end at %s: %v", failed, d.acts)
	})
}

func TestTheThreadOfADigestMergesWhatHappenedToSeveral(t *testing.T) {
	atDesk(t, func(t *testing.T, d *desk) {
		d.ask("payments", "C1", names(1, 6)...)
		d.serve()
		d.approves(names(1, 6)...)
		d.serve()
		for n, id := range names(1, 6) {
			d.says(id, workflow.PatchStarted{CommandID: fmt.Sprint("c", n)})
			d.says(id, workflow.PatchFinished{Status: "Success"})
			outcome := workflow.Compliant
			if n >= 4 {
				outcome = workflow.StillNonCompliant
			}
			d.says(id, workflow.ComplianceChecked{Outcome: outcome})
		}
		d.serve()
		require.Equal(t, []string{
			"line C1 decided i-01 i-02 i-03 i-04 i-05 i-06",
			"line C1 scanned i-05", "line C1 scanned i-06",
			"line C1 scanned i-01 i-02 i-03 i-04",
		}, withoutTimes(d.of("line")))
		require.Empty(t, unshown(d))
	})
}

func unshown(d *desk) []string {
	channels, err := d.Store.UnshownChannels(d.t.Context())
	require.NoError(d.t, err)
	return channels
}

package bot

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/patchbot/patchbot/workflow"
)

func TestHowManyAtOnceIsReadOnce(t *testing.T) {
	for text, of := range map[string]map[int]int{
		"1":    {0: 1, 10: 1},
		"3":    {1: 3, 100: 3},
		"25%":  {1: 1, 7: 1, 8: 2, 100: 25},
		"100%": {1: 1, 40: 40},
	} {
		a, err := ParseAtOnce(text)
		require.NoError(t, err)
		require.Equal(t, text, a.String())
		for entered, want := range of {
			require.Equal(t, want, a.Of(entered), "%s of %d", text, entered)
		}
		data, err := json.Marshal(TurnLimit{AtOnce: a})
		require.NoError(t, err)
		var l TurnLimit
		require.NoError(t, json.Unmarshal(data, &l))
		require.Equal(t, a, l.AtOnce)
	}
	for _, text := range []string{"", "0", "-1", "01", "1001", "0%", "101%", "25 %", "%", "1.5", "all"} {
		_, err := ParseAtOnce(text)
		require.ErrorContains(t, err, fmt.Sprintf("%q is not how many are patched at once: expected a number", text))
	}
	require.Equal(t, 1, AtOnce{}.Of(100), "who says nothing gets one")
}

// since is so many minutes after the first approval of a test.
func since(minutes int) time.Time { return asked.Add(time.Duration(minutes) * time.Minute) }

// entered is a run that so many have entered: r0, approved first, and so on.
func entered(n int, limit TurnLimit) Turns {
	t := Turns{Group: "payments"}
	for i := range n {
		t = t.enter(fmt.Sprintf("r%d", i), since(i), limit).next()
	}
	return t
}

func idsOf(members []Member) (ids []string) {
	for _, m := range members {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestTurnsComeInTheOrderOfApproval(t *testing.T) {
	turns := Turns{}
	for _, i := range []int{2, 0, 3, 1} {
		turns = turns.enter(fmt.Sprintf("r%d", i), since(i), StrictTurns())
	}
	turns = turns.next()
	require.Equal(t, []string{"r0"}, idsOf(turns.Running))
	require.Equal(t, []string{"r1", "r2", "r3"}, idsOf(turns.Waiting))
	require.Equal(t, 3, turns.Place("r3"))
	require.Zero(t, turns.Place("r0"))
}

func TestAShareCountsWhoHasEnteredTheRun(t *testing.T) {
	quarter, err := ParseAtOnce("25%")
	require.NoError(t, err)
	turns := entered(12, TurnLimit{AtOnce: quarter})
	require.Equal(t, []string{"r0", "r1", "r2"}, idsOf(turns.Running))
	turns = turns.leave("r0", StatusCompliant, since(20)).next()
	require.Equal(t, []string{"r1", "r2", "r3"}, idsOf(turns.Running), "who has left counts in this run")
}

func TestACanaryRunsAlone(t *testing.T) {
	three := TurnLimit{AtOnce: AtOnce{n: 3}, Canary: true, HoldAfter: 2}
	alone := entered(5, three)
	require.Equal(t, []string{"r0"}, idsOf(alone.Running))

	well := alone.leave("r0", StatusCompliant, since(20)).next()
	require.Equal(t, []string{"r1", "r2", "r3"}, idsOf(well.Running))

	badly := alone.leave("r0", StatusFailed, since(20)).next()
	require.Equal(t, &Hold{At: since(20), Failed: 1, Canary: true}, badly.Held, "one failure is enough")
	require.Empty(t, badly.Running)
	badly = badly.goOn(RestAnswer{})
	require.Equal(t, []string{"r1"}, idsOf(badly.Running), "the next one is the canary")

	stopped := alone.leave("r0", StatusStopped, since(20)).next()
	require.Nil(t, stopped.Held)
	require.Equal(t, []string{"r1"}, idsOf(stopped.Running), "it proved nothing")
}

func TestFailuresHoldTheRest(t *testing.T) {
	turns := entered(6, TurnLimit{AtOnce: AtOnce{n: 2}, HoldAfter: 2})
	turns = turns.leave("r0", StatusNonCompliant, since(20)).next()
	require.Nil(t, turns.Held)
	turns = turns.leave("r2", StatusFailed, since(21)).leave("r2", StatusFailed, since(22)).next()
	require.Equal(t, Hold{At: since(21), Failed: 2}, *turns.Held, "a failure counts once")
	require.Equal(t, []string{"r1"}, idsOf(turns.Running), "what runs goes on")

	on := turns.goOn(RestAnswer{By: workflow.Decider{Name: "ada"}})
	require.Equal(t, []string{"r1", "r3"}, idsOf(on.Running))
	require.Equal(t, 2, on.WentOn.Failed)
	on = on.leave("r3", StatusFailed, since(30)).next()
	require.Nil(t, on.Held, "as many may fail again")
	require.NotNil(t, on.leave("r1", StatusFailed, since(31)).next().Held)

	over := turns.stopRest(RestAnswer{}).leave("r1", StatusCompliant, since(40)).next()
	require.Nil(t, over.Held, "the run is over")
	require.Equal(t, []string{"r3", "r4", "r5"}, over.untold())
	for _, id := range over.untold() {
		over = over.told(id, over)
	}
	require.Equal(t, Turns{Group: "payments"}, over)
}

func TestWhoWaitedAndEndedIsNoFailure(t *testing.T) {
	turns := entered(3, StrictTurns()).leave("r1", StatusFailed, since(20)).next()
	require.Nil(t, turns.Held)
	require.Equal(t, []string{"r2"}, idsOf(turns.Waiting))
}

func TestWhoGoesOnAfterItsEndRunsOverTheLimit(t *testing.T) {
	turns := entered(2, StrictTurns()).leave("r0", StatusStopped, since(20)).next()
	turns = turns.run("r0", since(0), StrictTurns()).next()
	require.Equal(t, []string{"r1", "r0"}, idsOf(turns.Running))
	turns = turns.enter("r2", since(2), StrictTurns()).leave("r1", StatusCompliant, since(30)).next()
	require.Equal(t, []string{"r2"}, idsOf(turns.Waiting), "it waits for both")
}

// TestNoTurnIsLostWhateverHappens drives the record through everything that can happen to it.
func TestNoTurnIsLostWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := rapid.SampledFrom([]TurnLimit{StrictTurns(), {AtOnce: AtOnce{n: 3}}, {AtOnce: AtOnce{n: 40, percent: true}, HoldAfter: 2},
			{AtOnce: AtOnce{n: 2}, Canary: true, HoldAfter: 3}})
		w := turnsWorld{t: t, limit: limits.Draw(t, "limit"), in: map[string]bool{}}
		t.Repeat(map[string]func(*rapid.T){
			"enter":     func(t *rapid.T) { w.enter(rapid.IntRange(0, 60).Draw(t, "approved")) },
			"again":     func(t *rapid.T) { w.again() },
			"leave":     func(t *rapid.T) { w.leave(rapid.SampledFrom(Statuses()).Draw(t, "how")) },
			"tell":      func(t *rapid.T) { w.tell() },
			"go on":     func(*rapid.T) { w.turns = w.turns.goOn(RestAnswer{}) },
			"stop rest": func(*rapid.T) { w.stopRest() },
			"":          func(*rapid.T) { w.check() },
		})
		w.finish()
	})
}

// turnsWorld is a record, and who should be in it.
type turnsWorld struct {
	t     *rapid.T
	turns Turns
	limit TurnLimit
	made  int
	in    map[string]bool
}

func (w *turnsWorld) enter(minute int) {
	id := fmt.Sprintf("r%d", w.made)
	w.made++
	w.in[id] = true
	w.turns = w.turns.enter(id, since(minute), w.limit).next()
}

// again has somebody who is in the record enter once more, as after a crash.
func (w *turnsWorld) again() {
	for _, m := range slices.Concat(w.turns.Waiting, w.turns.Running) {
		before := w.turns
		require.Equal(w.t, before, w.turns.enter(m.ID, m.Approved, w.limit).next())
		return
	}
}

func (w *turnsWorld) leave(how Status) {
	if how.Open() || len(w.in) == 0 {
		return
	}
	id := rapid.SampledFrom(slices.Sorted(maps.Keys(w.in))).Draw(w.t, "who")
	delete(w.in, id)
	w.turns = w.turns.leave(id, how, since(100)).next()
	require.Equal(w.t, w.turns, w.turns.leave(id, how, since(101)).next(), "twice is once")
}

func (w *turnsWorld) tell() {
	for _, id := range w.turns.untold() {
		w.turns = w.turns.told(id, w.turns)
		return
	}
}

func (w *turnsWorld) stopRest() {
	for _, m := range w.turns.Waiting {
		if w.turns.Held != nil {
			delete(w.in, m.ID)
		}
	}
	w.turns = w.turns.stopRest(RestAnswer{})
}

func (w *turnsWorld) check() {
	t := w.turns
	require.True(w.t, slices.IsSortedFunc(t.Waiting, func(a, b Member) int { return a.Approved.Compare(b.Approved) }), "in the order of approval")
	require.LessOrEqual(w.t, len(t.Running), t.AtOnce())
	require.Equal(w.t, t, t.next(), "nobody who could start waits")
	all := idsOf(slices.Concat(t.Running, t.Waiting))
	require.ElementsMatch(w.t, slices.Collect(maps.Keys(w.in)), all, "nobody is forgotten, and nobody there twice")
	if len(all) == 0 {
		require.Equal(w.t, Turns{Stopped: t.Stopped, Stop: t.stopToTell()}, t, "the run is over")
	}
}

// finish has everybody leave: what is left is nothing.
func (w *turnsWorld) finish() {
	for len(w.in) > 0 {
		w.turns = w.turns.goOn(RestAnswer{})
		require.NotEmpty(w.t, w.turns.Running, "somebody can always start")
		before := w.turns.Waiting
		w.turns = w.turns.leave(w.turns.Running[0].ID, StatusFailed, since(200)).next()
		if w.turns.Held != nil {
			require.Equal(w.t, before, w.turns.Waiting, "a held run starts nobody")
		}
		w.in = map[string]bool{}
		for _, m := range slices.Concat(w.turns.Running, w.turns.Waiting) {
			w.in[m.ID] = true
		}
	}
	for _, id := range w.turns.untold() {
		w.turns = w.turns.told(id, w.turns)
	}
	require.Equal(w.t, Turns{}, w.turns)
	require.True(w.t, w.turns.Empty())
}

func TestAnOldLimitDoesNotComeBack(t *testing.T) {
	loose, strict := TurnLimit{AtOnce: AtOnce{n: 5}, HoldAfter: 1}, StrictTurns()
	turns := entered(6, loose)
	turns = turns.enter("late", since(9), strict).next()
	turns = turns.enter("r5", since(5), loose).next() // told once more of what it knows
	turns = turns.run("r0", since(0), loose).next()
	require.Equal(t, strict, turns.Limit)
	require.Len(t, turns.Running, 5, "nobody else starts")
	turns = turns.leave("r1", StatusStopped, since(10)).next()
	turns = turns.run("r1", since(1), loose).next()
	require.Equal(t, strict, turns.Limit, "who goes on after its end brings no limit of its own")
}

func TestATurnThatNobodyUsedDoesNotCountAsAFailure(t *testing.T) {
	r := queuedRequest()
	turns := r.inTurns(Turns{Group: r.Group}, at(4))
	require.Equal(t, TurnRuns, turns.State(r.ID))
	r = tell(r, 7*24*60, workflow.WorkflowFailed{State: workflow.StateTurn, Error: "TurnNeverCame"})
	turns = turns.enter("next", since(1), StrictTurns())
	turns = r.inTurns(turns, at(5))
	require.Nil(t, turns.Held)
	require.Equal(t, []string{"next"}, idsOf(turns.Running))
}

package asl_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
	"github.com/patchbot/patchbot/workflow/clock"
)

func TestAListTellsWhereExecutionsAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Now(), 60)
		i := asl.New(asl.Config{Machine: load(t, beside(``)), Name: "m", Region: "r", Account: "1", Clock: c, Invoke: echo})
		defer i.Close()
		arn := start(t, i, `{"x": 1}`)
		synctest.Wait()
		require.Equal(t, []string{"T", "B"}, states(i.List()[0]))
		wait(t, i, arn)
		list := i.List()
		require.Len(t, list, 1)
		require.Equal(t, arn, list[0].ARN)
		require.Empty(t, list[0].Places, "it has ended")
		history, err := i.History(arn)
		require.NoError(t, err)
		require.Len(t, history, list[0].Events)
	})
}

func states(p asl.Progress) (names []string) {
	for _, place := range p.Places {
		names = append(names, place.State)
	}
	return names
}

func TestAListTellsUntilWhenAStateWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Now(), 60)
		i := asl.New(asl.Config{Machine: load(t, single(`{"Type": "Wait", "Seconds": 3600, "End": true}`)), Name: "m", Region: "r", Account: "1", Clock: c, Invoke: echo})
		defer i.Close()
		arn := start(t, i, `{}`)
		synctest.Wait()
		require.Equal(t, []asl.Place{{State: "S", Due: c.Now().Add(time.Hour)}}, i.List()[0].Places)
		time.Sleep(time.Minute) // simulated: an hour by the clock
		e := wait(t, i, arn)
		require.Equal(t, asl.StatusSucceeded, e.Status)
		require.Equal(t, time.Hour, e.Stopped.Sub(e.Started))
	})
}

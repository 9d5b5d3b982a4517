package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Records of sqs_fifo.json: two channels, and a message that somebody sent by hand.
const (
	firstOfC1, firstOfC2     = "11d6ee51-4cc7-4302-9e22-7cd8afdaadf5", "22d6ee51-4cc7-4302-9e22-7cd8afdaadf5"
	unreadableOfC1, lastOfC1 = "33d6ee51-4cc7-4302-9e22-7cd8afdaadf5", "44d6ee51-4cc7-4302-9e22-7cd8afdaadf5"
	recordedC1, recordedC2   = "C0000000001", "C0000000002"
)

// failedStore fails what is asked about one channel.
type failedStore struct {
	bot.Store
	channel string
}

func (s failedStore) HeldUntil(ctx context.Context, channel string) (time.Time, error) {
	if channel == s.channel {
		return time.Time{}, errors.New("DynamoDB is throttling")
	}
	return s.Store.HeldUntil(ctx, channel)
}

// notifyOf hands an event to notify, and returns which messages failed.
func (s testApp) notifyOf(t *testing.T, ctx context.Context, event json.RawMessage) []string {
	t.Helper()
	answer, err := s.Notify(ctx, event)
	require.NoError(t, err)
	ids := []string{}
	for _, failure := range answer.BatchItemFailures {
		ids = append(ids, failure.ItemIdentifier)
	}
	return ids
}

func TestABatchOfSignalsFailsFromTheFirstThatCannotBeServed(t *testing.T) {
	for name, c := range map[string]struct {
		failing string
		failed  []string
		log     []string
	}{
		"a signal that cannot be read fails, and what comes after it in its channel": {
			"", []string{unreadableOfC1, lastOfC1}, []string{"cannot read a signal"}},
		"a writer that fails fails all of its channel, and no other": {
			recordedC1, []string{firstOfC1, unreadableOfC1, lastOfC1}, []string{"a channel's writer failed, its signals will be delivered again"}},
		"failures of several channels are told together": {
			recordedC2, []string{unreadableOfC1, lastOfC1, firstOfC2}, []string{"a channel's writer failed, its signals will be delivered again", "cannot read a signal"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := rotated(t)
			s.Bot.Store = failedStore{s.store, c.failing}
			require.Equal(t, c.failed, s.notifyOf(t, t.Context(), event(t, "sqs_fifo.json")))
			require.ElementsMatch(t, c.log, s.log.messages(t))
			require.Len(t, s.fifo.again, len(c.failed), "all that failed comes again soon")
			require.EqualValues(t, 20, s.fifo.again["AQEBBX8nesZEXmkhsmZeyIE8iQAMig7qw3"], "it was received twice")
		})
	}
}

func TestWhatCannotComeAgainSoonComesAfterTheVisibilityTimeout(t *testing.T) {
	s := rotated(t)
	s.fifo.refused = "ReceiptHandleIsInvalid"
	require.Equal(t, []string{unreadableOfC1, lastOfC1}, s.notifyOf(t, t.Context(), event(t, "sqs_fifo.json")))
	require.Contains(t, s.log.String(), "ReceiptHandleIsInvalid")
}

func TestAChannelIsShownAlthoughASignalCannotBeRead(t *testing.T) {
	s := rotated(t)
	_, err := s.Notify(t.Context(), event(t, "sqs_envelope.json"))
	require.NoError(t, err)
	batch := s.fifo.receive()
	batch.Records[0].Body = `{"channel": "C0000000009"}` // of another group
	data, err := json.Marshal(batch)
	require.NoError(t, err)
	require.Equal(t, []string{"message-0"}, s.notifyOf(t, t.Context(), data))
	require.Len(t, s.slack.Messages(s.channel.ID), 1)
}

// TestTheChannelsOfABatchAreServedAtOnce has each of two held channels wait for the other.
func TestTheChannelsOfABatchAreServedAtOnce(t *testing.T) {
	s := rotated(t)
	for _, channel := range []string{recordedC1, recordedC2} {
		require.NoError(t, s.store.Hold(t.Context(), channel, time.Now().Add(time.Second)))
	}
	var waiting sync.WaitGroup
	waiting.Add(2)
	s.Bot.Sleep = func(ctx context.Context, _ time.Duration) bool {
		waiting.Done()
		met := make(chan struct{})
		go func() { waiting.Wait(); close(met) }()
		select {
		case <-met:
			return true
		case <-ctx.Done():
			t.Error("the other channel is not served meanwhile")
			return false
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.Equal(t, []string{unreadableOfC1, lastOfC1}, s.notifyOf(t, ctx, event(t, "sqs_fifo.json")))
}

func TestWhoeverHoldsOthersUpHandsOverSoon(t *testing.T) {
	signals := func(channels int, each int, tags *workflow.TagChange) (messages []message) {
		for n := range channels * each {
			channel := fmt.Sprint("C", n%channels)
			body, err := json.Marshal(bot.Signal{Channel: channel, Version: int64(n), Tags: tags})
			require.NoError(t, err)
			messages = append(messages, message{Body: string(body), Attributes: map[string]string{"MessageGroupId": channel}})
		}
		return messages
	}
	whole := 55 * time.Second
	for name, c := range map[string]struct {
		messages []message
		want     time.Duration
	}{
		"one channel alone keeps all of its time":                {signals(1, 9, nil), whole},
		"a full batch has more signals behind it":                {signals(1, 10, nil), fullTime},
		"of several channels those that are done wait":           {signals(2, 1, nil), sharedTime},
		"a full batch of several channels":                       {signals(5, 2, nil), sharedTime},
		"tags stand in their signals alone and are told at once": {signals(1, 10, &workflow.TagChange{}), whole},
	} {
		t.Run(name, func(t *testing.T) {
			outer, cancel := context.WithTimeout(t.Context(), whole)
			defer cancel()
			ctx, cancel := withServeTime(outer, byChannel(c.messages), len(c.messages))
			defer cancel()
			end, _ := ctx.Deadline()
			require.InDelta(t, c.want, time.Until(end), float64(time.Second))
		})
	}
}

// TestChannelsThatThereIsNoTimeForAreHandedOn: no signal uses up a try for that.
func TestChannelsThatThereIsNoTimeForAreHandedOn(t *testing.T) {
	s := rotated(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	require.Equal(t, []string{unreadableOfC1, lastOfC1}, s.notifyOf(t, ctx, event(t, "sqs_fifo.json")))
	var handedOn []string
	for _, m := range s.fifo.receive().Records {
		handedOn = append(handedOn, m.Attributes["MessageGroupId"])
	}
	require.ElementsMatch(t, []string{recordedC1, recordedC2}, handedOn)
}

func TestAMessageSaysHowOftenItWasReceived(t *testing.T) {
	m := message{Attributes: map[string]string{"ApproximateReceiveCount": "3"}}
	require.Equal(t, 3, m.received())
	require.Equal(t, 1, message{}.received())
}

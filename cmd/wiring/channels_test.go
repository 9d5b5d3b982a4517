package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// invocation is what Lambda says of itself.
func invocation(t *testing.T, id string) context.Context {
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: id})
}

func TestASignalGoesToTheGroupOfItsChannel(t *testing.T) {
	q := newFIFO()
	queue := channelsQueue{q, "https://sqs.us-east-1.amazonaws.com/111122223333/patchbot-channels.fifo"}
	s := bot.Signal{Channel: "C0123456789", Request: "r-1", Version: 7}
	require.NoError(t, queue.Signal(t.Context(), s))
	require.Len(t, q.sent, 1)
	require.Equal(t, queue.url, aws.ToString(q.sent[0].QueueUrl))
	require.Equal(t, "C0123456789", aws.ToString(q.sent[0].MessageGroupId))
	var sent bot.Signal
	require.NoError(t, json.Unmarshal([]byte(aws.ToString(q.sent[0].MessageBody)), &sent))
	require.Equal(t, s, sent)

	q.err = errors.New("away")
	require.EqualError(t, queue.Signal(t.Context(), s), "send a signal for channel C0123456789: away")
}

func TestAChannelThatCannotBeSlacksIsServedAllTheSame(t *testing.T) {
	q := newFIFO()
	queue := channelsQueue{q, "https://sqs.us-east-1.amazonaws.com/111122223333/patchbot-channels.fifo"}
	for _, channel := range []string{"payments patching", "équipe-patch", strings.Repeat("C", 256), "#payments"} {
		require.NoError(t, queue.Signal(t.Context(), bot.Signal{Channel: channel, Version: 1}), channel)
		require.NoError(t, queue.Signal(t.Context(), bot.Signal{Channel: channel, Request: "r-1", Version: 1}), channel)
	}
	var messages []message
	for _, r := range q.receive().Records {
		messages = append(messages, message{Body: r.Body, Attributes: r.Attributes})
	}
	var served []string
	for _, batch := range byChannel(messages) {
		require.NoError(t, batch.err)
		require.Len(t, batch.signals, 2)
		served = append(served, batch.channel)
	}
	require.Equal(t, []string{"payments patching", "équipe-patch", strings.Repeat("C", 256), "#payments"}, served)
}

func TestOnlyTheSameNewsIsDropped(t *testing.T) {
	tags := func(owner string) bot.Signal {
		return bot.Signal{Channel: "C0123456789", Tags: &workflow.TagChange{InstanceID: "i-0933335a5598d1c2e",
			ChangedKeys: []string{"owner"}, Tags: map[string]string{"owner": owner, "note": strings.Repeat("x", 256)}}}
	}
	request := func(channel string, version int64) bot.Signal {
		return bot.Signal{Channel: channel, Request: "r-1", Version: version}
	}
	escalates := func(channel string, version int64) bot.Signal {
		return bot.Signal{Channel: channel, Request: "r-1", Version: version, Escalates: true}
	}
	anything := func(version int64) bot.Signal { return bot.Signal{Channel: "C0123456789", Version: version} }
	one, other := invocation(t, "invocation-1"), invocation(t, "invocation-2")
	for name, c := range map[string]struct {
		first, second       bot.Signal
		firstCtx, secondCtx context.Context
		sent                int
	}{
		"the same version of a request":                    {request("C1", 1), request("C1", 1), one, other, 1},
		"another version of it":                            {request("C1", 1), request("C1", 2), one, one, 2},
		"the same version in the channel it has moved to":  {request("C1", 1), request("C2", 1), one, one, 2},
		"the same version for those who hear of it":        {request("C1", 1), escalates("C2", 1), one, one, 2},
		"the same version for those who hear of it, twice": {escalates("C2", 1), escalates("C2", 1), one, other, 1},
		"a request and a look of the same number":          {request("C0123456789", 1), anything(1), one, one, 2},
		"the looks of one sweep":                           {anything(1), anything(1), one, one, 1},
		"the looks of two sweeps":                          {anything(1), anything(2), one, other, 2},
		"tags that an invocation tells again":              {tags("ada"), tags("ada"), one, one, 1},
		"the same tags again, after they were others":      {tags("ada"), tags("ada"), one, other, 2},
		"other tags": {tags("ada"), tags("eve"), one, one, 2},
		"the same tags where nothing is known of who tells": {tags("ada"), tags("ada"), t.Context(), t.Context(), 1},
	} {
		t.Run(name, func(t *testing.T) {
			q := newFIFO()
			queue := channelsQueue{sqs: q}
			require.NoError(t, queue.Signal(c.firstCtx, c.first))
			require.NoError(t, queue.Signal(c.secondCtx, c.second))
			require.Len(t, q.sent, c.sent)
		})
	}
}

func TestAWriterThatCannotBeWokenIsMeasured(t *testing.T) {
	s := rotated(t)
	var measured []string
	s.Bot.Measure = func(m bot.Metric) { measured = append(measured, m.Name) }
	s.fifo.err = errors.New("away")
	_, err := s.Notify(t.Context(), event(t, "sqs_envelope.json"))
	require.NoError(t, err, "the sweep wakes it")
	require.Contains(t, measured, bot.MetricSignalErrors)

	s.fifo.err = nil
	require.NoError(t, s.Progress(t.Context(), event(t, "schedule.json")))
	s.serve(t)
	require.Len(t, s.slack.Messages(s.channel.ID), 1)
}

func TestAMessageThatFailsComesAgainLaterEachTime(t *testing.T) {
	var total time.Duration
	for received, want := range map[int]time.Duration{0: 10 * time.Second, 1: 10 * time.Second, 2: 20 * time.Second, 5: 160 * time.Second, 6: 5 * time.Minute, 1000: 5 * time.Minute} {
		require.Equal(t, want, againAfter(received), received)
	}
	for received := range 10 {
		total += againAfter(received + 1)
	}
	require.Greater(t, total, 25*time.Minute)
}

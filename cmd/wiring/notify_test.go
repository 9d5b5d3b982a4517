package wiring

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

const (
	noFailures       = `{"batchItemFailures": []}`
	firstFailed      = `{"batchItemFailures": [{"itemIdentifier": "059f36b4-87a3-44ab-83d2-661975830a7d"}]}`
	unreadableFailed = `{"batchItemFailures": [{"itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da"}]}`
	tookOne          = "request changed"
	cannotReadOne    = "cannot read a notification"
)

func TestNotify(t *testing.T) {
	for name, c := range map[string]struct {
		event  string
		answer string
		status bot.Status
		log    []string
	}{
		"a batch is taken in the order in which it occurred, and only the unreadable record fails": {
			"sqs_raw.json", unreadableFailed, bot.StatusExpired, []string{cannotReadOne, tookOne, tookOne}},
		"a notification may come in the envelope of SNS": {
			"sqs_envelope.json", noFailures, bot.StatusAsked, []string{tookOne}},
		"a notification may come from SNS directly": {
			"sns.json", noFailures, bot.StatusAsked, []string{tookOne}},
	} {
		t.Run(name, func(t *testing.T) {
			s := rotated(t)
			answer, err := s.Notify(t.Context(), event(t, c.event))
			require.NoError(t, err)
			data, err := json.Marshal(answer)
			require.NoError(t, err)
			require.JSONEq(t, c.answer, string(data))
			require.Equal(t, c.status, s.request(t).Status)
			s.serve(t)
			require.Len(t, s.slack.Messages(s.channel.ID), 1)
			require.Equal(t, c.log, s.log.messages(t))
			require.NotContains(t, s.log.String(), taskToken)
		})
	}
}

func TestNotifyReturnsAnErrorWhereNobodyReadsAnAnswer(t *testing.T) {
	for name, c := range map[string]struct{ event, want string }{
		"a unreadable notification from SNS directly": {"sns_unreadable.json", "schema is 2, expected 1"},
		"an event of another service":                 {"s3.json", `its source is "aws:s3"`},
		"an event without records":                    {"schedule.json", "it has no Records"},
	} {
		t.Run(name, func(t *testing.T) {
			s := rotated(t)
			_, err := s.Notify(t.Context(), event(t, c.event))
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error()+s.log.String(), taskToken)
		})
	}
	_, err := rotated(t).Notify(t.Context(), json.RawMessage(`[]`))
	require.ErrorContains(t, err, "read the event of notify")
}

func TestWhatThereIsNoTimeForIsDeliveredAgain(t *testing.T) {
	s := rotated(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	answer, err := s.Notify(ctx, event(t, "sqs_envelope.json"))
	require.NoError(t, err)
	data, err := json.Marshal(answer)
	require.NoError(t, err)
	require.JSONEq(t, firstFailed, string(data))
	require.Empty(t, s.slack.Calls())
}

func TestTheLogNamesTheInvocation(t *testing.T) {
	s := rotated(t)
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
	_, err := s.Notify(ctx, event(t, "sqs_raw.json"))
	require.NoError(t, err)
	require.Contains(t, s.log.String(), `"requestId":"invocation-1"`)
	require.Contains(t, s.log.String(), `"execution":"`+execution+`"`)
}

func TestTheReserveLeavesAtLeastHalfOfTheTime(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct{ has, keeps time.Duration }{
		"30 seconds": {30 * time.Second, 25 * time.Second},
		"4 seconds":  {4 * time.Second, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			outer, cancel := context.WithDeadline(t.Context(), now.Add(c.has))
			defer cancel()
			ctx, cancel := withReserve(outer, now)
			defer cancel()
			deadline, _ := ctx.Deadline()
			require.Equal(t, c.keeps, deadline.Sub(now))
		})
	}
	ctx, cancel := withReserve(t.Context(), now)
	defer cancel()
	_, has := ctx.Deadline()
	require.False(t, has)
}

package asl_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/asl"
)

// asking is a machine whose one task waits for its token; a catcher may lead to "Caught".
func asking(fields string) string {
	return catching(`{"Type": "Task", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken", "Parameters": {"Token.$": "$$.Task.Token"}, "End": true`+fields+`}`,
		`{"Type": "Pass", "End": true}`)
}

func TestCallbackSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){result(`{"MessageId": "m-1"}`)}}
		i := newInterpreter(t, asking(``), f.invoke)
		arn := start(t, i, `{}`)
		synctest.Wait()
		require.Equal(t, "arn:aws:states:::sns:publish", f.calls[0].Resource)
		require.NoError(t, i.SendTaskSuccess(f.token(t, 0), json.RawMessage(`{"decision": "approved"}`)))
		e := wait(t, i, arn)
		require.Equal(t, asl.StatusSucceeded, e.Status)
		require.JSONEq(t, `{"decision": "approved"}`, string(e.Output))

		events, err := i.History(arn)
		require.NoError(t, err)
		require.Equal(t, []string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted",
			"TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}, types(t, i, arn))
		require.JSONEq(t, `{"MessageId": "m-1"}`, string(events[4].Output))
		require.Equal(t, "arn:aws:states:::sns:publish", events[4].Resource)
		require.Equal(t, "T", events[4].State)
		require.Equal(t, 5, events[4].ID)
		require.Equal(t, f.calls[0].Input, events[2].Input)

		require.ErrorIs(t, i.SendTaskSuccess(f.token(t, 0), json.RawMessage(`{}`)), asl.ErrTaskTimedOut, "used")
	})
}

func TestCallbackFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{}
		i := newInterpreter(t, asking(`, "Catch": [{"ErrorEquals": ["RequestAlreadyOpen"], "Next": "Caught"}]`), f.invoke)
		arn := start(t, i, `{}`)
		synctest.Wait()
		require.NoError(t, i.SendTaskFailure(f.token(t, 0), "RequestAlreadyOpen", "arn:first"))
		e := wait(t, i, arn)
		require.JSONEq(t, `{"Error": "RequestAlreadyOpen", "Cause": "arn:first"}`, string(e.Output))
		require.Contains(t, types(t, i, arn), "TaskFailed")
	})
}

func TestCallbackBeforeSubmitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var i *asl.Interpreter
		i = newInterpreter(t, asking(``), func(ctx context.Context, call asl.Call) (json.RawMessage, error) {
			var input struct{ Token string }
			if err := json.Unmarshal(call.Input, &input); err != nil {
				return nil, err
			}
			if err := i.SendTaskSuccess(input.Token, json.RawMessage(`"early"`)); err != nil {
				return nil, err
			}
			return json.RawMessage(`"late"`), ctx.Err()
		})
		arn := start(t, i, `{}`)
		e := wait(t, i, arn)
		require.Equal(t, `"early"`, string(e.Output), e.Cause)
		require.Equal(t, []string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted",
			"TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}, types(t, i, arn))
	})
}

func TestCallbackSubmitFails(t *testing.T) {
	f := &tasks{answers: []func(asl.Call) (json.RawMessage, error){failing("Sns.SnsException", "throttled")}}
	i := newInterpreter(t, asking(`, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]`), f.invoke)
	arn := start(t, i, `{}`)
	e := wait(t, i, arn)
	require.JSONEq(t, `{"Error": "Sns.SnsException", "Cause": "throttled"}`, string(e.Output))
	require.Contains(t, types(t, i, arn), "TaskSubmitFailed")
}

func TestCallbackRetriedHasNewToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{}
		i := newInterpreter(t, asking(`, "TimeoutSeconds": 10, "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 5}]`), f.invoke)
		arn := start(t, i, `{}`)
		synctest.Wait()
		first := f.token(t, 0)
		time.Sleep(12 * time.Second)
		require.ErrorIs(t, i.SendTaskSuccess(first, json.RawMessage(`{}`)), asl.ErrTaskTimedOut, "timed out, not tried again yet")
		time.Sleep(5 * time.Second)
		second := f.token(t, 1)
		require.NotEqual(t, first, second)
		require.ErrorIs(t, i.SendTaskHeartbeat(first), asl.ErrTaskTimedOut, "replaced")
		require.ErrorIs(t, i.SendTaskFailure(first, "E", "c"), asl.ErrTaskTimedOut, "replaced")
		require.NoError(t, i.SendTaskSuccess(second, json.RawMessage(`2`)))
		require.Equal(t, `2`, string(wait(t, i, arn).Output))
		require.Equal(t, []string{"ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskTimedOut",
			"TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}, types(t, i, arn))
	})
}

func TestHeartbeats(t *testing.T) {
	for _, field := range []string{`"HeartbeatSeconds": 10`, `"HeartbeatSecondsPath": "$.h"`} {
		synctest.Test(t, func(t *testing.T) {
			f := &tasks{}
			i := newInterpreter(t, asking(`, "TimeoutSeconds": 100, `+field), f.invoke)
			arn := start(t, i, `{"h": 10}`)
			for range 3 {
				time.Sleep(9 * time.Second)
				require.NoError(t, i.SendTaskHeartbeat(f.token(t, 0)))
			}
			e := wait(t, i, arn)
			require.Equal(t, asl.ErrorTimeout, e.Error, "as was recorded, not States.HeartbeatTimeout")
			require.Equal(t, 37*time.Second, e.Stopped.Sub(e.Started))
			require.ErrorIs(t, i.SendTaskHeartbeat(f.token(t, 0)), asl.ErrTaskTimedOut)
		})
	}
}

func TestHeartbeatsDoNotStopTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tasks{}
		i := newInterpreter(t, asking(`, "TimeoutSeconds": 12, "HeartbeatSeconds": 10`), f.invoke)
		arn := start(t, i, `{}`)
		time.Sleep(9 * time.Second)
		require.NoError(t, i.SendTaskHeartbeat(f.token(t, 0)))
		e := wait(t, i, arn)
		require.Equal(t, asl.ErrorTimeout, e.Error)
		require.Equal(t, 12*time.Second, e.Stopped.Sub(e.Started))
	})
}

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, g := &tasks{}, &tasks{}
		i := newInterpreter(t, asking(``), f.invoke)
		other := newInterpreter(t, asking(``), g.invoke)
		start(t, i, `{}`)
		start(t, other, `{}`)
		synctest.Wait()
		raw, err := base64.StdEncoding.DecodeString(f.token(t, 0))
		require.NoError(t, err)
		raw[1] ^= 1
		tests := []struct {
			name, token string
			want        error
		}{
			{"empty", "", asl.ErrInvalidToken},
			{"malformed", "not a token", asl.ErrInvalidToken},
			{"too short", "AQ==", asl.ErrInvalidToken},
			{"over 2,048 characters", strings.Repeat("A", 2049), asl.ErrInvalidToken},
			{"of another interpreter", g.token(t, 0), asl.ErrTaskDoesNotExist},
			{"forged", base64.StdEncoding.EncodeToString(raw), asl.ErrTaskDoesNotExist},
		}
		for _, test := range tests {
			require.ErrorIs(t, i.SendTaskSuccess(test.token, json.RawMessage(`{}`)), test.want, test.name)
			require.ErrorIs(t, i.SendTaskFailure(test.token, "", ""), test.want, test.name)
			require.ErrorIs(t, i.SendTaskHeartbeat(test.token), test.want, test.name)
		}
		token := f.token(t, 0)
		require.ErrorIs(t, i.SendTaskSuccess(token, json.RawMessage(`{`)), asl.ErrInvalidOutput)
		require.ErrorIs(t, i.SendTaskSuccess(token, nil), asl.ErrInvalidOutput)
		require.ErrorIs(t, i.SendTaskSuccess(token, json.RawMessage(quote(long(262_144)))), asl.ErrValidation)
		require.ErrorIs(t, i.SendTaskFailure(token, long(257), ""), asl.ErrValidation)
		require.ErrorIs(t, i.SendTaskFailure(token, "", long(32_769)), asl.ErrValidation)
		require.NoError(t, i.SendTaskSuccess(token, json.RawMessage(`null`)))
	})
}

func TestOneOfManyAnswersWins(t *testing.T) {
	f := &tasks{}
	submitted := make(chan struct{})
	i := newInterpreter(t, asking(``), func(ctx context.Context, call asl.Call) (json.RawMessage, error) {
		defer close(submitted)
		return f.invoke(ctx, call)
	})
	arn := start(t, i, `{}`)
	await(t, submitted, "the submitted task")
	token := f.token(t, 0)
	var wins atomic.Int64
	var group sync.WaitGroup
	for n := range 20 {
		group.Go(func() {
			switch {
			case n%3 == 0 && i.SendTaskSuccess(token, json.RawMessage(`{}`)) == nil:
				wins.Add(1)
			case n%3 == 1 && i.SendTaskFailure(token, "E", "c") == nil:
				wins.Add(1)
			case n%3 == 2:
				_ = i.Stop(arn, "Stopped", "by hand") // of what has ended is no error either
			}
		})
	}
	group.Wait()
	if wait(t, i, arn).Status == asl.StatusAborted {
		require.Zero(t, wins.Load())
	} else {
		require.EqualValues(t, 1, wins.Load())
	}
}

package mototest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Fault is the error with which a call fails.
type Fault struct {
	Code    string // e.g. "InvalidInstanceId"
	Message string
}

// SetFault makes a call fail until the test ends, whoever makes it. The call is named as in the
// header X-Amz-Target, e.g. "AmazonSSM.SendCommand"; EC2, SNS and Lambda have none.
func (s Server) SetFault(t testing.TB, call string, f Fault) {
	t.Helper()
	s.put(t.Context(), t, "faults/"+call, f)
	t.Cleanup(func() { s.put(context.WithoutCancel(t.Context()), t, "faults/"+call, Fault{}) })
}

// put sets one thing in the server, see control.py.
func (s Server) put(ctx context.Context, t testing.TB, path string, value any) {
	t.Helper()
	body, err := json.Marshal(value)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, s.URL+"/mototest/"+path, bytes.NewReader(body))
	require.NoError(t, err)
	answer, err := (&http.Client{Timeout: answerWithin}).Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusNoContent, answer.StatusCode)
}

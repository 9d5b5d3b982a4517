package mototest

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

type doFunc func(*http.Request) (*http.Response, error)

func (f doFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestClosingARequestsBodyDoesNotCutWhatIsSent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "body")
	require.NoError(t, os.WriteFile(file, []byte("whole"), 0o600))
	body, err := os.Open(file)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1", body)
	require.NoError(t, err)
	client := copiesBody{doFunc(func(sent *http.Request) (*http.Response, error) {
		require.NoError(t, body.Close())
		data, err := io.ReadAll(sent.Body)
		require.NoError(t, err)
		require.Equal(t, "whole", string(data))
		return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
	})}
	answer, err := client.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
}

package wiring

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// functionTime is what Lambda gives the function for one event.
const functionTime = 25 * time.Second

// function is the running program of a Lambda function, with the runtime API that it asks
// for events.
type function struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer // to be read after it was stopped
	api            *httptest.Server

	turn    sync.Mutex // a function handles one event at a time
	events  chan []byte
	answers chan functionAnswer
	stopped bool
}

type functionAnswer struct {
	body   []byte
	failed bool
	err    error // the answer could not be received
}

// bundled builds the functions for this machine as make build does, and unpacks their
// bootstraps to notify, interact and progress in a folder.
func bundled(t testing.TB) (folder string) {
	t.Helper()
	folder = t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "run", "../../infra/bundle", "-arch", runtime.GOARCH, "-out", folder).CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, name := range []string{"notify", "interact", "progress"} {
		archive, err := zip.OpenReader(filepath.Join(folder, name+".zip"))
		require.NoError(t, err)
		bootstrap, err := archive.Open("bootstrap")
		require.NoError(t, err)
		content, err := io.ReadAll(bootstrap)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), content, 0o755))
		require.NoError(t, errors.Join(bootstrap.Close(), archive.Close()))
	}
	return folder
}

func startFunction(t testing.TB, program string, env []string) *function {
	t.Helper()
	f := &function{events: make(chan []byte), answers: make(chan functionAnswer)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", f.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", f.receive(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", f.receive(true))
	f.api = httptest.NewServer(mux)
	f.cmd = exec.Command(program)
	f.cmd.WaitDelay = functionTime // its output may be held open by a child of its own
	f.cmd.Env = append(env, "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(f.api.URL, "http://"))
	f.cmd.Stdout, f.cmd.Stderr = &f.stdout, &f.stderr
	require.NoError(t, f.cmd.Start())
	t.Cleanup(func() {
		f.stop()
		if t.Failed() {
			t.Logf("%s printed:\n%s%s", program, &f.stdout, &f.stderr)
		}
	})
	return f
}

// next hands over an event as soon as there is one.
func (f *function) next(w http.ResponseWriter, req *http.Request) {
	select {
	case <-req.Context().Done():
	case event := <-f.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "invocation-1")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(functionTime).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:patchbot")
		_, _ = w.Write(event)
	}
}

func (f *function) receive(failed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body) // also of chunks
		w.WriteHeader(http.StatusAccepted)
		select {
		case <-req.Context().Done():
		case f.answers <- functionAnswer{body, failed, err}:
		}
	}
}

// call hands an event to the function and returns what it answered.
func (f *function) call(event any) (functionAnswer, error) {
	f.turn.Lock()
	defer f.turn.Unlock()
	data, err := json.Marshal(event)
	if err != nil {
		return functionAnswer{}, err
	}
	late := time.After(2 * functionTime) // also for its start
	select {
	case f.events <- data:
	case <-late:
		return functionAnswer{}, errors.New("the function does not ask for an event")
	}
	select {
	case answer := <-f.answers:
		return answer, answer.err
	case <-late:
		return functionAnswer{}, errors.New("the function does not answer")
	}
}

// invoke is a call that has to succeed.
func (f *function) invoke(t testing.TB, event any) string {
	t.Helper()
	answer, err := f.call(event)
	require.NoError(t, err)
	require.False(t, answer.failed, "%s", answer.body)
	return string(answer.body)
}

func (f *function) stop() {
	if f.stopped {
		return
	}
	f.stopped = true
	_ = f.cmd.Process.Kill()
	_ = f.cmd.Wait() // says that it was killed, and ends after WaitDelay at the latest
	f.api.Close()
}

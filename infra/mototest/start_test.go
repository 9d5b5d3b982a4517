package mototest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

// verdict is a test that notes how it ended instead of ending.
type verdict struct {
	testing.TB
	said string
}

func (v *verdict) Skipf(format string, args ...any) {
	v.said = "skipped: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (v *verdict) Fatalf(format string, args ...any) {
	v.said = "failed: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// startWith starts a server with a python3 of its own in the path, none for "".
func startWith(t *testing.T, python, ci string) string {
	t.Helper()
	folder := t.TempDir()
	if python != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "python3"), []byte("#!/bin/sh\n"+python+"\n"), 0o700))
	}
	t.Setenv("PATH", folder)
	t.Setenv("CI", ci)
	v, done := &verdict{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		mototest.Start(v)
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Minute): // Start waits a minute at most
		require.Fail(t, "Start has neither started a server nor said why not")
	}
	return v.said
}

func TestStartWithoutMoto(t *testing.T) {
	const noMoto = "echo No module named moto; exit 3"
	t.Run("skips and says that python3 is missing", func(t *testing.T) {
		require.Contains(t, startWith(t, "", ""), `skipped: this test needs moto: exec: "python3"`)
	})
	t.Run("skips and says what moto lacks", func(t *testing.T) {
		require.Equal(t, "skipped: this test needs moto: No module named moto\n", startWith(t, noMoto, ""))
	})
	t.Run("fails in CI", func(t *testing.T) {
		require.Contains(t, startWith(t, noMoto, "true"), "failed: this test needs moto, and CI may not skip it: No module named moto")
		require.Contains(t, startWith(t, "", "true"), "failed: ")
	})
}

func TestAServerEndsWithItsTest(t *testing.T) {
	var s mototest.Server
	t.Run("while it runs", func(t *testing.T) {
		s = mototest.Start(t)
		require.Contains(t, s.Env(), "AWS_ENDPOINT_URL="+s.URL)
	})
	_, err := (&http.Client{Timeout: 20 * time.Second}).Get(s.URL)
	require.ErrorContains(t, err, "refused")
}

package wiring

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"
)

// BenchmarkStart starts the interact bootstrap under a loopback runtime API and asks for
// /healthz. It reports the time from the start of the process to its first answer, with
// the secret read on the way, the most memory that it had resident, and the sizes of the
// zip files.
func BenchmarkStart(b *testing.B) {
	programs := bundled(b)
	secrets := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = fmt.Fprintf(w, `{"SecretString": %q}`, firstKeys)
	}))
	b.Cleanup(secrets.Close)
	env := []string{"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s", "AWS_ENDPOINT_URL=" + secrets.URL,
		"PATCHBOT_TABLE=patchbot-requests", "PATCHBOT_SECRET_ARN=" + secretARN, "PATCHBOT_DEFAULT_CHANNEL=C0123456789", "PATCHBOT_DEFAULT_APPROVERS=U0123456789",
		"PATCHBOT_CHANNELS_QUEUE_URL=" + secrets.URL + "/111122223333/patchbot-channels.fifo"}
	health := events.APIGatewayV2HTTPRequest{Version: "2.0", RawPath: "/healthz"}
	health.RequestContext.HTTP.Method, health.RequestContext.HTTP.Path = http.MethodGet, "/healthz"

	var total time.Duration
	resident := 0
	for b.Loop() {
		start := time.Now()
		f := startFunction(b, filepath.Join(programs, "interact"), env)
		answer := f.invoke(b, health)
		total += time.Since(start)
		require.Contains(b, answer, `"statusCode":200`)
		resident = max(resident, residentKB(b, f.cmd.Process.Pid))
		f.stop()
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms/start")
	b.ReportMetric(float64(resident)/1e3, "MB-resident")
	for _, name := range []string{"notify", "interact", "progress"} {
		info, err := os.Stat(filepath.Join(programs, name+".zip"))
		require.NoError(b, err)
		b.ReportMetric(float64(info.Size())/1e6, "MB-"+name+".zip")
	}
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// residentKB is the most memory that a process had resident so far; Linux tells it.
func residentKB(b *testing.B, pid int) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	found := peak.FindSubmatch(status)
	require.NotNil(b, found)
	kb, err := strconv.Atoi(string(found[1]))
	require.NoError(b, err)
	return kb
}

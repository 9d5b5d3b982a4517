// Package mototest gives a test an AWS of its own: a moto server on this machine in which
// the state machine runs and the Terraform module can be applied. It takes python3 with
// moto[server,stepfunctions] 5.2.1.
//
// Systems Manager's answers are set with SetNode, failing calls with SetFault. Not there:
// EventBridge starting executions, functions that run (moto keeps their settings, and
// messages of an event source mapping stay in the queue), roll back of a root volume.
package mototest

import (
	"embed"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"
)

//go:embed *.py
var source embed.FS

const (
	startWithin  = time.Minute // moto takes about three seconds on an idle machine
	answerWithin = time.Minute // one call that sets something
	exitNoMoto   = 3           // see server.py
)

// Account and Region are those of everything that is made in a Server.
const (
	Account = "123456789012"
	Region  = "us-east-1"
)

// Server is a running moto server.
type Server struct {
	URL string // e.g. "http://127.0.0.1:40213"
}

// Start starts a server that ends with the test; a package needs only one. Without python3
// or moto it skips the test, except where the environment variable CI is set: there it
// fails.
func Start(t testing.TB) Server {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		unavailable(t, err.Error())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := Server{URL: "http://" + listener.Addr().String()}
	p := start(t, python, listener)
	t.Cleanup(func() { p.stop(t) })
	s.await(t, p)
	return s
}

// Config is for AWS clients that talk to the server.
func (s Server) Config() aws.Config {
	return aws.Config{
		Region:       Region,
		BaseEndpoint: aws.String(s.URL),
		HTTPClient:   httpClient(),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

// Env is the environment in which programs and Terraform talk to the server. It takes the
// place of profiles and of addresses of single services.
func (s Server) Env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + s.URL,
		"AWS_REGION=" + Region,
		"AWS_DEFAULT_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test",
		"AWS_SESSION_TOKEN=",
		"AWS_PROFILE=",
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// await asks once: the socket listens already, and the answer comes when moto serves it.
func (s Server) await(t testing.TB, p *process) {
	t.Helper()
	client := &http.Client{Timeout: startWithin, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(s.URL + "/moto-api/data.json")
	if err == nil {
		err = answer.Body.Close()
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.StatusCode)
		return
	}
	p.stop(t)
	if p.cmd.ProcessState.ExitCode() == exitNoMoto {
		unavailable(t, p.log.String())
	}
	require.NoError(t, err, "moto does not answer:\n%s", p.log.String())
}

func unavailable(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("this test needs moto, and CI may not skip it: %s", why)
	}
	t.Skipf("this test needs moto: %s", why)
}

// writeSource puts the server's source into an empty folder, so that python imports no
// neighbour in place of a module.
func writeSource(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, source))
	return filepath.Join(folder, "server.py")
}

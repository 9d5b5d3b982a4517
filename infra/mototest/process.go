package mototest

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is the server's. It ends when stopped, and also with this process, since then
// its standard input ends.
type process struct {
	cmd     *exec.Cmd
	stdin   io.Closer
	log     bytes.Buffer // what it printed; to be read after it was stopped
	stopped bool
}

func start(t testing.TB, python string, listener net.Listener) *process {
	t.Helper()
	socket, err := listener.(*net.TCPListener).File()
	require.NoError(t, err)
	p := &process{cmd: exec.Command(python, writeSource(t))} // #nosec G204 -- the source is in this package
	p.cmd.WaitDelay = 10 * time.Second                       // its output may be held open by a child of its own
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.ExtraFiles = []*os.File{socket} // file descriptor 3
	p.stdin, err = p.cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	require.NoError(t, socket.Close()) // only the child listens from here on
	require.NoError(t, listener.Close())
	return p
}

// stop ends the process, and shows the end of what it printed when the test failed.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if p.stopped {
		return
	}
	p.stopped = true
	_ = p.stdin.Close()      // ends the server, also behind a wrapper
	_ = p.cmd.Process.Kill() // ends what does not read its input yet
	_ = p.cmd.Wait()         // says that it was killed, and ends after WaitDelay at the latest
	if t.Failed() {
		const shown = 8 << 10
		t.Logf("moto printed:\n%s", p.log.Bytes()[max(0, p.log.Len()-shown):])
	}
}

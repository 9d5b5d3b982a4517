package local

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// network lets the parts reach each other: over sockets of the loopback interface, or,
// where time is simulated, by calling handlers directly.
type network struct {
	client   *http.Client
	inside   map[string]http.Handler // host to handler; nil when there are sockets
	closers  []func()
	closeMux sync.Mutex
}

func newNetwork(inProcess bool) *network {
	if !inProcess {
		return &network{client: &http.Client{Timeout: 30 * time.Second}}
	}
	n := &network{inside: map[string]http.Handler{}}
	n.client = &http.Client{Transport: n}
	return n
}

// serve makes a handler reachable, and says where.
func (n *network) serve(name string, h http.Handler) (url string, err error) {
	if n.inside != nil {
		n.inside[name+".local"] = h
		return "http://" + name + ".local", nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for %s: %w", name, err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	n.closeMux.Lock()
	defer n.closeMux.Unlock()
	n.closers = append(n.closers, func() { _ = server.Close() })
	return "http://" + listener.Addr().String(), nil
}

func (n *network) close() {
	n.closeMux.Lock()
	defer n.closeMux.Unlock()
	for _, c := range n.closers {
		c()
	}
	n.client.CloseIdleConnections()
}

// RoundTrip calls the handler of the request's host.
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	h, ok := n.inside[req.URL.Host]
	if !ok {
		return nil, fmt.Errorf("no host %s in this process", req.URL.Host)
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	defer func() { _ = req.Body.Close() }()
	r := &recorder{header: http.Header{}, status: http.StatusOK}
	inbound := req.Clone(req.Context())
	inbound.RequestURI = req.URL.RequestURI()
	h.ServeHTTP(r, inbound)
	return &http.Response{
		StatusCode: r.status, Status: fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.header, Body: io.NopCloser(&r.body), ContentLength: int64(r.body.Len()), Request: req,
	}, nil
}

// recorder is the answer of a handler that was called without a socket.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	wrote  bool
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.wrote = true
	return r.body.Write(p)
}

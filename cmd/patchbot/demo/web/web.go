// Package web shows a world in a browser: its Slack, its fleet and its state machines, live and
// to click through. It listens on this machine alone, and answers nobody who does not know the
// page's whole address.
package web

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
)

// built is the app, as "npm run build" leaves it; see app/vite.config.ts.
//
//go:embed all:built
var built embed.FS

// Server shows one world.
type Server struct {
	// URL is the whole address of the page, e.g. "http://127.0.0.1:8080/7M3Q…/".
	URL string

	world *world.World
	hub   *hub
	http  *http.Server
	stop  context.CancelFunc
}

// Listen makes the page reachable on a port of the loopback interface, or on another one if
// that is taken. Close it when nobody needs it any more.
func Listen(w *world.World, port int) (*Server, error) {
	listener, err := listen(port)
	if err != nil {
		return nil, fmt.Errorf("listen for the browser: %w", err)
	}
	token := rand.Text()
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{URL: fmt.Sprintf("http://%s/%s/", listener.Addr(), token), world: w, hub: newHub(w), stop: stop}
	s.http = &http.Server{
		Handler:           guard(listener.Addr().(*net.TCPAddr).Port, token, s.routes()),
		ReadHeaderTimeout: 5 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	go func() { _ = s.http.Serve(listener) }()
	go s.hub.run(ctx)
	return s, nil
}

func listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if errors.Is(err, syscall.EADDRINUSE) {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return listener, err
}

// Close ends all connections.
func (s *Server) Close() {
	s.stop()
	_ = s.http.Close()
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	app, _ := fs.Sub(built, "built") // the name is valid
	mux.Handle("GET /", http.FileServerFS(app))
	mux.HandleFunc("GET /events", s.hub.serve)
	mux.HandleFunc("GET /views", serveViews)
	mux.HandleFunc("GET /executions/{machine}/{name}", s.serveHistory)
	for path, act := range s.acts() {
		mux.Handle("POST "+path, act)
	}
	return mux
}

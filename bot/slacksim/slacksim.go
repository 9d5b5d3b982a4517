// Package slacksim gives tests and the demo a Slack workspace of their own: the
// Web API over real HTTP with Slack's limits and errors, and people who click,
// type commands and submit modals through correctly signed deliveries.
//
// A Workspace is an http.Handler. Its owner decides where it listens: on an
// httptest.Server, on net/http, or behind an in-process RoundTripper. It opens
// no socket, starts no goroutine and keeps no timer of its own.
package slacksim

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config describes a workspace and the one app that is installed in it. The
// zero value of every field but SigningSecret has a usable default. An app that
// verifies signatures against the real time, as slack-go does, refuses
// deliveries when Now is more than 5 minutes away from it.
type Config struct {
	BotToken      string           // what the app authenticates with; default "xoxb-slacksim"
	SigningSecret string           // key of the signatures on deliveries, e.g. "8f742231b10e…"
	AppID         string           // default "A0SLACKSIM"
	Domain        string           // the workspace's name in its links, default "acme"
	Enterprise    string           // id of the organisation, e.g. "E0ACME", when the app is installed organisation-wide
	Scopes        []string         // OAuth scopes granted to the app; nil means DefaultScopes
	RateLimits    bool             // enforce Slack's limits per method, computed from Now
	URL           string           // base of response URLs, e.g. "http://127.0.0.1:4000"; see SetURL
	Client        *http.Client     // carries deliveries to the app; default http.DefaultClient
	Now           func() time.Time // what messages and people go by; default time.Now
	// Wall is the time of signatures, trigger ids and response URLs; default Now.
	// Set it where Now does not run as the app's own clock does.
	Wall func() time.Time
}

// DefaultScopes are granted when Config names none: enough for every method of
// the simulator in channels that the app was invited to.
func DefaultScopes() []string {
	return []string{
		"chat:write", "commands", "channels:read", "groups:read", "im:read",
		"im:write", "users:read", "users:read.email", "usergroups:read",
	}
}

// App holds the request URLs of the app, as its settings page in Slack does. An
// empty URL means that the feature is off and a delivery to it is an error.
type App struct {
	Interactions string // buttons and modals, e.g. "http://127.0.0.1:3000/slack/interactions"
	Commands     string // slash commands
	Events       string // Events API
}

// Workspace is a Slack workspace held in memory. It is safe for concurrent use.
type Workspace struct {
	cfg Config

	mu         sync.Mutex
	app        App
	url        string
	users      map[string]*User
	channels   map[string]*Channel
	groups     map[string]*UserGroup
	messages   map[string][]*Message // by channel, oldest first, replies included
	ephemerals []*Message
	modals     map[string][]*View // by user, the visible one last
	homes      map[string]*View   // by user
	triggers   map[string]*trigger
	responses  map[string]*responseURL // by path
	faults     map[string][]*Fault     // by method
	windows    map[string][]time.Time  // recent calls, by rate limit
	calls      []Call
	deliveries []Delivery
	watchers   []func(Change)
	lastTS     int64 // microseconds; timestamps only grow
	lastID     int
}

// New returns an empty workspace: no people and no channels but the app's bot.
func New(cfg Config) *Workspace {
	if cfg.BotToken == "" {
		cfg.BotToken = "xoxb-slacksim"
	}
	if cfg.AppID == "" {
		cfg.AppID = "A0SLACKSIM"
	}
	if cfg.Domain == "" {
		cfg.Domain = "acme"
	}
	if cfg.Scopes == nil {
		cfg.Scopes = DefaultScopes()
	}
	if cfg.Client == nil {
		cfg.Client = http.DefaultClient
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Wall == nil {
		cfg.Wall = cfg.Now
	}
	w := &Workspace{
		cfg:       cfg,
		url:       strings.TrimSuffix(cfg.URL, "/"),
		users:     map[string]*User{},
		channels:  map[string]*Channel{},
		groups:    map[string]*UserGroup{},
		messages:  map[string][]*Message{},
		modals:    map[string][]*View{},
		homes:     map[string]*View{},
		triggers:  map[string]*trigger{},
		responses: map[string]*responseURL{},
		faults:    map[string][]*Fault{},
		windows:   map[string][]time.Time{},
	}
	w.AddUser(User{ID: w.BotUserID(), Name: "patchbot", RealName: "patchbot", Bot: true})
	return w
}

// Install sets the request URLs that deliveries go to from now on.
func (w *Workspace) Install(app App) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.app = app
}

// SetURL sets the base of the response URLs made from now on, for an owner who
// learns the address only after the workspace listens.
func (w *Workspace) SetURL(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.url = strings.TrimSuffix(base, "/")
}

// Handler serves the workspace: the Web API under /api/ and the response URLs.
func (w *Workspace) Handler() http.Handler { return w }

// ServeHTTP implements http.Handler.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		w.serveAPI(rw, r)
	case strings.HasPrefix(r.URL.Path, "/actions/"), strings.HasPrefix(r.URL.Path, "/commands/"):
		w.serveResponseURL(rw, r)
	default:
		http.NotFound(rw, r)
	}
}

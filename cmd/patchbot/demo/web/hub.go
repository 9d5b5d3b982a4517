package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
	"github.com/patchbot/patchbot/workflow/asl"
)

const (
	// lookEvery is how often the world is looked at for what has changed.
	lookEvery = 100 * time.Millisecond
	// tellTimeEvery is how often pages hear the time; in between they count on.
	tellTimeEvery = 5 * time.Second
	// behind is how many updates a page may be late; then it has to begin anew.
	behind = 100
)

// hub tells every open page what changes in the world.
type hub struct {
	world *world.World

	newsMu sync.Mutex
	news   []slacksim.Change // from Slack, not told yet

	mu         sync.Mutex
	pages      map[chan []byte]struct{}
	company    *worldView
	clock      clockView
	clockTold  time.Time
	slackAway  bool
	frozen     bool
	messages   *shelf
	notified   map[messageID][]string
	views      *shelf
	instances  *shelf
	executions *shelf
	told       map[string]extent // of executions, by ARN
	emails     *shelf
}

// extent is how far an execution had come when pages were told of it. While it is the same,
// there is no news.
type extent struct {
	status asl.Status
	events int
}

func newHub(w *world.World) *hub {
	h := &hub{world: w, pages: map[chan []byte]struct{}{}, messages: newShelf(), notified: map[messageID][]string{},
		views: newShelf(), instances: newShelf(), executions: newShelf(), told: map[string]extent{}, emails: newShelf()}
	w.Slack.Watch(func(c slacksim.Change) {
		h.newsMu.Lock()
		defer h.newsMu.Unlock()
		h.news = append(h.news, c)
	})
	return h
}

// run looks at the world again and again, until the context ends.
func (h *hub) run(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			h.look()
		}
	}
}

// look tells all pages what is new. A page that has not read for long is left: its connection
// ends, and it comes back by itself.
func (h *hub) look() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.pages) > 0 {
		h.tell(h.gather())
	}
}

func (h *hub) tell(u update) {
	if reflect.ValueOf(u).IsZero() {
		return
	}
	data, err := json.Marshal(u)
	if err != nil {
		return
	}
	for page := range h.pages {
		select {
		case page <- data:
		default:
			delete(h.pages, page)
			close(page)
		}
	}
}

// join adds a page, which begins with all that is known.
func (h *hub) join() (page chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell(h.gather())
	clock, away, frozen := h.clock, h.slackAway, h.frozen
	clock.Now = h.world.Clock.Now()
	data, _ := json.Marshal(update{Reset: true, World: h.company, Clock: &clock, SlackAway: &away, Frozen: &frozen, Messages: h.messages.all(), // all of it was marshaled before
		Views: h.views.all(), Instances: h.instances.all(), Executions: h.executions.all(), Emails: h.emails.all()})
	page = make(chan []byte, behind)
	page <- data
	h.pages[page] = struct{}{}
	return page
}

func (h *hub) leave(page chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, page)
}

// serve sends updates as server-sent events.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	page := h.join()
	defer h.leave(page)
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	for {
		select {
		case <-r.Context().Done():
			return
		case data, ok := <-page:
			if !ok {
				return
			}
			if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
				return
			}
			if err := flush.Flush(); err != nil {
				return
			}
		}
	}
}

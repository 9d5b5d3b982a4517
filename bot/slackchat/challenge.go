package slackchat

import (
	"encoding/json"
	"io"
	"net/http"
)

// serveEvents answers the Events API. Slack sends a challenge when the URL is entered;
// the app subscribes to no events, so anything else is acknowledged and ignored.
func (*App) serveEvents(w http.ResponseWriter, req *http.Request) {
	var e struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if err := json.NewDecoder(req.Body).Decode(&e); err != nil || e.Type == "" {
		http.Error(w, "the body is not an event: expected a JSON object with a type", http.StatusBadRequest)
		return
	}
	if e.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, e.Challenge)
	}
}

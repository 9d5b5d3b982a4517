package slacksim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

const (
	// ResponseURLUses is how often an app may post to one response URL; Slack
	// allows 5.
	ResponseURLUses = 5
	// ResponseURLLife is how long a response URL works; Slack allows 30 minutes.
	ResponseURLLife = 30 * time.Minute
)

// responseURL is the permission to answer an interaction in its channel, even
// where the app is not a member.
type responseURL struct {
	user     string
	channel  string
	original string // TS of the message to replace or delete; may be empty
	made     time.Time
	uses     int
}

// response is what an app posts to a response URL, or answers a command with.
type response struct {
	Type            string          `json:"response_type"` // "in_channel"; anything else is ephemeral
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	ThreadTS        string          `json:"thread_ts"`
	ReplaceOriginal bool            `json:"replace_original"`
	DeleteOriginal  bool            `json:"delete_original"`
}

// newResponseURL registers a response URL below /actions/ or /commands/ and
// returns its address.
func (w *Workspace) newResponseURL(kind string, to *responseURL) string {
	to.made = w.cfg.Wall()
	token := w.nextToken("response")
	path := fmt.Sprintf("/%s/%s/%d/%s", kind, w.TeamID(), w.lastID, token)
	w.responses[path] = to
	return w.url + path
}

func (w *Workspace) serveResponseURL(rw http.ResponseWriter, r *http.Request) {
	fault := w.nextFault(ResponseURLs)
	if fault != nil && !fault.AfterEffect {
		fault.serve(rw)
		return
	}
	status, err := w.useResponseURL(r)
	switch {
	case fault != nil:
		fault.serve(rw)
	case err != nil:
		asAPIError(err).serve(rw, status)
	default:
		writeJSON(rw, http.StatusOK, answer{"ok": true})
	}
}

// useResponseURL performs one post to a response URL and says with which HTTP
// status an error is answered. Errors: expired_url and used_url with 404; those
// of the content, and invalid_payload for what is not JSON, with 400.
func (w *Workspace) useResponseURL(r *http.Request) (status int, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBytes))
	if err != nil {
		return http.StatusBadRequest, apiError{code: "invalid_payload"}
	}
	w.mu.Lock()
	change, status, err := w.receive(r.URL.Path, body)
	w.mu.Unlock()
	if err == nil {
		w.notify([]Change{change})
	}
	return status, err
}

func (w *Workspace) receive(path string, body []byte) (Change, int, error) {
	to, ok := w.responses[path]
	switch {
	case !ok, w.cfg.Wall().Sub(to.made) > ResponseURLLife:
		return Change{}, http.StatusNotFound, apiError{code: "expired_url"}
	case to.uses >= ResponseURLUses:
		return Change{}, http.StatusNotFound, apiError{code: "used_url"}
	}
	var r response
	if err := json.Unmarshal(body, &r); err != nil {
		return Change{}, http.StatusBadRequest, apiError{code: "invalid_payload"}
	}
	change, err := w.respond(to, r)
	if err == nil {
		to.uses++
	}
	return change, http.StatusBadRequest, err
}

// respond posts, replaces or deletes. The first answer to a command becomes the
// original that later ones may replace.
func (w *Workspace) respond(to *responseURL, r response) (Change, error) {
	original := w.findFor(to.user, to.channel, to.original)
	if r.DeleteOriginal {
		if original == nil {
			return Change{}, apiError{code: "message_not_found"}
		}
		w.remove(original)
		return Change{Kind: Deleted, Message: original.snapshot()}, nil
	}
	says, err := w.readContent(r.Text, string(r.Blocks))
	if err != nil {
		return Change{}, err
	}
	if r.ReplaceOriginal && original != nil {
		return Change{Kind: Updated, Message: w.rewrite(original, says.text, says.blocks)}, nil
	}
	m := Message{
		Channel: to.channel, ThreadTS: r.ThreadTS, User: w.BotUserID(),
		Text: cut(says.text, limit.PostText), Blocks: says.blocks, Ephemeral: to.user,
	}
	if r.Type == "in_channel" {
		m.Ephemeral = ""
	}
	m = w.post(m)
	if to.original == "" {
		to.original = m.TS
	}
	return Change{Kind: Posted, Message: m}, nil
}

package slacksim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Call is one request to the Web API, kept so that tests can count.
type Call struct {
	Method string // e.g. "chat.postMessage"
	At     time.Time
	Error  string // Slack's error code, empty when the call succeeded
}

// Calls lists the requests to the Web API that reached their method, oldest
// first. Requests that a fault answered first are not among them.
func (w *Workspace) Calls() []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// answer is the JSON object that a method answers with, without "ok".
type answer map[string]any

// method is one row of the Web API.
type method struct {
	scopes    []string // any one of them suffices; empty means none is needed
	readsJSON bool     // whether Slack reads a JSON body; the others read forms only
	perMinute int      // Slack's tier, calls a minute
	serve     func(*call) (answer, error)
}

// method looks a method up by its name. The tiers are Slack's published ones.
func (w *Workspace) method(name string) (method, bool) {
	chat := []string{"chat:write"}
	read := []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	methods := map[string]method{
		"auth.test":             {nil, true, 300, (*call).authTest},
		"bots.info":             {[]string{"users:read"}, false, 50, (*call).botsInfo},
		"chat.delete":           {chat, true, 50, (*call).chatDelete},
		"chat.getPermalink":     {nil, false, 300, (*call).chatGetPermalink},
		"chat.postEphemeral":    {chat, true, 100, (*call).chatPostEphemeral},
		"chat.postMessage":      {chat, true, 300, (*call).chatPostMessage},
		"chat.update":           {chat, true, 50, (*call).chatUpdate},
		"conversations.info":    {read, false, 50, (*call).conversationsInfo},
		"conversations.members": {read, false, 100, (*call).conversationsMembers},
		"conversations.open":    {[]string{"im:write"}, true, 50, (*call).conversationsOpen},
		"usergroups.users.list": {[]string{"usergroups:read"}, false, 20, (*call).usergroupsUsersList},
		"users.info":            {[]string{"users:read"}, false, 100, (*call).usersInfo},
		"users.lookupByEmail":   {[]string{"users:read.email"}, false, 50, (*call).usersLookupByEmail},
		"views.open":            {nil, true, 100, (*call).viewsOpen},
		"views.publish":         {nil, true, 100, (*call).viewsPublish},
		"views.update":          {nil, true, 100, (*call).viewsUpdate},
	}
	m, ok := methods[name]
	return m, ok
}

// call is one request on its way through a method. Methods run while the
// workspace is locked and note what they changed; watchers hear of it after.
type call struct {
	w       *Workspace
	name    string
	args    map[string]string // JSON values other than strings keep their JSON form
	changes []Change
}

func (w *Workspace) serveAPI(rw http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/api/")
	fault := w.nextFault(name)
	if fault != nil && !fault.AfterEffect {
		fault.serve(rw)
		return
	}
	out, err := w.perform(name, r)
	if fault != nil {
		fault.serve(rw)
		return
	}
	rw.Header().Set("X-OAuth-Scopes", strings.Join(w.cfg.Scopes, ","))
	if err != nil {
		asAPIError(err).serve(rw, http.StatusOK)
		return
	}
	body := answer{"ok": true}
	for k, v := range out {
		body[k] = v
	}
	writeJSON(rw, http.StatusOK, body)
}

// perform runs one method from authentication to its effect.
func (w *Workspace) perform(name string, r *http.Request) (answer, error) {
	m, ok := w.method(name)
	if !ok {
		return nil, apiError{code: "unknown_method"}
	}
	args, token, err := readArgs(r, m.readsJSON)
	if err != nil {
		return nil, err
	}
	c := &call{w: w, name: name, args: args}
	out, err := c.run(m, token)
	w.notify(c.changes)
	return out, err
}

// run checks what Slack checks before a method sees its arguments, in Slack's
// order: the token, the rate limit, the scopes.
func (c *call) run(m method, token string) (out answer, err error) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	defer func() {
		done := Call{Method: c.name, At: c.w.cfg.Now()}
		if err != nil {
			done.Error = asAPIError(err).code
		}
		c.w.calls = append(c.w.calls, done)
	}()
	if err := c.w.authenticate(token); err != nil {
		return nil, err
	}
	if err := c.limitRate(m); err != nil {
		return nil, err
	}
	if err := c.w.needScope(m.scopes...); err != nil {
		return nil, err
	}
	return m.serve(c)
}

func writeJSON(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	// A failed write means that the caller is gone; there is nobody to tell.
	_ = json.NewEncoder(rw).Encode(v)
}

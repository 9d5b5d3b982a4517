package slacksim

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// stableID makes an id of Slack's shape, e.g. "U0K3J5QZ7AB": a letter for the
// kind and ten characters. The same seed gives the same id in every run.
func stableID(kind, seed string) string {
	sum := sha256.Sum256([]byte(kind + "/" + seed))
	return kind + "0" + base32.StdEncoding.EncodeToString(sum[:])[:9]
}

// nextID makes an id that is new in this workspace, for views and events. The
// caller holds the lock.
func (w *Workspace) nextID(kind string) string {
	w.lastID++
	return stableID(kind, fmt.Sprint(w.lastID))
}

// nextToken makes an unguessable-looking hexadecimal string of 32 characters,
// for trigger ids, response URLs and view hashes. The caller holds the lock.
func (w *Workspace) nextToken(kind string) string {
	w.lastID++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", kind, w.lastID))
	return hex.EncodeToString(sum[:16])
}

// nextTS makes the timestamp that identifies a message in its channel, e.g.
// "1764086400.000000": unique and later than every other. The caller holds the
// lock.
func (w *Workspace) nextTS() string {
	w.lastTS = max(w.cfg.Now().UnixMicro(), w.lastTS+1)
	return fmt.Sprintf("%d.%06d", w.lastTS/1e6, w.lastTS%1e6)
}

// TeamID is the workspace's id, e.g. "T0K3J5QZ7AB".
func (w *Workspace) TeamID() string { return stableID("T", w.cfg.Domain) }

// BotUserID is the user that the app posts as, the one people mention.
func (w *Workspace) BotUserID() string { return stableID("U", "app "+w.cfg.AppID) }

// BotID is the id of the app's bot, as in a message's bot_id.
func (w *Workspace) BotID() string { return stableID("B", w.cfg.AppID) }

// Permalink is the address of a message for a browser, e.g.
// "https://acme.slack.com/archives/C0K3J5QZ7AB/p1764086400000000". A reply's
// address names its thread, too.
func (w *Workspace) Permalink(m Message) string {
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s",
		w.cfg.Domain, m.Channel, strings.ReplaceAll(m.TS, ".", ""))
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + m.Channel
	}
	return link
}

// formatTS writes a time in the form of Slack's timestamps.
func formatTS(at time.Time) string {
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)
}

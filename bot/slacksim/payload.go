package slacksim

import (
	"net/url"
	"time"
)

// payload is the part that all interactions share.
func (w *Workspace) payload(kind, user string) answer {
	p := answer{
		"type":                  kind,
		"user":                  w.payloadUser(user),
		"api_app_id":            w.cfg.AppID,
		"token":                 stableID("", "verification token"),
		"team":                  answer{"id": w.TeamID(), "domain": w.cfg.Domain},
		"enterprise":            nil,
		"trigger_id":            w.newTrigger(user),
		"is_enterprise_install": false,
	}
	if w.cfg.Enterprise != "" {
		p["team"], p["is_enterprise_install"] = nil, true
		p["enterprise"] = answer{"id": w.cfg.Enterprise, "name": w.cfg.Domain}
	}
	return p
}

func (w *Workspace) payloadUser(id string) answer {
	u, ok := w.users[id]
	if !ok {
		u = &User{TeamID: w.TeamID()}
	}
	return answer{"id": id, "username": u.Name, "name": u.Name, "team_id": u.TeamID}
}

// formBody is the body of an interaction: a form with the JSON as its payload.
func formBody(payload answer) []byte {
	return []byte(url.Values{"payload": {string(encode(payload))}}.Encode())
}

// actionJSON describes what a person did to one element of a block.
func actionJSON(blockID string, element object, choice object, at time.Time) answer {
	out := answer{"block_id": blockID, "action_ts": formatTS(at)}
	for _, name := range []string{"type", "action_id", "text", "value", "style", "url", "placeholder", "confirm"} {
		if v, ok := element[name]; ok {
			out[name] = v
		}
	}
	for name, v := range choice {
		out[name] = v
	}
	return out
}

package slacksim

import (
	"slices"
	"strings"
)

// authenticate checks the bot token. Errors: not_authed, invalid_auth.
func (w *Workspace) authenticate(token string) error {
	switch token {
	case "":
		return apiError{code: "not_authed"}
	case w.cfg.BotToken:
		return nil
	}
	return apiError{code: "invalid_auth"}
}

// needScope passes when any one of the scopes is granted, or none is needed.
// The error is missing_scope.
func (w *Workspace) needScope(anyOf ...string) error {
	if len(anyOf) == 0 {
		return nil
	}
	for _, scope := range anyOf {
		if slices.Contains(w.cfg.Scopes, scope) {
			return nil
		}
	}
	return apiError{
		code:     "missing_scope",
		needed:   strings.Join(anyOf, ","),
		provided: strings.Join(w.cfg.Scopes, ","),
	}
}

// authTest answers auth.test: who the token belongs to, and where.
func (c *call) authTest() (answer, error) {
	who := answer{
		"url":     "https://" + c.w.cfg.Domain + ".slack.com/",
		"team":    c.w.cfg.Domain,
		"team_id": c.w.TeamID(),
		"user":    c.w.users[c.w.BotUserID()].Name,
		"user_id": c.w.BotUserID(),
		"bot_id":  c.w.BotID(),

		"is_enterprise_install": c.w.cfg.Enterprise != "",
	}
	if c.w.cfg.Enterprise != "" {
		who["enterprise_id"] = c.w.cfg.Enterprise
	}
	return who, nil
}

// botsInfo answers bots.info of the app's own bot: which app it belongs to.
func (c *call) botsInfo() (answer, error) {
	if c.args["bot"] != c.w.BotID() {
		return nil, apiError{code: "bot_not_found"}
	}
	return answer{"bot": answer{"id": c.w.BotID(), "deleted": false, "name": "patchbot", "app_id": c.w.cfg.AppID,
		"user_id": c.w.BotUserID(), "updated": 0, "icons": answer{}}}, nil
}

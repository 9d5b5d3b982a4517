package slackchat

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// interaction holds what is read of a click. Everything else, known or not, is ignored:
// a new kind of element must not break a decision.
type interaction struct {
	Type        string `json:"type"`
	ResponseURL string `json:"response_url"`
	User        struct {
		ID       string `json:"id"`
		Username string `json:"username"`
		Name     string `json:"name"`
	} `json:"user"`
	Container struct {
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
	} `json:"container"`
	Actions []struct {
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
	} `json:"actions"`
}

// isCopy reports whether a click came from another message than the request's own, as when
// Slack took a post, its answer was lost, and the question was posted again.
func (i interaction) isCopy(r bot.Request) bool {
	return r.Place.Shown() && i.Container.MessageTS != "" &&
		r.Place != bot.Place{Channel: i.Container.ChannelID, Message: i.Container.MessageTS}
}

// decideTime is the part of answerTime that deciding may take; the rest is for telling the
// person.
const decideTime = 1800 * time.Millisecond

// serveInteraction answers a click. Slack wants a 200 within 3 s; whatever there is to
// say goes to the person through the response URL.
func (a *App) serveInteraction(w http.ResponseWriter, req *http.Request) {
	var i interaction
	err := json.Unmarshal([]byte(req.PostFormValue("payload")), &i)
	if err != nil || i.Type == "" {
		http.Error(w, "the payload is not an interaction: expected a JSON object with a type", http.StatusBadRequest)
		return
	}
	if i.Type != "block_actions" {
		a.Log.Warn("ignored an interaction", "type", i.Type)
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), decideTime)
	defer cancel()
	for _, used := range i.Actions {
		text := a.click(ctx, i, used.ActionID, used.Value)
		if text == "" || i.ResponseURL == "" {
			continue
		}
		if err := a.tell(req.Context(), i.ResponseURL, text); err != nil {
			a.Log.Error("could not answer a click", "request", used.Value, "user", i.User.ID, "error", withoutURL(err))
		}
	}
}

// withoutURL keeps response URLs out of logs: for half an hour, whoever has one can post.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// click carries out one button, and returns what to tell the person who clicked.
func (a *App) click(ctx context.Context, i interaction, actionID, requestID string) string {
	action, ok := actionOf(actionID)
	if !ok {
		a.Log.Warn("unknown action", "action", actionID, "user", i.User.ID)
		return answerUnknownAction
	}
	r, err := a.Bot.Store.Get(ctx, requestID)
	if errors.Is(err, bot.ErrNotFound) {
		return answerUnknownRequest(requestID)
	}
	if err != nil {
		a.Log.Error("could not load the request", "request", requestID, "user", i.User.ID, "error", err)
		return answerNotRecorded
	}
	if i.isCopy(r) {
		a.Log.Warn("a click on a copy decides nothing", "request", r.ID, "user", i.User.ID, "message", i.Container.MessageTS)
		if err := a.replaceCopy(ctx, i.ResponseURL, r); err != nil {
			a.Log.Error("could not replace a copy", "request", r.ID, "error", withoutURL(err))
			return answerCopy
		}
		return ""
	}
	return action.do(ctx, a, click{Request: r, User: i.User.ID, Name: cmp.Or(i.User.Name, i.User.Username)})
}

// tell answers one person, visible only to them, through the response URL of what they
// did.
func (a *App) tell(ctx context.Context, responseURL, text string) error {
	return a.respond(ctx, slack.MsgOptionText(text, false), slack.MsgOptionResponseURL(responseURL, slack.ResponseTypeEphemeral))
}

// replaceCopy puts the true state, and a link, in the place of a message that shows the
// request a second time.
func (a *App) replaceCopy(ctx context.Context, responseURL string, r bot.Request) error {
	text := fmt.Sprintf("*%s*\nThis was a copy of the question, so its buttons decided nothing.", escapes.Replace(wording.Headline(r)))
	if link := a.messageLink(ctx, r); link != "" {
		text += fmt.Sprintf(" <%s|Open the one that counts>", link)
	}
	return a.respond(ctx, slack.MsgOptionText(text, false), slack.MsgOptionBlocks(section(text)), slack.MsgOptionReplaceOriginal(responseURL))
}

func (a *App) respond(ctx context.Context, options ...slack.MsgOption) error {
	return a.API(ctx, func(s *slack.Client) error {
		_, _, err := s.PostMessageContext(ctx, "", options...)
		return err
	})
}

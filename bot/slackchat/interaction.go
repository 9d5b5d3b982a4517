package slackchat

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// interaction holds what is read of a click, in a message or in a modal, and of a modal that was
// submitted. Everything else, known or not, is ignored: a new kind of element must not break a
// decision.
type interaction struct {
	Type        string `json:"type"`
	AppID       string `json:"api_app_id"`
	ResponseURL string `json:"response_url"` // of a click in a message
	TriggerID   string `json:"trigger_id"`   // opens a modal, once, within 3 s
	OrgWide     bool   `json:"is_enterprise_install"`
	Team        struct {
		ID string `json:"id"`
	} `json:"team"`
	Enterprise struct {
		ID string `json:"id"`
	} `json:"enterprise"`
	User struct {
		ID       string `json:"id"`
		Username string `json:"username"`
		Name     string `json:"name"`
		TeamID   string `json:"team_id"`
	} `json:"user"`
	Container struct {
		ChannelID string `json:"channel_id"`
		MessageTS string `json:"message_ts"`
		Ephemeral bool   `json:"is_ephemeral"` // only one person sees it
	} `json:"container"`
	View    shownModal `json:"view"` // empty of a click in a message
	Actions []struct {
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
	} `json:"actions"`
}

// viewHome is Slack's type of an App Home, whose buttons are always of what counts.
const viewHome = "home"

// isCopyOf reports whether a click came from another message than the one that counts, as when
// Slack took a post, its answer was lost, and the question was posted again.
func (i interaction) isCopyOf(p bot.Place) bool {
	return i.View.Type != viewHome && p != bot.Place{Channel: i.Container.ChannelID, Message: i.Container.MessageTS}
}

func (i interaction) origin() origin {
	return origin{AppID: i.AppID, TeamID: i.Team.ID, EnterpriseID: i.Enterprise.ID, OrgWide: i.OrgWide}
}

// decidePart is the part of the time for an answer that deciding may take; the rest is for telling
// the person.
const decidePart = 0.72

// serveInteraction answers a click, or a modal that was submitted. Slack wants a 200 within 3 s;
// whatever there is to say of a click goes to the person through the response URL.
func (a *App) serveInteraction(w http.ResponseWriter, req *http.Request) {
	var i interaction
	err := json.Unmarshal([]byte(req.PostFormValue("payload")), &i)
	if err != nil || i.Type == "" {
		http.Error(w, "the payload is not an interaction: expected a JSON object with a type", http.StatusBadRequest)
		return
	}
	ctx, cancel := bot.Share(req.Context(), decidePart, AnswerTime)
	defer cancel()
	switch {
	case i.Type == "view_submission":
		answerSubmission(w, a.submit(ctx, req.Context(), i))
		return
	case i.Type != "block_actions":
		a.Log.Warn("ignored an interaction", "type", i.Type)
		return
	case i.View.Type == viewHome:
		a.clickHome(ctx, req.Context(), i)
		return
	case i.View.ID != "":
		a.clickInModal(ctx, i)
		return
	}
	if i.ResponseURL != "" && !a.answersThere(i.ResponseURL) {
		a.Log.Warn("ignored a response URL that is not Slack's", "user", i.User.ID)
		i.ResponseURL = ""
	}
	for _, used := range i.Actions {
		answer := a.click(ctx, i, used.ActionID, used.Value)
		if answer.Text == "" || i.ResponseURL == "" {
			continue
		}
		if err := a.tell(req.Context(), i.ResponseURL, answer); err != nil {
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
func (a *App) click(ctx context.Context, i interaction, actionID, value string) reply {
	action, ok := actionOf(actionID)
	if !ok {
		a.Log.Warn("unknown action", "action", actionID, "user", i.User.ID)
		return reply{Text: answerUnknownAction}
	}
	switch who := a.startWhoActs(ctx, i); {
	case action.listed != "":
		if _, refused := who(); refused != "" {
			return reply{Text: refused}
		}
		return a.decideListed(ctx, i, action.listed, value)
	case action.doDigest != nil:
		return a.clickDigest(ctx, i, action, who, value)
	default:
		return reply{Text: a.clickRequest(ctx, i, action, who, value)}
	}
}

// startWhoActs starts to find out who did something, while what it is about is loaded. What it
// returns waits for the answer.
func (a *App) startWhoActs(ctx context.Context, i interaction) func() (click, string) {
	var c click
	var refused string
	found := make(chan struct{})
	go func() {
		defer close(found)
		c, refused = a.whoActs(ctx, i)
		c.Trigger, c.Home = i.TriggerID, i.View.Type == viewHome
	}()
	return func() (click, string) {
		<-found
		return c, refused
	}
}

// checkAhead starts to find out whether somebody may decide requests, while Slack is being asked which
// app this is: the first click after a start has little time, and what Slack says is remembered.
func (a *App) checkAhead(ctx context.Context, i interaction, requests ...bot.Request) {
	if a.Chat.installed.isUnknown() {
		go a.Bot.MayDecide(ctx, requests, bot.Actor{Via: viaSlack, User: i.User.ID}, workflow.Approved)
	}
}

// whoActs says who did something, or why it is not done: it comes from elsewhere, or where it
// comes from cannot be found out.
func (a *App) whoActs(ctx context.Context, i interaction) (c click, refused string) {
	who, err := a.Chat.installed.get(ctx, a.Chat.api, a.Chat.now())
	if err != nil {
		a.Log.Error("cannot tell where a click was made", "user", i.User.ID, "error", err)
		return click{}, answerNotChecked
	}
	if err := who.check(i.origin()); err != nil {
		a.Log.Warn("a click decides nothing", "user", i.User.ID, "error", err)
		return click{}, answerForeign
	}
	return click{User: i.User.ID, Name: cmp.Or(i.User.Name, i.User.Username), Outsider: who.isForeign(i.User.TeamID)}, ""
}

// clickRequest carries out a button of a request's message.
func (a *App) clickRequest(ctx context.Context, i interaction, action action, who func() (click, string), requestID string) string {
	r, err := a.loadShown(ctx, requestID)
	if err == nil {
		a.checkAhead(ctx, i, r)
	}
	c, refused := who()
	if refused != "" {
		return refused
	}
	if errors.Is(err, bot.ErrNotFound) {
		return answerUnknownRequest(requestID)
	}
	if err != nil {
		a.Log.Error("could not load the request", "request", requestID, "user", i.User.ID, "error", err)
		return answerNotRecorded
	}
	if !r.Place.Shown() && !action.anywhere {
		return answerNotShownYet
	}
	if i.isCopyOf(r.Place) && (!action.anywhere || !i.Container.Ephemeral) {
		return a.clickCopy(ctx, i, escapes.Replace(wording.Headline(r)), r.Place)
	}
	c.Request = r
	return action.do(ctx, a, c)
}

// shownWithin is how long a click waits for its message's place to be saved, and shownPart, of the
// time there is: whoever posted it may be about to. Later, whoever did was killed, and it is posted
// anew.
const (
	shownWithin = 500 * time.Millisecond
	shownPart   = 0.3
	lookAgain   = 50 * time.Millisecond
)

// loadShown loads a request whose message somebody has clicked in.
func (a *App) loadShown(ctx context.Context, requestID string) (r bot.Request, err error) {
	err = untilShown(ctx, func() (bool, error) {
		r, err = a.Bot.Store.Get(ctx, requestID)
		return r.Place.Shown(), err
	})
	return r, err
}

// untilShown looks until the place of a message that somebody has clicked in is saved, or for
// shownWithin.
func untilShown(ctx context.Context, look func() (shown bool, err error)) error {
	waiting, cancel := bot.Share(ctx, shownPart, shownWithin)
	defer cancel()
	for {
		shown, err := look()
		if err != nil || shown || waiting.Err() != nil {
			return err
		}
		select {
		case <-waiting.Done():
		case <-time.After(lookAgain):
		}
	}
}

// slackHosts are where Slack takes answers.
var slackHosts = []string{"hooks.slack.com", "hooks.slack-gov.com"}

// answersThere reports whether a response URL is one of Slack's, or of what stands in its
// place.
func (a *App) answersThere(responseURL string) bool {
	u, err := url.Parse(responseURL)
	if err != nil || u.User != nil {
		return false
	}
	if instead, err := url.Parse(a.APIURL); err == nil && a.APIURL != "" && u.Scheme == instead.Scheme && u.Host == instead.Host {
		return true
	}
	return u.Scheme == "https" && slices.Contains(slackHosts, u.Host)
}

// tell answers one person, visible only to them, through the response URL of what they
// did.
func (a *App) tell(ctx context.Context, responseURL string, answer reply) error {
	to := slack.MsgOptionResponseURL(responseURL, slack.ResponseTypeEphemeral)
	if answer.Replace {
		to = slack.MsgOptionReplaceOriginal(responseURL)
	}
	return a.respond(ctx, append(says(answer.Text), to)...)
}

// clickCopy answers a click on a message that shows a question a second time: it puts the true
// state, and a link, in the message's place.
func (a *App) clickCopy(ctx context.Context, i interaction, headline string, original bot.Place) string {
	a.Log.Warn("a click on a copy decides nothing", "user", i.User.ID, "message", i.Container.MessageTS, "original", original.Message)
	text := fmt.Sprintf("*%s*\nThis was a copy of the question, so its buttons decided nothing.", headline)
	if link := a.messageLink(ctx, original); link != "" {
		text += fmt.Sprintf(" <%s|Open the one that counts>", link)
	}
	err := a.respond(ctx, append(says(text), slack.MsgOptionReplaceOriginal(i.ResponseURL))...)
	if err != nil {
		a.Log.Error("could not replace a copy", "message", i.Container.MessageTS, "error", withoutURL(err))
		return answerCopy
	}
	return ""
}

func (a *App) respond(ctx context.Context, options ...slack.MsgOption) error {
	return a.Chat.api(ctx, func(s *slack.Client) error {
		_, _, err := s.PostMessageContext(ctx, "", options...)
		return err
	})
}

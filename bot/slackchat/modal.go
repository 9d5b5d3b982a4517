package slackchat

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
)

// modal is a window that a button opens, and what becomes of it.
type modal struct {
	ID string // Slack's callback_id, e.g. "reject_all"
	// submit carries out what was entered, and says what the person sees next; nil where nothing can be.
	submit func(ctx context.Context, a *App, s submission) modalAnswer
	// changed renders the modal anew after something in it was chosen; nil where nothing can be.
	changed func(s submission) slack.ModalViewRequest
}

// modals is the table of all modals.
func modals() []modal {
	return []modal{
		{ID: modalReject, submit: submitReject},
		{ID: modalRejectAll, submit: submitRejectAll},
		{ID: modalReview, submit: submitReview, changed: reviewChanged},
		{ID: modalSchedule, submit: submitSchedule},
		{ID: modalMove, submit: submitMove},
		{ID: modalScheduled, submit: submitScheduled},
		{ID: modalEmergency, submit: submitEmergency},
		{ID: modalAgree, submit: submitAgree},
		{ID: modalPatches, changed: patchesChanged},
		{ID: modalRollBack, submit: submitRollBack},
		{ID: modalOutput},
	}
}

func modalOf(id string) (modal, bool) {
	all := modals()
	i := slices.IndexFunc(all, func(m modal) bool { return m.ID == id })
	if i < 0 {
		return modal{}, false
	}
	return all[i], true
}

// shownModal is what is read of a modal that somebody uses.
type shownModal struct {
	ID         string     `json:"id"`
	Type       string     `json:"type"` // "modal" or "home"
	Hash       string     `json:"hash"`
	CallbackID string     `json:"callback_id"`
	Metadata   string     `json:"private_metadata"`
	State      modalState `json:"state"`
}

// modalState is what somebody has entered and chosen.
type modalState struct {
	Values map[string]map[string]entered `json:"values"` // by block and action
}

type entered struct {
	Value   string   `json:"value"`
	Option  option   `json:"selected_option"`
	Options []option `json:"selected_options"`
	Time    int64    `json:"selected_date_time"` // unix seconds, 0: none
}

type option struct {
	Value string `json:"value"`
}

// of is what was entered in an element, whichever block it stands in.
func (s modalState) of(actionID string) entered {
	for _, elements := range s.Values {
		if e, ok := elements[actionID]; ok {
			return e
		}
	}
	return entered{}
}

// block is the id of the block that an element stands in.
func (s modalState) block(actionID string) string {
	for id, elements := range s.Values {
		if _, ok := elements[actionID]; ok {
			return id
		}
	}
	return ""
}

// submission is a modal about a message, of a digest or of one request, as somebody used it. Nothing of it gives them any right:
// the ids that they chose count where they are of the message, and each decision is authorised
// when it is made.
type submission struct {
	digestClick
	State  modalState
	Button string // what a button keeps that was clicked in it; may be empty
}

// modalAbout is what a modal keeps of the click that opened it.
type modalAbout struct {
	Digest   string    `json:"digest,omitzero"`
	Last     string    `json:"last,omitzero"`      // see listedDigest
	Request  string    `json:"request,omitzero"`   // of a modal about one request alone
	Channel  string    `json:"channel"`            // in which the message stands
	User     string    `json:"user"`               // for whom it was opened
	AgreesTo time.Time `json:"agrees_to,omitzero"` // see click.AgreesTo
	Home     bool      `json:"home,omitzero"`      // from their App Home, which is to show what came of it
}

func (c digestClick) about() string {
	data, err := json.Marshal(modalAbout{Digest: c.Listed.ID, Last: c.Listed.Last, Request: c.Request.ID, Channel: c.Message.Place.Channel, User: c.User, AgreesTo: c.AgreesTo, Home: c.Home})
	if err != nil {
		return "" // strings always have JSON
	}
	return string(data)
}

// modalAnswer is what a person sees after they submitted a modal: the modal with errors beside
// its inputs, or another one in its place. The zero value closes it.
type modalAnswer struct {
	Errors map[string]string // by block
	View   slack.ModalViewRequest
}

func answerSubmission(w http.ResponseWriter, answer modalAnswer) {
	response := slack.NewUpdateViewSubmissionResponse(&answer.View)
	switch {
	case len(answer.Errors) > 0:
		response = slack.NewErrorsViewSubmissionResponse(answer.Errors)
	case answer.View.Type == "":
		response = slack.NewClearViewSubmissionResponse()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(response)
}

const (
	answerUnknownModal = "I do not know this window. It may come from another version of me; nothing was changed."
	answerNotYours     = "This window was not opened for you, so nothing has changed."
	answerTooSlow      = "Slack waited too long for me, so no window opened and nothing has changed. Please click again."
	answerNoModal      = "I could not open the window just now, so nothing has changed. Please click again in a minute."
)

// openModal opens a modal for whoever clicked, and says what to tell them where that failed.
func (a *App) openModal(ctx context.Context, c click, view slack.ModalViewRequest) reply {
	err := a.Chat.api(ctx, func(s *slack.Client) error {
		_, err := s.OpenViewContext(ctx, c.Trigger, view)
		return err
	})
	switch {
	case err == nil:
		return reply{}
	case triggerErrors.MatchString(codeIn(err)):
		a.Log.Warn("a trigger had run out", "user", c.User, "error", err)
		return reply{Text: answerTooSlow}
	}
	a.Log.Error("could not open a modal", "modal", view.CallbackID, "user", c.User, "error", err)
	return reply{Text: answerNoModal}
}

// submit carries out a modal that was submitted. An App Home that opened it is rendered anew in the
// time that telling has.
func (a *App) submit(ctx, telling context.Context, i interaction) modalAnswer {
	m, s, refused := a.used(ctx, i)
	if refused == "" && m.submit == nil {
		refused = answerUnknownModal
	}
	if refused != "" {
		return modalAnswer{View: closingView(refused)}
	}
	answer := m.submit(ctx, a, s)
	if s.Home && len(answer.Errors) == 0 {
		if err := a.publishHome(telling, invocation{User: s.User, Name: s.Name}, ""); err != nil {
			a.Log.Error("could not render an App Home anew", "user", s.User, "error", err)
		}
	}
	return answer
}

// clickInModal renders a modal anew in which something was chosen. One that was closed, or has
// changed meanwhile, is left alone.
func (a *App) clickInModal(ctx context.Context, i interaction) {
	m, s, refused := a.used(ctx, i)
	view := closingView(refused)
	switch {
	case refused != "":
	case m.changed == nil:
		return
	default:
		view = m.changed(s)
	}
	err := a.Chat.api(ctx, func(client *slack.Client) error {
		_, err := client.UpdateViewContext(ctx, view, "", i.View.Hash, i.View.ID)
		return err
	})
	if err != nil && !goneViewErrors.MatchString(codeIn(err)) {
		a.Log.Error("could not update a modal", "modal", i.View.CallbackID, "user", i.User.ID, "error", err)
	}
}

// used finds the modal that somebody used, and what it is about; else it says why nothing is
// done.
func (a *App) used(ctx context.Context, i interaction) (m modal, s submission, refused string) {
	m, ok := modalOf(i.View.CallbackID)
	if !ok {
		a.Log.Warn("unknown modal", "modal", bot.Tidy(i.View.CallbackID, limit.ID), "user", i.User.ID)
		return m, s, answerUnknownModal
	}
	who := a.startWhoActs(ctx, i)
	var about modalAbout
	var message bot.Message
	err := json.Unmarshal([]byte(i.View.Metadata), &about)
	own := err == nil && about.User != "" && about.User == i.User.ID
	listed := listedDigest{ID: about.Digest, Last: about.Last}
	if own {
		message, err = a.loadAbout(ctx, about, listed)
		a.checkAhead(ctx, i, message.Requests...)
	}
	c, refused := who()
	c.Home, c.AgreesTo = about.Home, about.AgreesTo
	switch {
	case refused != "":
		return m, s, refused
	case !own:
		a.Log.Warn("a modal that is not the person's own decides nothing", "modal", m.ID, "user", c.User)
		return m, s, answerNotYours
	case err != nil:
		a.Log.Error("could not load what a modal is about", "digest", listed.ID, "request", about.Request, "user", c.User, "error", err)
		return m, s, answerCommandFailed
	case len(message.Requests) == 0, message.Place.Channel != about.Channel:
		return m, s, answerDigestMoved
	}
	s = submission{digestClick: digestClick{click: c, Listed: listed, Message: message}, State: i.View.State}
	if about.Request != "" {
		s.Request = message.Requests[0] // so that a view rendered anew keeps what it is about
	}
	if len(i.Actions) > 0 {
		s.Button = i.Actions[0].Value
	}
	return m, s, ""
}

// loadAbout loads the digest, or the request alone, that a modal is about.
func (a *App) loadAbout(ctx context.Context, about modalAbout, listed listedDigest) (bot.Message, error) {
	if about.Request == "" {
		return a.loadDigest(ctx, listed)
	}
	r, err := a.Bot.Store.Get(ctx, about.Request)
	return bot.Message{Place: r.Place, Requests: []bot.Request{r}}, err
}

// closingView says what came of a modal.
func closingView(text string) slack.ModalViewRequest {
	return slack.ModalViewRequest{Type: slack.VTModal, Title: plainText("patchbot", limit.ModalCaption),
		Close: plainText("Close", limit.ModalCaption), Blocks: slack.Blocks{BlockSet: sections(text)}}
}

package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/patchbot/patchbot/workflow"
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
func (i interaction) isCopy(r Request) bool {
	return r.Message.TS != "" && i.Container.MessageTS != "" &&
		(i.Container.MessageTS != r.Message.TS || i.Container.ChannelID != r.Message.Channel)
}

// verdicts are the buttons that decide.
var verdicts = map[string]workflow.Verdict{
	ActionApprove: workflow.Approved,
	ActionReject:  workflow.Rejected,
}

const (
	answerUnknownAction = "I do not know this button. The message may come from another version of me; nothing was changed."
	answerNotRecorded   = "I could not confirm that this is recorded. Please look at the message in a minute, and click again if its buttons are still there."
	answerNotChecked    = "I could not check with Slack whether you may decide this, so nothing has changed. Please click again in a minute."
	answerCopy          = "This is a copy of the question, so its buttons decide nothing. `/patch status` has a link to the one that counts."
	answerNotDelivered  = "I could not reach AWS just now. Your decision is recorded and will be delivered."
)

// decideTime is the part of answerTime that deciding may take; the rest is for telling the
// person.
const decideTime = 1800 * time.Millisecond

// serveInteraction answers a click. Slack wants a 200 within 3 s; whatever there is to
// say goes to the person through the response URL.
func (b *Bot) serveInteraction(w http.ResponseWriter, req *http.Request) {
	var i interaction
	err := json.Unmarshal([]byte(req.PostFormValue("payload")), &i)
	if err != nil || i.Type == "" {
		http.Error(w, "the payload is not an interaction: expected a JSON object with a type", http.StatusBadRequest)
		return
	}
	if i.Type != "block_actions" {
		b.Log.Warn("ignored an interaction", "type", i.Type)
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), decideTime)
	defer cancel()
	for _, action := range i.Actions {
		text := b.click(ctx, i, action.ActionID, action.Value)
		if text == "" || i.ResponseURL == "" {
			continue
		}
		if err := b.tell(req.Context(), i.ResponseURL, text); err != nil {
			b.Log.Error("could not answer a click", "request", action.Value, "user", i.User.ID, "error", withoutURL(err))
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
func (b *Bot) click(ctx context.Context, i interaction, actionID, requestID string) string {
	verdict, ok := verdicts[actionID]
	if !ok {
		b.Log.Warn("unknown action", "action", actionID, "user", i.User.ID)
		return answerUnknownAction
	}
	r, err := b.Store.Get(ctx, requestID)
	if err != nil {
		return b.notLoaded(requestID, i.User.ID, err)
	}
	if i.isCopy(r) {
		b.log(r).Warn("a click on a copy decides nothing", "user", i.User.ID, "message", i.Container.MessageTS)
		if err := b.replaceCopy(ctx, i.ResponseURL, r); err != nil {
			b.log(r).Error("could not replace a copy", "error", withoutURL(err))
			return answerCopy
		}
		return ""
	}
	actor := Actor{Via: "slack", User: i.User.ID, Name: cmp.Or(i.User.Name, i.User.Username)}
	return b.decide(ctx, r, actor, Action{Verdict: verdict})
}

// notLoaded says why a request cannot be decided now.
func (b *Bot) notLoaded(requestID, user string, err error) string {
	if errors.Is(err, ErrNotFound) {
		return unknownRequestAnswer(requestID)
	}
	b.Log.Error("could not load the request", "request", requestID, "user", user, "error", err)
	return answerNotRecorded
}

// Decide records what a person decided about a request, and returns what only that
// person is told, in mrkdwn: "" when the message and its thread say it all.
func (b *Bot) Decide(ctx context.Context, requestID string, actor Actor, action Action) string {
	r, err := b.Store.Get(ctx, requestID)
	if err != nil {
		return b.notLoaded(requestID, actor.User, err)
	}
	return b.decide(ctx, r, actor, action)
}

func (b *Bot) decide(ctx context.Context, r Request, actor Actor, action Action) string {
	log := b.Log.With("request", r.ID, "user", actor.User, "verdict", action.Verdict)
	approvers, err := b.approvers(ctx, r)
	if err != nil {
		log.Error("could not look up the owner", "error", err)
		return answerNotRecorded
	}
	now := b.Now()
	var unchecked error
	if actor.Approver, unchecked = b.isApprover(ctx, approvers, actor.User); unchecked != nil {
		log.Error("could not check an approver", "error", unchecked)
	}
	r, answers, err := b.change(ctx, r.ID, func(r Request) (Request, []Effect) {
		if unchecked != nil {
			refusal := audit(now, actor.String(), string(action.Verdict), r.Status, r.Status, "could not be checked")
			return r, []Effect{answer(answerNotChecked), refusal}
		}
		r.Approvers = approvers
		return Decide(r, actor, action, now)
	})
	if err != nil {
		log.Error("could not record a decision", "error", err)
		return answerNotRecorded
	}
	if len(answers) > 0 {
		return answers[0].Text
	}
	if r.undelivered() {
		return answerNotDelivered
	}
	return ""
}

// undelivered reports whether Step Functions did not take the decision and nobody is
// trying just now.
func (r Request) undelivered() bool {
	return r.ClaimedUntil.IsZero() &&
		slices.ContainsFunc(r.Outbox, func(e Effect) bool { return e.Kind == EffectCompleteDecision })
}

func unknownRequestAnswer(id string) string {
	return "I do not know the request " + "`" + esc(id, 40) + "`. It may have been deleted long after it ended. `/patch status` lists the open ones."
}

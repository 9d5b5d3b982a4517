package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// failure is what Slack, or the demo, shows when something went wrong.
type failure struct {
	Error       string            `json:"error,omitempty"`
	FieldErrors map[string]string `json:"fieldErrors,omitempty"` // of a modal, by block_id
}

// maxBody is more than a page ever sends.
const maxBody = 256 << 10

// acts are what can be done on the page, by path. Each takes one JSON object.
func (s *Server) acts() map[string]http.Handler {
	slack, fleet := s.world.Slack, s.world
	return map[string]http.Handler{
		"/slack/act": act(func(ctx context.Context, in elementAct) (slacksim.Delivery, error) {
			seen, err := s.seen(in)
			if err != nil {
				return slacksim.Delivery{}, err
			}
			return slack.Act(ctx, in.User, seen, in.element())
		}),
		"/slack/view/act": act(s.actInView),
		"/slack/view/submit": act(func(ctx context.Context, in struct {
			User, View string
			Inputs     slacksim.Inputs
		}) (slacksim.Delivery, error) {
			return slack.SubmitView(ctx, in.User, in.View, in.Inputs)
		}),
		"/slack/view/close": act(func(ctx context.Context, in struct{ User, View string }) (slacksim.Delivery, error) {
			return slack.CloseView(ctx, in.User, in.View)
		}),
		"/slack/home": act(func(ctx context.Context, in struct{ User string }) (slacksim.Delivery, error) {
			return slack.OpenHome(ctx, in.User)
		}),
		"/slack/type":          act(s.typed),
		"/slack/away":          do(func(in struct{ Away bool }) error { fleet.SetSlackAway(in.Away); return nil }),
		"/fleet/non-compliant": do(func(in struct{ IDs []string }) error { return fleet.MakeNonCompliant(in.IDs) }),
		"/fleet/online": do(func(in struct {
			IDs    []string
			Online bool
		}) error {
			fleet.SetOnline(in.IDs, in.Online)
			return nil
		}),
		"/fleet/fail": do(func(in struct {
			IDs  []string
			Fail bool
		}) error {
			fleet.FailNextInstall(in.IDs, in.Fail)
			return nil
		}),
		"/fleet/patch-day": do(func(struct{}) error { return fleet.PatchDay() }),
		"/fleet/freeze":    do(func(in struct{ Frozen bool }) error { fleet.SetFrozen(in.Frozen); return nil }),
		"/clock/speed":     do(s.setSpeed),
		"/clock/skip":      do(func(struct{}) error { return fleet.SkipToDeadline() }),
	}
}

// elementAct is a person's use of one element.
type elementAct struct {
	User, Channel, TS, View  string
	Seen                     int // how often the message had been updated when it was seen
	ActionID, BlockID, Value string
	Inputs                   slacksim.Inputs // what they had entered in the view before
}

func (a elementAct) element() slacksim.Element {
	return slacksim.Element{ActionID: a.ActionID, BlockID: a.BlockID, Value: a.Value}
}

// actInView lets a person use an element of a view, in which they may have entered something.
func (s *Server) actInView(ctx context.Context, in elementAct) (slacksim.Delivery, error) {
	if len(in.Inputs) > 0 { // an App Home keeps none
		if err := s.world.Slack.FillView(in.User, in.View, in.Inputs); err != nil {
			return slacksim.Delivery{}, err
		}
	}
	return s.world.Slack.ActInView(ctx, in.User, in.View, in.element())
}

// seen is the message as it stood when the person saw it.
func (s *Server) seen(in elementAct) (slacksim.Message, error) {
	m, ok := s.world.Slack.Message(in.Channel, in.TS)
	for _, e := range s.world.Slack.Ephemerals(in.User) {
		if !ok && e.Channel == in.Channel && e.TS == in.TS {
			m, ok = e, true
		}
	}
	if !ok {
		return m, fmt.Errorf("message %s: %w", in.TS, slacksim.ErrNotShown)
	}
	if in.Seen >= 0 && in.Seen < len(m.History) {
		m.Blocks, m.Text = m.History[in.Seen].Blocks, m.History[in.Seen].Text
	}
	return m, nil
}

// typedLine is what somebody typed in a channel or a thread.
type typedLine struct{ User, Channel, Text, Thread string }

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// typed sends a slash command to the bot, and words to the channel.
func (s *Server) typed(ctx context.Context, in typedLine) (slacksim.Delivery, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(in.Text), " ")
	switch {
	case word == "":
		return slacksim.Delivery{}, nil
	case strings.HasPrefix(word, "/") && in.Thread != "":
		return slacksim.Delivery{}, refusal(word + " is not supported in threads. Type it in the channel.")
	case word == slackchat.SlashCommand:
		return s.world.Slack.Command(ctx, in.User, in.Channel, word, strings.TrimSpace(rest))
	case strings.HasPrefix(word, "/"):
		return slacksim.Delivery{}, refusal(word + " is not a valid command. In this workspace there is " + slackchat.SlashCommand + ".")
	}
	channels := s.world.Slack.Channels()
	n := slices.IndexFunc(channels, func(ch slacksim.Channel) bool { return ch.ID == in.Channel })
	if n < 0 || !slices.Contains(channels[n].Members, in.User) {
		return slacksim.Delivery{}, fmt.Errorf("channel %s: %w", in.Channel, slacksim.ErrNotShown)
	}
	s.world.Slack.Say(in.User, in.Channel, in.Thread, escapes.Replace(strings.TrimSpace(in.Text)))
	return slacksim.Delivery{}, nil
}

// MaxSpeed is how many times as fast as life the clock can go. It leaves the bot some real time
// of the 30 seconds for which it claims a request.
const MaxSpeed = 100

func (s *Server) setSpeed(in struct{ Speed float64 }) error {
	if in.Speed < 0 || in.Speed > MaxSpeed {
		return fmt.Errorf("speed is %g, expected 0 to %d", in.Speed, MaxSpeed)
	}
	s.world.Clock.SetSpeed(in.Speed)
	return nil
}

// refusal is an answer of Slack itself.
type refusal string

func (r refusal) Error() string { return string(r) }

// act is what reaches the bot: what Slack would show of its answer is the page's.
func act[In any](perform func(context.Context, In) (slacksim.Delivery, error)) http.Handler {
	return taking(func(ctx context.Context, in In) failure {
		d, err := perform(ctx, in)
		return failure{Error: inSlacksWords(err), FieldErrors: d.FieldErrors}
	})
}

// do is what befalls the world.
func do[In any](perform func(In) error) http.Handler {
	return taking(func(_ context.Context, in In) failure {
		return failure{Error: inWords(perform(in))}
	})
}

func taking[In any](handle func(context.Context, In) failure) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err == nil {
			err = json.Unmarshal(body, &in)
		}
		if err != nil {
			answer(w, http.StatusBadRequest, failure{Error: "The page sent what this server does not understand: " + err.Error()})
			return
		}
		answer(w, http.StatusOK, handle(r.Context(), in))
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a page that has gone needs no answer
}

// inWords says what a person can do.
func inWords(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, world.ErrFull):
		return "1,000 instances have been added, and that is the most. Start the demo again for more."
	case errors.Is(err, world.ErrNoDeadline):
		return "Nobody is asked anything, so there is no deadline. Make an instance non-compliant first."
	case errors.Is(err, awssim.ErrNoInstance):
		return "This instance is not in the fleet. Reload the page."
	}
	return err.Error()
}

// inSlacksWords is what a person sees in Slack.
func inSlacksWords(err error) string {
	var d *slacksim.DeliveryError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &d):
		return fmt.Sprintf("patchbot did not answer as it should (%s). Try again.", d.Code)
	case errors.Is(err, slacksim.ErrNotShown):
		return "That is no longer on your screen, or you are not in this channel."
	case errors.Is(err, slacksim.ErrIncomplete):
		return "Please complete this required field."
	}
	return err.Error()
}

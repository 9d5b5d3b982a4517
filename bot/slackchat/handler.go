package slackchat

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"
)

// maxBody is the largest request body that is read. Slack's are far smaller: a modal
// with all its state stays under 250 kB.
const maxBody = 1 << 20

// AnswerTime is how long after Slack sent a request its answer is to be on the way: Slack shows
// an error after 3 s. What is not done by then stays in the outbox. The handler counts from when it
// is called; where a request waited before that, its context ends earlier.
const AnswerTime = 2500 * time.Millisecond

const commandsPattern = "POST /slack/commands"

// SigningSecrets returns the secrets that a request may be signed with: the current one
// and, while rotating, the previous one.
type SigningSecrets func(ctx context.Context) ([]string, error)

// Handler serves everything that Slack sends. It verifies the signature over the raw body
// before it looks into it.
func (a *App) Handler(secrets SigningSecrets) http.Handler {
	signed := func(h http.HandlerFunc) http.Handler { return a.verified(secrets, h) }
	mux := http.NewServeMux()
	mux.Handle("POST /slack/interactions", signed(a.serveInteraction))
	mux.Handle(commandsPattern, signed(a.serveCommand))
	mux.Handle("POST /slack/events", signed(a.serveEvents))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	return mux
}

// verified passes a request on only when one of the secrets signed it. The body that the
// next handler reads is the very one that was verified.
func (a *App) verified(secrets SigningSecrets, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx, cancel := context.WithTimeout(req.Context(), AnswerTime)
		defer cancel()
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			http.Error(w, "the body is over 1 MiB", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		if probesCommand(req, body) {
			return
		}
		keys, err := secrets(ctx)
		if err != nil {
			a.Log.Error("cannot read the signing secret", "error", err)
			http.Error(w, "the signing secret cannot be read just now", http.StatusServiceUnavailable)
			return
		}
		if err := verify(req.Header, body, keys); err != nil {
			a.Log.Warn("refused a request", "path", req.Pattern, "reason", refusedBecause(err))
			http.Error(w, "the request is not signed by Slack for this app", http.StatusUnauthorized)
			return
		}
		req = req.WithContext(ctx)
		req.Body = io.NopCloser(bytes.NewReader(body))
		next(w, req)
	})
}

// probesCommand reports whether Slack only probes the command's certificate. It does not sign that,
// wants a 200, and nothing else of it is read.
func probesCommand(req *http.Request, body []byte) bool {
	if req.Pattern != commandsPattern {
		return false
	}
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("ssl_check") == "1"
}

// refusedBecause is why a request was refused, in fixed words: what an attacker sent belongs
// in no log.
func refusedBecause(err error) string {
	switch {
	case errors.Is(err, errNoSecrets):
		return "there is no signing secret to verify with"
	case errors.Is(err, slack.ErrMissingHeaders):
		return "the signature's headers are missing"
	case errors.Is(err, slack.ErrExpiredTimestamp):
		return "the signature is older than five minutes, or from the future"
	case errors.Is(err, slack.ErrInvalidSignature):
		return "the signature fits no signing secret"
	}
	return "the signature's headers are malformed"
}

var errNoSecrets = errors.New("there is no signing secret to verify with")

func verify(header http.Header, body []byte, secrets []string) error {
	err := errNoSecrets
	for _, secret := range secrets {
		var verifier slack.SecretsVerifier
		if verifier, err = slack.NewSecretsVerifier(header, secret); err != nil {
			continue
		}
		_, _ = verifier.Write(body) // a hash never fails
		if err = verifier.Ensure(); err == nil {
			return nil
		}
	}
	return err
}

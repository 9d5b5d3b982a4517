package wiring

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"

	"github.com/patchbot/patchbot/bot/slackchat"
)

// leastTime is what a request is given at least, however long ago the gateway says that it took it:
// Slack may have shown an error by then, or the clock is off, but what somebody decided is recorded.
const leastTime = time.Second

// Prepare does what the first request would have to wait for otherwise, and need not be known before:
// it asks Slack which app this is.
func (a *App) Prepare(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, slackchat.AnswerTime)
	defer cancel()
	if err := a.chat.FindInstallation(ctx); err != nil {
		a.Bot.Log.Warn("could not ask Slack ahead which app this is", "error", err)
	}
}

// answerBy is when the answer to a request has to be on its way that the gateway took at some time, in
// milliseconds since 1970; 0: it does not say. Before the program sees a request, its start may have
// used up more than half of Slack's time.
func answerBy(took int64, now time.Time) time.Time {
	sent := now
	if at := time.UnixMilli(took); took > 0 && at.Before(now) {
		sent = at
	}
	end, least := sent.Add(slackchat.AnswerTime), now.Add(leastTime)
	if end.Before(least) {
		return least
	}
	return end
}

// answeredInTime ends the context of what Slack sent when its answer has to be on its way.
func answeredInTime(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		gateway, _ := core.GetAPIGatewayV2ContextFromContext(req.Context())
		ctx, cancel := context.WithDeadline(req.Context(), answerBy(gateway.TimeEpoch, time.Now()))
		defer cancel()
		*req = *req.WithContext(ctx) // in its place: unlessMissing reads in it which pattern fitted
		h.ServeHTTP(w, req)
	})
}

// Interact is the handler of the function interact: what Slack sends, through API
// Gateway's HTTP API with payload 2.0. A request whose signature fits no known secret is
// verified again when the secret has been replaced; until then nothing has looked into it.
func (a *App) Interact(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	secret := a.Secrets.Current()
	answer, err := a.http.ProxyWithContext(ctx, event)
	if err == nil && answer.StatusCode == http.StatusUnauthorized {
		if _, ok := a.Secrets.Renew(ctx, secret); ok {
			answer, err = a.http.ProxyWithContext(ctx, event)
		}
	}
	if err != nil {
		a.invocationLog(ctx).Error("cannot read a request", "path", event.RawPath, "error", err)
	}
	return answer, err
}

// answering gives the status 200 to an answer that a handler left empty, as net/http does:
// the adapter takes it for a fault.
func answering(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h.ServeHTTP(w, req)
		_, _ = w.Write(nil)
	})
}

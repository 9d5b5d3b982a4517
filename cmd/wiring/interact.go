package wiring

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

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

package local

import (
	"context"
	"net/http"

	"github.com/patchbot/patchbot/bot/email"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/webpage"
)

// serve makes the bot reachable: for Slack, and for whoever opens a mail's link.
func (p *Patchbot) serve(network *network, app *slackchat.App) (err error) {
	page := webpage.App{Bot: p.Bot, Log: p.config.Log}
	mux := http.NewServeMux()
	mux.Handle("/", app.Handler(func(context.Context) ([]string, error) { return []string{signingID}, nil }))
	mux.Handle(webpage.Path, page.Handler())
	if p.URL, err = network.serve("patchbot", mux); err != nil {
		return err
	}
	if p.config.Emails != nil {
		p.Bot.Emails, p.Bot.ApprovalPage = email.Emails{Sender: p.config.Emails, URL: p.URL}, true
	}
	return nil
}

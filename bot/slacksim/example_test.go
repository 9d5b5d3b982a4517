package slacksim_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/slack-go/slack"
)

// An app posts a question, ada presses its button, and the app takes the button
// away.
func Example() {
	workspace := slacksim.New(slacksim.Config{SigningSecret: "secret"})
	ada := workspace.AddUser(slacksim.User{Name: "ada"})
	ops := workspace.AddChannel(slacksim.Channel{Name: "ops", BotIsMember: true})
	server := httptest.NewServer(workspace.Handler())
	defer server.Close()
	workspace.SetURL(server.URL)
	api := slack.New("xoxb-slacksim", slack.OptionAPIURL(server.URL+"/api/"))

	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verifier, _ := slack.NewSecretsVerifier(r.Header, "secret")
		r.Body = io.NopCloser(io.TeeReader(r.Body, &verifier))
		click, err := slack.InteractionCallbackParse(r)
		if err != nil || verifier.Ensure() != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _, _, _ = api.UpdateMessage(click.Channel.ID, click.Message.Timestamp,
			slack.MsgOptionText("Approved by <@"+click.User.ID+">.", false))
	}))
	defer app.Close()
	workspace.Install(slacksim.App{Interactions: app.URL})

	label := slack.NewTextBlockObject(slack.PlainTextType, "Approve", false, false)
	_, ts, _ := api.PostMessage(ops.ID, slack.MsgOptionBlocks(
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, "3 patches are missing", false, false)),
		slack.NewActionBlock("decide", slack.NewButtonBlockElement("approve", "request-1", label)),
	))
	show := func() {
		m, _ := workspace.Message(ops.ID, ts)
		fmt.Println(slacksim.PlainText(m, slacksim.Reader{Name: workspace.Name, Now: time.Now()}))
	}
	show()
	_, err := workspace.Click(context.Background(), ada.ID, ops.ID, ts, "approve")
	show()
	fmt.Println(err)
	_, err = workspace.Click(context.Background(), ada.ID, ops.ID, ts, "approve")
	fmt.Println(err)
	// Output:
	// 3 patches are missing
	// [Approve]
	// Approved by @ada.
	// <nil>
	// click approve: not shown
}

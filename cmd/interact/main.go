// Command interact is the Lambda function that answers what Slack sends over HTTP.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/patchbot/patchbot/bot/webpage"
	"github.com/patchbot/patchbot/cmd/wiring"
)

func main() {
	settings, err := wiring.ReadSettings(os.Getenv)
	if err != nil {
		wiring.Exit(err)
	}
	app, err := wiring.New(context.Background(), settings)
	if err != nil {
		wiring.Exit(err)
	}
	app.Serve(webpage.Path, (&webpage.App{Bot: app.Bot, Log: app.Bot.Log, URL: settings.URL}).Handler())
	go app.Prepare(context.Background())
	lambda.Start(app.Interact)
}

// Package wiring puts patchbot together on AWS: it reads the settings and the secret,
// makes the clients, and holds the handlers of the three functions.
package wiring

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/email"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/workflow/awsapi"
)

// App is a bot with everything that it needs on AWS. Its methods Notify, Interact and
// Progress are the handlers of the three functions.
type App struct {
	Bot     *bot.Bot
	Secrets *Secrets

	queue channelsQueue   // where Notify takes signals from
	chat  *slackchat.Chat // the Bot's
	mux   *http.ServeMux
	http  *httpadapter.HandlerAdapterV2 // what Interact answers with
}

// New makes the clients and reads the secret. Logs go to the standard error stream as
// JSON, metrics to the standard output; Lambda takes both to CloudWatch.
func New(ctx context.Context, s Settings) (*App, error) {
	log := NewLogger()
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	secrets, err := ReadSecrets(ctx, secretsmanager.NewFromConfig(aws), s.SecretARN, time.Now, log)
	if err != nil {
		return nil, err
	}
	instances := ec2.NewFromConfig(aws)
	store, executions := dynamostore.New(dynamodb.NewFromConfig(aws), s.Table), sfn.NewFromConfig(aws)
	api, queue := slackAPI(secrets, s.SlackAPIURL), channelsQueue{sqs.NewFromConfig(aws), s.ChannelsQueueURL}
	chat := slackchat.NewChat(api, time.Now)
	b := &bot.Bot{
		Store:            store,
		Chat:             chat,
		Tasks:            awsapi.NewTasks(executions),
		Looker:           awsapi.NewLooker(ssm.NewFromConfig(aws), instances, executions),
		Snapshots:        awsapi.NewSnapshots(instances),
		BackupDays:       s.BackupDays,
		Owners:           store,
		Channels:         queue,
		Pace:             slackchat.Pace(),
		Measure:          measureTo(os.Stdout, time.Now),
		DefaultChannel:   s.DefaultChannel,
		DefaultApprovers: s.DefaultApprovers,
		PlatformChannel:  s.PlatformChannel,
		AskAgainAfter:    s.AskAgainAfter,
		AfterNoAnswer:    s.AfterNoAnswer,
		TurnLimit:        s.TurnLimit,
		EmailAlways:      s.EmailAlways,
		ApprovalPage:     s.URL != "",
		Window:           s.Window,
		Now:              time.Now,
		Log:              log,
	}
	if s.EmailsTopicARN != "" {
		b.Emails = email.Emails{Sender: awsapi.NewEmails(sns.NewFromConfig(aws), s.EmailsTopicARN), URL: s.URL}
	}
	if s.StateMachineARN != "" {
		b.Executions = awsapi.NewExecutions(executions, s.StateMachineARN)
	}
	if s.RollBackARN != "" {
		b.RollBacks = awsapi.NewRollBacks(executions, s.RollBackARN)
	}
	return newApp(b, &slackchat.App{Bot: b, Chat: chat, Log: log, APIURL: s.instead()}, secrets, queue, s.BasePath), nil
}

func newApp(b *bot.Bot, app *slackchat.App, secrets *Secrets, queue channelsQueue, basePath string) *App {
	mux := http.NewServeMux()
	mux.Handle("/", answeredInTime(app.Handler(secrets.SigningSecrets)))
	routes := routed{Handler: mux, basePath: basePath, log: b.Log}
	return &App{Bot: b, Secrets: secrets, queue: queue, chat: app.Chat, mux: mux, http: httpadapter.NewV2(answering(routes))}
}

// Serve has Interact answer under another pattern, too. What only interact serves comes with its own
// program: a package of HTML templates alone makes the others half as large again.
func (a *App) Serve(pattern string, h http.Handler) { a.mux.Handle(pattern, h) }

// NewLogger returns the logger of a function: one JSON object a line, with the members
// that Lambda's own lines have.
func NewLogger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{ReplaceAttr: lambdacontext.ReplaceAttr}))
}

// Exit ends a program that cannot start, and says why.
func Exit(err error) {
	NewLogger().Error("cannot start", "error", err)
	os.Exit(1)
}

package wiring

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/bot/slacksim"
	"github.com/patchbot/patchbot/workflow"
)

// Where Lambda runs a function: with a share of a core by its memory, 1,769 MB for a whole one.
// sandboxTime is how long Lambda takes before it starts the program, which nobody can measure here:
// some 45 ms are told of the smallest Go functions, so four times as much is assumed.
const (
	wholeCoreMB = 1769
	sandboxTime = 200 * time.Millisecond
)

// BenchmarkColdClick starts the interact bootstrap when Slack's request comes, as Lambda does after a
// pause, and answers the request: a click on Approve of somebody who is in the approvers' group, one
// that opens a modal, and a command. AWS and Slack take their time, over TLS.
//
// It reports the time from the request to its answer, what the process took of a core, and what is
// left of Slack's 3 s for each size of memory. Lambda gives more of a core while a function starts;
// as the worst case it is reckoned without that, as if nothing was waited for meanwhile.
func BenchmarkColdClick(b *testing.B) {
	programs := bundled(b)
	for _, act := range []struct {
		name string
		by   func(c *coldBot, ctx context.Context) (slacksim.Delivery, error)
		seen func(c *coldBot) bool // what has to come of it
	}{
		{"Approve", (*coldBot).approve, func(c *coldBot) bool { return c.aws.calls["AWSStepFunctions.SendTaskSuccess"] == 1 }},
		{"Modal", (*coldBot).review, func(c *coldBot) bool { return len(c.slack.Views(c.ada.ID)) == 1 }},
		{"Status", (*coldBot).status, func(c *coldBot) bool {
			all := c.slack.Ephemerals(c.ada.ID)
			return len(all) == 1 && strings.Contains(all[0].Text, "web-0")
		}},
	} {
		b.Run(act.name, func(b *testing.B) {
			var wall, cpu time.Duration
			for b.Loop() {
				b.StopTimer()
				c := newColdBot(b, programs)
				b.StartTimer()
				_, err := act.by(c, b.Context())
				b.StopTimer()
				require.NoError(b, err)
				require.Condition(b, func() bool { return act.seen(c) })
				c.function.stop()
				wall, cpu = wall+c.took, cpu+c.function.cmd.ProcessState.UserTime()+c.function.cmd.ProcessState.SystemTime()
				b.StartTimer()
			}
			wall, cpu = wall/time.Duration(b.N), cpu/time.Duration(b.N)
			b.ReportMetric(float64(wall.Milliseconds()), "ms/answer")
			b.ReportMetric(float64(cpu.Milliseconds()), "ms-cpu")
			for _, memory := range []float64{256, 512, 1024, wholeCoreMB} {
				slower := time.Duration(float64(cpu) * (wholeCoreMB/memory - 1))
				left := slacksim.AnswerWithin - sandboxTime - wall - slower
				b.ReportMetric(float64(left.Milliseconds()), fmt.Sprintf("ms-left-%.0fMB", memory))
			}
		})
	}
}

// coldBot is interact before it was started, in a workspace where questions stand: the first alone,
// the others in a digest.
type coldBot struct {
	slack    *slacksim.Workspace
	ada      slacksim.User
	channel  slacksim.Channel
	question bot.Place
	digest   bot.Place
	aws      *standins

	start    func() *function
	function *function
	took     time.Duration // from the request to its answer
}

func newColdBot(b *testing.B, programs string) *coldBot {
	b.Helper()
	c := &coldBot{aws: newStandins()}
	c.slack = slacksim.New(slacksim.Config{SigningSecret: "next"})
	slackURL, trust := overTLS(b, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		time.Sleep(callTimes["slack"])
		c.slack.ServeHTTP(w, req)
	}))
	c.slack.SetURL(slackURL)
	c.ada = c.slack.AddUser(slacksim.User{Name: "ada"})
	group := c.slack.AddUserGroup(slacksim.UserGroup{Handle: "oncall-payments", Members: []string{c.ada.ID}})
	c.channel = c.slack.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true})
	gateway := httptest.NewServer(c)
	b.Cleanup(gateway.Close)
	c.slack.Install(slacksim.App{Interactions: gateway.URL + "/slack/interactions", Commands: gateway.URL + "/slack/commands"})
	c.ask(b, group.ID)
	env := []string{"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=k", "AWS_SECRET_ACCESS_KEY=s", trust,
		"SLACK_API_URL=" + slackURL + "/api/", "PATCHBOT_TABLE=patchbot-requests", "PATCHBOT_SECRET_ARN=" + secretARN,
		"PATCHBOT_DEFAULT_CHANNEL=" + c.channel.ID, "PATCHBOT_DEFAULT_APPROVERS=default-channel-members",
		"PATCHBOT_CHANNELS_QUEUE_URL=https://sqs.us-east-1.amazonaws.com/111122223333/patchbot-channels.fifo"}
	for _, service := range []string{"SECRETS_MANAGER", "DYNAMODB", "SQS", "SFN"} { // a connection each, as in life
		address, _ := overTLS(b, c.aws)
		env = append(env, "AWS_ENDPOINT_URL_"+service+"="+address)
	}
	c.start = func() *function { return startFunction(b, filepath.Join(programs, "interact"), env) }
	return c
}

// ask puts the questions into the table and into the channel.
func (c *coldBot) ask(b *testing.B, group string) {
	b.Helper()
	client := &http.Client{Transport: inProcess{c.aws}}
	store := dynamostore.New(dynamodb.New(dynamodb.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://dynamodb.local"),
		HTTPClient: client, Credentials: credentials.NewStaticCredentialsProvider("k", "s", "")}), "patchbot-requests")
	chat := slackchat.NewChat(slackchat.With(slack.New("xoxb-slacksim", slack.OptionAPIURL("http://slack.local/api/"),
		slack.OptionHTTPClient(&http.Client{Transport: inProcess{c.slack}}))), time.Now)
	c.aws.put("OWNERS", "payments", `"approver_groups": {"L": [{"S": "`+group+`"}]}`)
	const questions = 5
	var all []bot.Request
	for i := range questions {
		r := coldQuestion(i)
		r.Place.Channel = c.channel.ID
		all = append(all, r)
	}
	show := func(digest string, requests []bot.Request) bot.Place {
		m := bot.Message{Digest: digest, Place: bot.Place{Channel: c.channel.ID}, Requests: requests}
		place, err := chat.Show(b.Context(), m)
		require.NoError(b, err)
		kept := bot.Digest{ID: digest, Place: place, CreatedAt: time.Now(), Asks: true}
		for _, r := range requests {
			r.Place, r.Digest = place, digest
			_, err = store.Save(b.Context(), r)
			require.NoError(b, err)
			kept.Requests = append(kept.Requests, r.ID)
		}
		if digest != "" {
			_, err = store.SaveDigest(b.Context(), kept)
			require.NoError(b, err)
		}
		return place
	}
	c.question, c.digest = show("", all[:1]), show("d-5xq3zk7m2ptqa6dh", all[1:])
	c.aws.slow = true
	clear(c.aws.calls)
}

func coldQuestion(i int) bot.Request {
	name := fmt.Sprintf("e%d", i)
	n := workflow.Notification{ID: name + "/Prompt User for Approval/2026-11-23T10:00:00Z/0",
		ExecutionARN: "arn:aws:states:us-east-1:111122223333:execution:patch-approval:" + name, InstanceID: fmt.Sprintf("i-%017x", i),
		OccurredAt: time.Now(), Token: workflow.Token(strings.Repeat("t", 600) + name), // as long as AWS's
		Detail: workflow.ApprovalRequested{Severity: workflow.SeveritySecurity, AnswerWithinSeconds: 3600,
			Instance: workflow.Instance{Tags: []workflow.Tag{{Key: "Name", Value: fmt.Sprintf("web-%d", i)}}}, Counts: workflow.Counts{Missing: 20, Critical: 3},
			Patches: slices.Repeat([]workflow.Patch{{Title: "kernel-6.1.112-122.189.amzn2023", Severity: "Critical", CVEs: []string{"CVE-2024-50264"}}}, 20)}}
	r := bot.Apply(bot.Request{}, n, time.Now()).Request
	r.Owner = "payments"
	return r
}

// ServeHTTP is API Gateway in front of a function that Lambda has to start.
func (c *coldBot) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	start := time.Now()
	c.function = c.start()
	gateway(c.function.answer).ServeHTTP(w, req)
	c.took = time.Since(start)
}

func (c *coldBot) approve(ctx context.Context) (slacksim.Delivery, error) {
	return c.slack.Click(ctx, c.ada.ID, c.channel.ID, c.question.Message, slackchat.ButtonApprove)
}

func (c *coldBot) review(ctx context.Context) (slacksim.Delivery, error) {
	return c.slack.Click(ctx, c.ada.ID, c.channel.ID, c.digest.Message, slackchat.ButtonReview)
}

func (c *coldBot) status(ctx context.Context) (slacksim.Delivery, error) {
	return c.slack.Command(ctx, c.ada.ID, c.channel.ID, "/patch", "status")
}

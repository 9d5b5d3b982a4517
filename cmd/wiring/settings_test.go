package wiring

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

// examples is an environment in which every variable has its example.
func examples() map[string]string {
	env := map[string]string{}
	for _, v := range Variables() {
		env[v.Name] = v.Example
	}
	return env
}

func read(env map[string]string) (Settings, error) {
	return ReadSettings(func(name string) string { return env[name] })
}

func TestTheExamplesAreValid(t *testing.T) {
	s, err := read(examples())
	require.NoError(t, err)
	require.Equal(t, Settings{
		Table:            "patchbot-requests",
		SecretARN:        "arn:aws:secretsmanager:us-east-1:111122223333:secret:patchbot-slack-a1b2c3",
		DefaultChannel:   "C0123456789",
		DefaultApprovers: bot.Approvers{Users: []string{"U0123456789"}, Groups: []string{"S0123456789"}},
		ChannelsQueueURL: "https://sqs.us-east-1.amazonaws.com/111122223333/patchbot-channels.fifo",
		PlatformChannel:  "C0123456789",
		EmailsTopicARN:   "arn:aws:sns:us-east-1:111122223333:patchbot-emails",
		StateMachineARN:  "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-patch-approval",
		RollBackARN:      "arn:aws:states:us-east-1:111122223333:stateMachine:patchbot-roll-back",
		EmailAlways:      true,
		URL:              "https://patchbot.example.com",
		SlackAPIURL:      "https://slack.com/api/",
		BasePath:         "/patchbot",
		Window:           window(t, "Sat,Sun 02:00 Europe/Berlin"),
		TurnLimit:        bot.TurnLimit{AtOnce: atOnce(t, "25%"), Canary: true, HoldAfter: 2},
		AskAgainAfter:    168 * time.Hour,
		AfterNoAnswer:    bot.AfterNoAnswerAskAgain,
		BackupDays:       30,
	}, s)
}

func window(t *testing.T, text string) bot.Window {
	t.Helper()
	w, err := bot.ParseWindow(text)
	require.NoError(t, err)
	return w
}

func atOnce(t *testing.T, text string) bot.AtOnce {
	t.Helper()
	a, err := bot.ParseAtOnce(text)
	require.NoError(t, err)
	return a
}

func TestWhatIsOptionalMayBeMissing(t *testing.T) {
	env := examples()
	for _, v := range Variables() {
		if !v.Required {
			delete(env, v.Name)
		}
	}
	s, err := read(env)
	require.NoError(t, err)
	require.Empty(t, s.EmailsTopicARN)
	require.False(t, s.EmailAlways)
	require.Empty(t, s.URL)
	require.Equal(t, DefaultSlackAPIURL, s.SlackAPIURL)
	require.Empty(t, s.BasePath)
	require.Equal(t, bot.StrictTurns(), s.TurnLimit)
	require.Equal(t, 168*time.Hour, s.AskAgainAfter)
	require.Equal(t, bot.AfterNoAnswerLeave, s.AfterNoAnswer)
}

func TestAllThatIsMissingIsReportedAtOnce(t *testing.T) {
	_, err := read(nil)
	for _, v := range Variables() {
		if v.Required {
			require.ErrorContains(t, err, v.Name+" is missing: expected "+v.Meaning+", e.g. "+v.Example)
		}
	}
	require.Equal(t, 5, strings.Count(err.Error(), " is missing: "))
}

func TestMalformedValues(t *testing.T) {
	for name, c := range map[string]struct{ variable, value string }{
		"a table with a space":             {"PATCHBOT_TABLE", "my table"},
		"a secret by name":                 {"PATCHBOT_SECRET_ARN", "patchbot-slack"},
		"a token where its ARN belongs":    {"PATCHBOT_SECRET_ARN", "xoxb-do-not-print"},
		"a channel by name":                {"PATCHBOT_DEFAULT_CHANNEL", "#patching"},
		"a user where a channel belongs":   {"PATCHBOT_DEFAULT_CHANNEL", "U0123456789"},
		"an approver by handle":            {"PATCHBOT_DEFAULT_APPROVERS", "@ada"},
		"approvers with spaces":            {"PATCHBOT_DEFAULT_APPROVERS", "U0123456789, S0123456789"},
		"everybody as approvers":           {"PATCHBOT_DEFAULT_APPROVERS", "everybody"},
		"a page that others can read":      {"PATCHBOT_URL", "http://patchbot.example.com"},
		"a page with a query":              {"PATCHBOT_URL", "https://patchbot.example.com?key=x"},
		"mail now and then":                {"PATCHBOT_EMAIL_ALWAYS", "sometimes"},
		"a queue where a topic belongs":    {"PATCHBOT_EMAILS_TOPIC_ARN", "arn:aws:sqs:us-east-1:111122223333:emails"},
		"a queue that is not FIFO":         {"PATCHBOT_CHANNELS_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/111122223333/patchbot-channels"},
		"a queue by its ARN":               {"PATCHBOT_CHANNELS_QUEUE_URL", "arn:aws:sqs:us-east-1:111122223333:patchbot-channels.fifo"},
		"a queue that others can read":     {"PATCHBOT_CHANNELS_QUEUE_URL", "http://10.0.0.7:4566/111122223333/patchbot-channels.fifo"},
		"an unknown end of a question":     {"PATCHBOT_AFTER_NO_ANSWER", "install"},
		"a pause without a unit":           {"PATCHBOT_ASK_AGAIN_AFTER", "7"},
		"a pause below zero":               {"PATCHBOT_ASK_AGAIN_AFTER", "-1h"},
		"a pause of more than a year":      {"PATCHBOT_ASK_AGAIN_AFTER", "8761h"},
		"none at once":                     {"PATCHBOT_TURNS_AT_ONCE", "0"},
		"more than all at once":            {"PATCHBOT_TURNS_AT_ONCE", "101%"},
		"a canary by name":                 {"PATCHBOT_TURNS_CANARY", "web-1"},
		"no failures":                      {"PATCHBOT_TURNS_HOLD_AFTER", "0"},
		"backups of no day":                {"PATCHBOT_BACKUP_DAYS", "0"},
		"backups of years":                 {"PATCHBOT_BACKUP_DAYS", "730"},
		"failures in words":                {"PATCHBOT_TURNS_HOLD_AFTER", "two"},
		"a machine by its name":            {"PATCHBOT_STATE_MACHINE_ARN", "patchbot-patch-approval"},
		"an execution for a machine":       {"PATCHBOT_STATE_MACHINE_ARN", "arn:aws:states:us-east-1:111122223333:execution:patch-approval:e-1"},
		"a window in words":                {"PATCHBOT_PATCH_WINDOW", "Saturday night"},
		"a window of an unknown zone":      {"PATCHBOT_PATCH_WINDOW", "Sat 02:00 Europe/Atlantis"},
		"a base path without a slash":      {"PATCHBOT_BASE_PATH", "patchbot"},
		"a base path that ends in a slash": {"PATCHBOT_BASE_PATH", "/patchbot/"},
		"a relative address of Slack":      {"SLACK_API_URL", "/api/"},
		"an address of Slack without host": {"SLACK_API_URL", "https:///api/"},
		"another protocol than HTTP":       {"SLACK_API_URL", "ftp://slack.com/api/"},
		"an address with a password":       {"SLACK_API_URL", "https://me:secret@slack.com/api/"},
		"an address with a query":          {"SLACK_API_URL", "https://slack.com/api/?x=1"},
		"an address that others can read":  {"SLACK_API_URL", "http://slack.com/api/"},
		"an endpoint that others can read": {"AWS_ENDPOINT_URL", "http://10.0.0.7:4566"},
		"no address at all":                {"SLACK_API_URL", "http://\x7f"},
	} {
		t.Run(name, func(t *testing.T) {
			env := examples()
			env[c.variable] = c.value
			_, err := read(env)
			require.ErrorContains(t, err, c.variable+" is malformed: expected ")
			require.NotContains(t, err.Error(), c.value+"\n")
			require.NotContains(t, err.Error(), "do-not-print")
		})
	}
}

func TestNoPauseIsADuration(t *testing.T) {
	env := examples()
	env["PATCHBOT_ASK_AGAIN_AFTER"] = "0h"
	s, err := read(env)
	require.NoError(t, err)
	require.Zero(t, s.AskAgainAfter)
}

func TestTheAddressOfSlackEndsInASlash(t *testing.T) {
	env := examples()
	env["SLACK_API_URL"] = "http://127.0.0.1:4000/api"
	s, err := read(env)
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:4000/api/", s.SlackAPIURL)
}

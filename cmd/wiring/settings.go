package wiring

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// DefaultSlackAPIURL is where Slack's Web API lives.
const DefaultSlackAPIURL = "https://slack.com/api/"

// DefaultAskAgainAfter is the default of the Terraform module, a week.
const DefaultAskAgainAfter = 7 * 24 * time.Hour

// maxAskAgainAfter is a year: who wants to be asked less often takes the tag away.
const maxAskAgainAfter = 365 * 24 * time.Hour

// Settings say what the functions work with. They are read once and never logged.
type Settings struct {
	Table          string // the DynamoDB table, e.g. "patchbot-requests"
	SecretARN      string // the Secrets Manager secret; see Secret for its content
	DefaultChannel string // a Slack channel id, e.g. "C0123456789"
	// DefaultApprovers decide where no owner is known; nobody: the members of DefaultChannel.
	DefaultApprovers bot.Approvers
	ChannelsQueueURL string // the FIFO queue of signals for channels' writers
	PlatformChannel  string // is told of tags; empty: DefaultChannel
	EmailsTopicARN   string // the SNS topic of the mails; empty: no mails
	StateMachineARN  string // the machine that asks; empty: nobody can have an instance looked at
	RollBackARN      string // the machine that rolls back; empty: nothing is rolled back
	EmailAlways      bool   // owners are told by mail besides Slack, where they do not say when
	URL              string // where interact is reached, e.g. "https://patchbot.example.com"; empty: there is no approval page
	SlackAPIURL      string // ends in /, e.g. "https://slack.com/api/"
	BasePath         string // stands before every path of interact, e.g. "/patchbot"; may be empty

	// TurnLimit is how many of a group are patched at once, where the owner does not say.
	TurnLimit bot.TurnLimit
	// Window is when patching is offered to be scheduled for, where the owner does not say; may be
	// none.
	Window bot.Window
	// AskAgainAfter is how long an instance is left in peace after a request that ended
	// without an install, e.g. 168h; 0: not at all.
	AskAgainAfter time.Duration
	AfterNoAnswer bot.AfterNoAnswer // what comes after a question that nobody answered
	BackupDays    int               // how many days backups are kept, where the owner does not say; 0: bot.DefaultBackupDays
}

// instead is the address that stands in Slack's place, empty where it is Slack's own.
func (s Settings) instead() string {
	if s.SlackAPIURL == DefaultSlackAPIURL {
		return ""
	}
	return s.SlackAPIURL
}

// Variable is one environment variable that patchbot reads. The AWS SDK reads its own
// besides; AWS_ENDPOINT_URL is only looked at.
type Variable struct {
	Name     string
	Meaning  string // what it is, also what a wrong value is told to be
	Required bool
	Example  string

	// set takes a value over into the settings, or reports that it is malformed.
	set func(s *Settings, value string) bool
}

// Variables lists every variable that ReadSettings reads.
func Variables() []Variable {
	return append(machineVariables(), []Variable{
		{Name: "PATCHBOT_TABLE", Required: true, Example: "patchbot-requests",
			Meaning: "the name of the DynamoDB table that keeps the requests",
			set:     matching(`^[a-zA-Z0-9_.-]{3,255}$`, func(s *Settings) *string { return &s.Table })},
		{Name: "PATCHBOT_SECRET_ARN", Required: true,
			Example: "arn:aws:secretsmanager:us-east-1:111122223333:secret:patchbot-slack-a1b2c3",
			Meaning: "the ARN of the Secrets Manager secret with Slack's bot token and signing secret",
			set:     matching(`^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$`, func(s *Settings) *string { return &s.SecretARN })},
		{Name: "PATCHBOT_DEFAULT_CHANNEL", Required: true, Example: "C0123456789",
			Meaning: "the id of the Slack channel for requests that no other channel is named for: C or G and digits or capitals",
			set:     matching(`^[CG][A-Z0-9]{5,}$`, func(s *Settings) *string { return &s.DefaultChannel })},
		{Name: "PATCHBOT_DEFAULT_APPROVERS", Required: true, Example: "U0123456789,S0123456789",
			Meaning: "who decides where no owner is known: ids of users and user groups with commas between them, or " + defaultChannelMembers,
			set:     setDefaultApprovers},
		{Name: "PATCHBOT_CHANNELS_QUEUE_URL", Required: true, Example: "https://sqs.us-east-1.amazonaws.com/111122223333/patchbot-channels.fifo",
			Meaning: "the absolute https address of the FIFO queue that wakes the writers of Slack channels, or an http one on this machine: it ends in .fifo",
			set:     setChannelsQueueURL},
		{Name: "PATCHBOT_PLATFORM_CHANNEL", Example: "C0123456789",
			Meaning: "the id of the Slack channel that is told when a tag changes that says who decides; without it the default channel",
			set:     matching(`^[CG][A-Z0-9]{5,}$`, func(s *Settings) *string { return &s.PlatformChannel })},
		{Name: "PATCHBOT_EMAILS_TOPIC_ARN", Example: "arn:aws:sns:us-east-1:111122223333:patchbot-emails",
			Meaning: "the ARN of the SNS topic for mails to owners; without it there are none",
			set:     matching(`^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[a-zA-Z0-9_-]+$`, func(s *Settings) *string { return &s.EmailsTopicARN })},
		{Name: "PATCHBOT_EMAIL_ALWAYS", Example: "true",
			Meaning: "whether owners are told by mail besides Slack, where they do not say when: true or false, without it false",
			set:     setEmailAlways},
		{Name: "PATCHBOT_URL", Example: "https://patchbot.example.com",
			Meaning: "the absolute https address of the API, or an http one on this machine, for the links in mails; without it mails have no link, and there is no approval page",
			set:     setURL},
		{Name: "PATCHBOT_ASK_AGAIN_AFTER", Example: "168h",
			Meaning: "how long an instance is not asked about again after a request that ended without an install: a duration of 0h to 8760h, without it 168h",
			set:     setAskAgainAfter},
		{Name: "PATCHBOT_AFTER_NO_ANSWER", Example: "ask_again",
			Meaning: "what comes after a question that nobody answered: leave (in peace for PATCHBOT_ASK_AGAIN_AFTER) or ask_again (as soon as it is found again), without it leave",
			set:     setAfterNoAnswer},
		{Name: "PATCHBOT_TURNS_AT_ONCE", Example: "25%",
			Meaning: "how many instances of a group are patched at once where the owner does not say: a number from 1 to 1000, or a share from 1% to 100%, without it 1",
			set:     setAtOnce},
		{Name: "PATCHBOT_TURNS_CANARY", Example: "true",
			Meaning: "whether the first of a run is patched alone until one has ended well, where the owner does not say: true or false, without it false",
			set:     setCanary},
		{Name: "PATCHBOT_TURNS_HOLD_AFTER", Example: "2",
			Meaning: "how many failures hold the rest of a run where the owner does not say: a number from 1 to 1000, without it 1",
			set:     setHoldAfter},
		{Name: "PATCHBOT_PATCH_WINDOW", Example: "Sat,Sun 02:00 Europe/Berlin",
			Meaning: "when in the week patching is offered to be scheduled for where the owner does not say: days of three letters with commas between them or daily, a time, and the name of a time zone; without it no such time is offered",
			set:     setWindow},
		{Name: "PATCHBOT_BACKUP_DAYS", Example: "30",
			Meaning: "how many days the snapshots taken before an install are kept at least, where the owner does not say: a number from 1 to 365, without it 14",
			set:     setBackupDays},
		{Name: "PATCHBOT_BASE_PATH", Example: "/patchbot",
			Meaning: "what stands before the paths that Slack calls, behind a custom domain or a named stage: it begins with a slash and ends without one",
			set:     matching(`^(/[A-Za-z0-9._~-]+)+$`, func(s *Settings) *string { return &s.BasePath })},
		{Name: "SLACK_API_URL", Example: DefaultSlackAPIURL,
			Meaning: "the absolute https address of Slack's Web API, or an http one on this machine; without it " + DefaultSlackAPIURL,
			set:     setSlackAPIURL},
		{Name: "AWS_ENDPOINT_URL", Example: "https://localhost:4566",
			Meaning: "the absolute https address that the AWS SDK uses for every service, or an http one on this machine; without it AWS's own",
			set:     func(_ *Settings, value string) bool { return safeURL(value) }},
	}...)
}

func matching(pattern string, field func(*Settings) *string) func(*Settings, string) bool {
	return func(s *Settings, value string) bool {
		*field(s) = value
		return regexp.MustCompile(pattern).MatchString(value)
	}
}

// defaultChannelMembers says explicitly that nobody in particular is named.
const defaultChannelMembers = "default-channel-members"

func setDefaultApprovers(s *Settings, value string) bool {
	if value == defaultChannelMembers {
		return true
	}
	for _, id := range strings.Split(value, ",") {
		switch {
		case regexp.MustCompile(`^[UW][A-Z0-9]{5,}$`).MatchString(id):
			s.DefaultApprovers.Users = append(s.DefaultApprovers.Users, id)
		case regexp.MustCompile(`^S[A-Z0-9]{5,}$`).MatchString(id):
			s.DefaultApprovers.Groups = append(s.DefaultApprovers.Groups, id)
		default:
			return false
		}
	}
	return true
}

func setChannelsQueueURL(s *Settings, value string) bool {
	s.ChannelsQueueURL = value
	return safeURL(value) && strings.HasSuffix(value, ".fifo")
}

func setEmailAlways(s *Settings, value string) bool {
	s.EmailAlways = value == "true"
	return value == "true" || value == "false"
}

func setURL(s *Settings, value string) bool {
	s.URL = strings.TrimSuffix(value, "/")
	return safeURL(value)
}

func setAfterNoAnswer(s *Settings, value string) bool {
	s.AfterNoAnswer = bot.AfterNoAnswer(value)
	return s.AfterNoAnswer == bot.AfterNoAnswerLeave || s.AfterNoAnswer == bot.AfterNoAnswerAskAgain
}

func setAtOnce(s *Settings, value string) bool {
	var err error
	s.TurnLimit.AtOnce, err = bot.ParseAtOnce(value)
	return err == nil
}

func setCanary(s *Settings, value string) bool {
	s.TurnLimit.Canary = value == "true"
	return value == "true" || value == "false"
}

func setHoldAfter(s *Settings, value string) bool {
	return setNumber(&s.TurnLimit.HoldAfter, bot.MaxHoldAfter, value)
}

func setBackupDays(s *Settings, value string) bool {
	return setNumber(&s.BackupDays, bot.MaxBackupDays, value)
}

// setNumber takes over a whole number from 1 to a limit.
func setNumber(n *int, most int, value string) bool {
	var err error
	*n, err = strconv.Atoi(value)
	return err == nil && *n >= 1 && *n <= most
}

func setWindow(s *Settings, value string) bool {
	var err error
	s.Window, err = bot.ParseWindow(value)
	return err == nil
}

func setAskAgainAfter(s *Settings, value string) bool {
	var err error
	s.AskAgainAfter, err = time.ParseDuration(value)
	return err == nil && s.AskAgainAfter >= 0 && s.AskAgainAfter <= maxAskAgainAfter
}

func setSlackAPIURL(s *Settings, value string) bool {
	s.SlackAPIURL = strings.TrimSuffix(value, "/") + "/"
	return safeURL(s.SlackAPIURL)
}

// safeURL reports whether nobody on the way can read what is sent to an address: it is https,
// or http on this very machine.
func safeURL(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && loopback
}

// ReadSettings reads the environment. Its error names every variable that is missing or
// malformed and says what was expected, without quoting values.
func ReadSettings(getenv func(string) string) (Settings, error) {
	s := Settings{SlackAPIURL: DefaultSlackAPIURL, AskAgainAfter: DefaultAskAgainAfter, AfterNoAnswer: bot.AfterNoAnswerLeave, TurnLimit: bot.StrictTurns()}
	var errs []error
	for _, v := range Variables() {
		value, problem := getenv(v.Name), ""
		switch {
		case value == "" && v.Required:
			problem = "is missing"
		case value != "" && !v.set(&s, value):
			problem = "is malformed"
		}
		if problem != "" {
			errs = append(errs, fmt.Errorf("%s %s: expected %s, e.g. %s", v.Name, problem, v.Meaning, v.Example))
		}
	}
	if len(errs) > 0 {
		return Settings{}, errors.Join(errs...)
	}
	return s, nil
}

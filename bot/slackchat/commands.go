package slackchat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/slack-go/slack"
)

// SlashCommand is the one command that the Slack app registers. An administrator of a workspace may
// rename it there, so that any name is answered; see reply.under.
const SlashCommand = "/patch"

// Command is one subcommand of /patch.
type Command struct {
	Name     string   // the first word after /patch
	Usage    string   // what may follow, e.g. "[i-…]"
	Help     string   // one sentence
	Who      string   // who may use it
	Examples []string // whole lines that can be typed
	run      func(ctx context.Context, a *App, c invocation) (reply, error)
}

// reply is what one person alone is answered.
type reply struct {
	Text    string
	Blocks  []slack.Block // in place of Text, which is then for notifications and screen readers; none: Text says it all
	Replace bool          // whether a click's reply takes the place of what was clicked
}

// saying is a command that answers in words.
func saying(run func(context.Context, *App, invocation) (string, error)) func(context.Context, *App, invocation) (reply, error) {
	return func(ctx context.Context, a *App, c invocation) (reply, error) {
		text, err := run(ctx, a, c)
		return reply{Text: text}, err
	}
}

// invocation is one use of a subcommand.
type invocation struct {
	User    string // e.g. "U0123"
	Name    string // e.g. "ada"
	Channel string
	Trigger string // opens a modal; see interaction.TriggerID
	Sub     string // the subcommand, e.g. "approve"
	Args    []string
}

// Commands is the table of all subcommands.
func Commands() []Command {
	return []Command{
		{
			Name:     "status",
			Usage:    "[i-… | name | owner]",
			Help:     "How the patching of an instance stands, or the open requests of this channel or of an owner.",
			Who:      "everybody in the workspace",
			Examples: []string{"/patch status", "/patch status i-0933335a5598d1c2e", "/patch status web-1", "/patch status payments"},
			run:      status,
		},
		{
			Name:     "approve",
			Usage:    "i-… … | name | owner | all",
			Help:     "Approves the questions about instances, by id or name, at once; those of an owner, or all that you may decide, after you confirm.",
			Who:      approversOnly,
			Examples: []string{"/patch approve i-0933335a5598d1c2e i-0a1b2c3d4e5f60718", "/patch approve payments", "/patch approve all"},
			run:      approveMany,
		},
		scheduleCommand(),
		{
			Name:     "reject",
			Usage:    "i-… … | name | owner | all [because …]",
			Help:     "Rejects them in the same way; what follows `because` is kept and shown as the reason.",
			Who:      approversOnly,
			Examples: []string{"/patch reject i-0933335a5598d1c2e because release day", "/patch reject payments", "/patch reject all because freeze"},
			run:      rejectMany,
		},
		emergencyCommand(),
		{
			Name:     "list",
			Usage:    "[open | waiting | failed] [owner]",
			Help:     "The open requests of all owners and what each waits for; those that nobody has decided; or what failed lately.",
			Who:      "everybody in the workspace; requests in private channels are shown to members",
			Examples: []string{"/patch list", "/patch list payments", "/patch list failed payments"},
			run:      saying(list),
		},
		historyCommand(),
		askNowCommand(), rollBackCommand(),
		{
			Name:     "report",
			Usage:    "[days]",
			Help:     "By owner: asked, answered and how fast, overdue, up to date, failed, expired and rejected, of the last 30 days or of as many as you say.",
			Who:      "everybody in the workspace but guests",
			Examples: []string{"/patch report", "/patch report 90"},
			run:      saying(report),
		},
		{
			Name:     "help",
			Usage:    "[command]",
			Help:     "This list, or all about one of them.",
			Who:      "everybody in the workspace",
			Examples: []string{"/patch help", "/patch help approve"},
			run:      saying(help),
		},
	}
}

// serveCommand answers /patch, visible only to the person who typed it.
func (a *App) serveCommand(w http.ResponseWriter, req *http.Request) {
	if err := req.ParseForm(); err != nil {
		http.Error(w, "the body is not a form", http.StatusBadRequest)
		return
	}
	who, err := a.Chat.installed.get(req.Context(), a.Chat.api, a.Chat.now())
	if err == nil {
		err = who.check(origin{AppID: req.PostForm.Get("api_app_id"), TeamID: req.PostForm.Get("team_id"), EnterpriseID: req.PostForm.Get("enterprise_id"),
			OrgWide: req.PostForm.Get("is_enterprise_install") == "true"})
	}
	if err != nil {
		a.Log.Warn("a command is not answered", "user", req.PostForm.Get("user_id"), "error", err)
		answerCommand(w, reply{Text: notAnswered(err)})
		return
	}
	answer := a.runCommand(req.Context(), req.PostForm.Get("text"), invocation{
		User: req.PostForm.Get("user_id"), Name: req.PostForm.Get("user_name"), Channel: req.PostForm.Get("channel_id"), Trigger: req.PostForm.Get("trigger_id")})
	answerCommand(w, answer.under(req.PostForm.Get("command")))
}

func notAnswered(err error) string {
	if errors.Is(err, errForeign) {
		return answerForeign
	}
	return answerCommandFailed
}

func answerCommand(w http.ResponseWriter, answer reply) {
	blocks := answer.Blocks
	if len(blocks) == 0 {
		blocks = sections(answer.Text)
	}
	message := map[string]any{"response_type": slack.ResponseTypeEphemeral, "text": answer.Text, "blocks": blocks}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(message)
}

func (a *App) runCommand(ctx context.Context, text string, c invocation) reply {
	words := strings.Fields(text)
	if len(words) == 0 {
		words = []string{"help"}
	}
	command, ok := commandOf(words[0])
	if !ok {
		return reply{Text: unknownCommand(words[0])}
	}
	c.Sub, c.Args = command.Name, words[1:]
	answer, err := command.run(ctx, a, c)
	if err != nil {
		a.Log.Error("command failed", "command", command.Name, "user", c.User, "error", err)
		return reply{Text: answerCommandFailed}
	}
	return answer
}

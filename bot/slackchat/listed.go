package slackchat

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// A command has no confirm dialog, so that one about many requests is answered with what it
// would decide, and a button that has one.

// askBack says what a command would decide, with the button that does.
func askBack(w wish, user string, requests []bot.Request, left int) reply {
	fitting := listedFits(user, requests, w.Reason)
	left, requests = left+len(requests)-len(fitting), fitting
	label := fmt.Sprintf("%s %d", wording.Capital(verb(w.Verdict)), len(requests))
	sets, id, style := before(freezeOfMany(requests, utc), before(nextApprovals(requests), planOfMany(requests))), ButtonApproveListed, slack.StylePrimary
	if w.Verdict != workflow.Approved {
		sets, id, style = "Nothing is installed on them.", ButtonRejectListed, slack.StyleDanger
	}
	text := []string{fmt.Sprintf("*%s %s*", wording.Capital(verb(w.Verdict)), wording.Count(len(requests), "question?", "questions?")),
		joined(requests, namesBytes, nameAndID), sets}
	if w.Reason != "" {
		text = append(text, "Reason: "+escaped(w.Reason, 200)) // a section has limit.SectionText
	}
	if left > 0 {
		text = append(text, fmt.Sprintf("These are the oldest; %s. Run %s again for the next ones.",
			wording.Count(left, "more waits", "more wait"), codeOf(w.String(), 160)))
	}
	said := strings.Join(append(text, "Nothing has changed yet."), "\n")
	return reply{Text: said, Blocks: []slack.Block{section(said),
		slack.NewActionBlock("listed", button(id, label, listedValue(user, requests, w.Reason), style, label+"?", sets))}}
}

// planOfMany says what approving requests sets off; see wording.Plan.
func planOfMany(requests []bot.Request) string {
	var volumes, gib, without, hooked, patches, installs, rehearsals int
	for _, r := range requests {
		if r.Rehearsal {
			rehearsals++
			continue
		}
		if r.WithBackup {
			volumes, gib = volumes+r.Instance.Volumes, gib+r.Instance.VolumeGiB
		} else {
			without++
		}
		if h := r.Hooks; h.Standby || h.Before.Document != "" || h.After.Document != "" {
			hooked++
		}
		if !r.Before.RebootOnly() {
			installs++
			patches += r.Before.ToInstall()
		}
	}
	var acts []string
	if volumes > 0 {
		acts = append(acts, "takes snapshots of "+wording.Count(volumes, "volume", "volumes")+wording.Size(gib))
	}
	if without > 0 {
		acts = append(acts, "takes no backup of "+wording.Count(without, "instance", "instances"))
	}
	if installs > 0 {
		acts = append(acts, fmt.Sprintf("installs on %s everything that the patch baseline approves at that time (%s when asked)",
			wording.Count(installs, "instance", "instances"), wording.Patches(patches)))
	}
	if real := len(requests) - rehearsals; real > 0 {
		acts = append(acts, "reboots "+wording.Count(real, "instance", "instances"))
	}
	if hooked > 0 {
		acts = append(acts, "does before and after it what the tags of "+wording.Count(hooked, "instance", "instances")+" ask for")
	}
	var said []string
	if len(acts) > 0 {
		said = append(said, "Approving "+strings.Join(acts, ", ")+".")
	}
	if rehearsals > 0 {
		said = append(said, wording.Count(rehearsals, "is a rehearsal", "are rehearsals")+": a scan stands in for the install.")
	}
	return strings.Join(said, " ")
}

// listedValue is what a button keeps of an answer: whom it was shown to, the requests' ids,
// and the reason.
func listedValue(user string, requests []bot.Request, reason string) string {
	value := user
	for _, r := range requests {
		value += " " + r.ID
	}
	return value + "\n" + reason
}

func parseListed(value string) (user string, ids []string, reason string) {
	head, reason, _ := strings.Cut(value, "\n")
	words := strings.Fields(head)
	if len(words) == 0 {
		return "", nil, ""
	}
	return words[0], words[1:min(len(words), 1+decidedAtMost)], reason
}

// listedFits keeps as many requests as a button's value holds. Ids are short: it holds all.
func listedFits(user string, requests []bot.Request, reason string) []bot.Request {
	for len([]rune(listedValue(user, requests, reason))) > limit.ButtonValue {
		requests = requests[:len(requests)-1]
	}
	return requests
}

const answerNotListed = "This button decides only where it was shown to you, so nothing has changed."

// decideListed carries out the button of an answer. A click on a request's own message is held
// to that message; Slack keeps no message that only one person sees, and sends none along, so
// that this one is held to what is left: that it was made in such a message, by whom the button
// was shown to. Whatever ids it has, each request is decided by its own rules, and only what
// this person sees: a button gives nobody more than the command does.
func (a *App) decideListed(ctx context.Context, i interaction, verdict workflow.Verdict, value string) reply {
	user, ids, reason := parseListed(value)
	if !i.Container.Ephemeral || user == "" || user != i.User.ID {
		a.Log.Warn("a click on an answer that is not the person's own decides nothing", "user", i.User.ID)
		return reply{Text: answerNotListed}
	}
	c := invocation{User: i.User.ID, Name: cmp.Or(i.User.Name, i.User.Username), Channel: i.Container.ChannelID}
	requests, err := a.Bot.Store.GetAll(ctx, ids)
	if err != nil {
		a.Log.Error("could not load requests", "user", c.User, "error", err)
		return reply{Text: answerCommandFailed}
	}
	seen := a.visibleChannels(ctx, c, summaries(requests))
	visible := slices.DeleteFunc(slices.Clone(requests), func(r bot.Request) bool { return !seen[r.Place.Channel] })
	var more []string
	if hidden := len(requests) - len(visible); hidden > 0 {
		more = append(more, hiddenLine(hidden))
	}
	if len(ids) == decidedAtMost {
		more = append(more, fmt.Sprintf("I list %d at a time: type the command again for those that are left.", decidedAtMost))
	}
	all := a.decideAll(ctx, visible, c.actor(), bot.Action{Verdict: verdict, Reason: reason})
	return reply{Text: decidedAnswer(verdict, all, more...), Replace: true}
}

package wording

import (
	"fmt"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// NodeBack says that an instance is back after the install, and how.
func NodeBack(r bot.Request) string {
	n := r.Node
	switch {
	case n == nil || !n.IsBack:
		return "The instance was looked at after the install."
	case n.After == bot.Checks{}:
		return "The instance is back: Systems Manager reaches it."
	case n.After.Instance == workflow.CheckOK && n.After.System == workflow.CheckOK:
		return "The instance is back: Systems Manager reaches it, and both status checks are ok."
	}
	return "The instance is back: Systems Manager reaches it. " + NodeNote(r)
}

// NodeNote says which status check is not ok although the instance counts as back, since it was not ok
// before the install either; "" where all are.
func NodeNote(r bot.Request) string {
	if r.Node == nil || !r.Node.IsBack {
		return ""
	}
	var notes []string
	for _, check := range []struct{ of, before, after string }{
		{"instance", r.Node.Before.Instance, r.Node.After.Instance},
		{"system", r.Node.Before.System, r.Node.After.System},
	} {
		if check.before != "" && check.after != workflow.CheckOK {
			notes = append(notes, fmt.Sprintf("The status check of the %s says %s; before the install it said %s, so that is not the patches' doing.",
				check.of, unknownIfEmpty(check.after), check.before))
		}
	}
	return strings.Join(notes, " ")
}

// notBack says how an instance stands that did not come back.
func notBack(r bot.Request) string {
	after := ""
	if end := r.Install.FinishedAt; !end.IsZero() && r.Node.At.After(end) {
		after = " within " + Span(r.Node.At.Sub(end))
	}
	ping := "Systems Manager does not list it"
	if r.Node.Ping != "" {
		ping = "Systems Manager says " + r.Node.Ping
	}
	text := fmt.Sprintf("The instance did not come back%s after the install: %s", after, ping)
	if (r.Node.After == bot.Checks{}) {
		return text + "."
	}
	return fmt.Sprintf("%s; of EC2's status checks, that of the instance says %s and that of the system %s.",
		text, unknownIfEmpty(r.Node.After.Instance), unknownIfEmpty(r.Node.After.System))
}

func unknownIfEmpty(status string) string {
	if status == "" {
		return "nothing"
	}
	return status
}

package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchbot/patchbot/workflow"
)

// Text that comes from outside passes through esc before it reaches Slack.

var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// esc escapes text for mrkdwn and cuts it to max characters before escaping.
func esc(text string, max int) string { return slackEscapes.Replace(cut(text, max)) }

// cut shortens text to max characters, the last of them "…".
func cut(text string, max int) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	return string([]rune(text)[:max-1]) + "…"
}

// day renders a time in the reader's own zone, with its date: "14:02 today".
func day(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{time} {date_short_pretty}|%s>", t.Unix(), t.UTC().Format("15:04 UTC, Mon 2 Jan"))
}

// clock renders a time of day in the reader's own zone.
func clock(t time.Time) string {
	return fmt.Sprintf("<!date^%d^{time}|%s>", t.Unix(), t.UTC().Format("15:04 UTC"))
}

// span renders a duration the way people say it, e.g. "13 min".
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// count renders a number with its noun, e.g. "1 patch", "3 patches".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func patches(n int) string { return count(n, "patch", "patches") }

// person names who decided: a mention in Slack, else a name.
func person(d workflow.Decider) string {
	switch {
	case d.Via == "slack" && d.User != "":
		return "<@" + d.User + ">"
	case d.Name != "":
		return esc(d.Name, 80)
	}
	return "somebody with access to the AWS account"
}

func verb(v workflow.Verdict) string {
	if v == workflow.Approved {
		return "approved"
	}
	return "rejected"
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// severityWord qualifies "patch", e.g. "critical ", with its space.
func severityWord(s workflow.Severity) string {
	if s == workflow.SeverityCritical || s == workflow.SeveritySecurity {
		return string(s) + " "
	}
	return ""
}

// name is the instance's name for mrkdwn, short enough for a line.
func (r Request) name() string { return esc(r.Instance.Name, 60) }

// approvers lists who may decide as mentions.
func (a Approvers) String() string {
	var names []string
	for _, user := range a.Users {
		names = append(names, "<@"+user+">")
	}
	for _, group := range a.Groups {
		names = append(names, "<!subteam^"+group+">")
	}
	return strings.Join(names, ", ")
}

// rehearsalMark begins everything that is said of a rehearsal.
const rehearsalMark = "Rehearsal: "

// askedAgain says how a closed request comes back.
func askedAgain(r Request) string {
	switch {
	case r.Rehearsal:
		return "A rehearsal asks only once."
	case r.AskAgainAfter <= 0, r.Status == StatusStopped:
		return "You are asked again the next time that this is found."
	case r.EndedAt.IsZero():
		return fmt.Sprintf("You are asked again when other patches are missing, or in %s.", span(r.AskAgainAfter))
	}
	return fmt.Sprintf("You are asked again when other patches are missing, or after %s.", day(r.EndedAt.Add(r.AskAgainAfter)))
}

// notApproverAnswer tells somebody who may not decide who may.
func notApproverAnswer(r Request) string {
	of := ""
	if r.Owner != "" {
		of = " of " + esc(r.Owner, 80)
	}
	return fmt.Sprintf("Only approvers%s can decide this: %s.", of, r.Approvers)
}

// decidedAnswer tells somebody who came second who was first, and how it stands now.
func decidedAnswer(r Request) string {
	return strings.TrimSpace(fmt.Sprintf("Too late: %s %s this at %s. %s",
		person(r.Decision.By), verb(r.Decision.Verdict), day(r.Decision.At), standing(r)))
}

// endedAnswer tells somebody that the request waits for nobody.
func endedAnswer(r Request) string {
	if r.Status == StatusExpired {
		return expiredAnswer(r)
	}
	return strings.TrimSpace("There is nothing to decide any more. " + standing(r))
}

func expiredAnswer(r Request) string {
	return fmt.Sprintf("This request expired at %s. %s", day(r.AnswerBy), askedAgain(r))
}

// standing says in one sentence how a request stands.
func standing(r Request) string {
	switch r.Status {
	case StatusAsked:
		return fmt.Sprintf("It waits for a decision until %s.", day(r.AnswerBy))
	case StatusApproved:
		return "It is about to start."
	case StatusBackingUp:
		return "Snapshots are being taken now."
	case StatusPatching:
		return "It is being patched now."
	case StatusScanning:
		return "It is being scanned again now."
	case StatusRejected:
		return rejected(r)
	case StatusExpired:
		return threadLine(r, workflow.ApprovalExpired{})
	case StatusCompliant:
		return "It is up to date."
	case StatusRehearsed:
		return "The rehearsal is over. Nothing was installed."
	case StatusNonCompliant:
		return capital(left(*r.After)) + "."
	case StatusStopped:
		return "The execution was stopped. " + untouched(r)
	}
	return "It failed. " + untouched(r)
}

// rejected says what a rejection left, which is only certain once the execution took it.
func rejected(r Request) string {
	if r.Delivered || r.Began == BeganNo {
		return "Nothing was installed."
	}
	return "The rejection is recorded and is being delivered."
}

// left says what a scan counts: what is to be installed and what waits for a reboot, each by
// its name.
func left(c workflow.Counts) string {
	install := count(c.ToInstall(), "patch still to install", "patches still to install")
	switch {
	case c.RebootOnly():
		return count(c.PendingReboot, "patch waits for a reboot", "patches wait for a reboot")
	case c.PendingReboot > 0:
		return install + ", " + count(c.PendingReboot, "waits for a reboot", "wait for a reboot")
	case c.ToInstall() == 0:
		return "nothing to install"
	}
	return install
}

// beforeInstall are the states of the machine that a failure can name and after which nothing
// was installed. Any other state may mean that an install has begun.
var beforeInstall = []string{"Find Tagged Hybrid Node", "Find Tagged Instance", "Read Missing Counts", "List Missing Patches",
	"List Fewer Patches", "Describe Node", workflow.StatePrompt, "Report No Answer", "Check Node Is Online", "Back Up Instance",
	"Wait for the Backup", "Read Backup Result", "Report Backup"}

// mayHaveBegun reports whether an install may have begun that was not heard of.
func (r Request) mayHaveBegun() bool {
	switch {
	case r.Began != BeganUnknown:
		return r.Began == BeganYes
	case r.Failure != nil && r.Failure.State != "":
		return !slices.Contains(beforeInstall, r.Failure.State)
	}
	return true
}

// untouched says what a request that broke off leaves behind.
func untouched(r Request) string {
	switch {
	case r.Rehearsal:
		return "Nothing was installed."
	case r.Install.Succeeded():
		return "The install command had ended well; no scan has confirmed it."
	case !r.Install.FinishedAt.IsZero():
		return fmt.Sprintf("The install command had ended with %s.", installEnd(r.Install))
	case r.Install.CommandID != "":
		return fmt.Sprintf("The install had begun; how it ended is not known. Look at command `%s`.", esc(r.Install.CommandID, 80))
	case r.Began == BeganYes:
		return "The install had begun; how it ended is not known. Look at Run Command."
	case r.mayHaveBegun():
		return "Whether the install began is not known. Look at Run Command."
	}
	return "Nothing was installed."
}

// installEnd names how an install command ended, e.g. "Failed (exit code 1)".
func installEnd(i Install) string {
	end := esc(i.Status, 40)
	if i.Details != "" && i.Details != i.Status {
		end += ": " + esc(i.Details, 80)
	}
	switch {
	case i.ResponseCode != 0 && i.LastError != "":
		end += fmt.Sprintf(" (exit code %d: %s)", i.ResponseCode, esc(i.LastError, 200))
	case i.ResponseCode != 0:
		end += fmt.Sprintf(" (exit code %d)", i.ResponseCode)
	}
	return end
}

package webpage

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the page's source
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

//go:embed page.html
var source string

//go:embed page.css
var style string

var view = template.Must(template.New("page").Parse(source))

// contentPolicy allows the page's own style, and its form, and nothing else.
var contentPolicy = "default-src 'none'; style-src '" + hashOf(style) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// page is what one answer shows.
type page struct {
	Style template.CSS
	Title string
	Alert string   // what went wrong with what the person just did
	Texts []string // a paragraph each

	Facts   []fact // what the request is about; none: nobody is told
	Patches []string
	More    int    // patches that are not listed
	Plan    string // what approving does; empty: there is nothing to approve
	Form    *form  // nil: nothing is to be decided
}

type fact struct{ Name, Value string }

type form struct {
	said
	ID, Key                 string
	Several                 bool // people must approve; what comes by mail is one of them
	Approved                bool // by mail: others must, too
	NameLength, ReasonLimit int
}

// pageOf shows a request to somebody who has its link.
func pageOf(r bot.Request, l link, now time.Time) page {
	p := page{Title: wording.Headline(r), Facts: facts(r)}
	switch {
	case r.Status != bot.StatusAsked:
		if decided := wording.Decided(r); decided != "" {
			p.Texts = append(p.Texts, decided)
		}
		p.Texts = append(p.Texts, wording.Standing(r))
		p.Texts = append(append(p.Texts, wording.Outcome(r)...), "Nothing is left to decide on this page.")
		if r.Undelivered() {
			p.Texts = append(p.Texts, "AWS could not be reached just now. The decision is recorded and will be delivered.")
		}
	case !now.Before(r.AnswerBy):
		p.Texts = []string{fmt.Sprintf("The time to decide was over at %s. Nothing is left to decide on this page.", wording.Moment(r.AnswerBy))}
	default:
		p.Texts = []string{fmt.Sprintf("Please decide by %s. If nobody does, nothing is installed.", wording.Moment(r.AnswerBy))}
		for _, more := range []string{wording.Emergency(r), wording.RolledBackBefore(r, wording.Moment, wording.Person), wording.Approvals(r), wording.TagMistake(r, wording.Quoted), wording.HookMistake(r, wording.Quoted)} {
			if more != "" {
				p.Texts = append(p.Texts, more)
			}
		}
		for _, patch := range r.Patches {
			p.Patches = append(p.Patches, wording.PatchName(patch))
		}
		if len(p.Patches) > 0 {
			p.More = max(0, r.Before.ToInstall()-len(p.Patches))
		}
		p.Plan = wording.Approving(r)
		p.Form = &form{Approved: r.ApprovedBy(workflow.Decider{Via: bot.ViaEmail}) && r.ApprovalsLeft() > 0, Several: r.NeedsSeveral(), ID: l.id, Key: l.key.Reveal(), NameLength: bot.NameLength, ReasonLimit: bot.ReasonLength}
	}
	return p
}

func facts(r bot.Request) []fact {
	all := []fact{{"Instance", r.Instance.ID}}
	if name := wording.Name(r); name != r.Instance.ID {
		all[0].Value = fmt.Sprintf("%s (%s)", name, r.Instance.ID)
	}
	for _, f := range []fact{
		{"Region", r.Instance.Region},
		{"Account", r.Instance.Account},
		{"Platform", bot.Tidy(r.Instance.Platform, 80)},
		{"Owner", bot.Tidy(r.Owner, 80)},
	} {
		if f.Value != "" {
			all = append(all, f)
		}
	}
	return all
}

// again shows the form once more with what was put into it, and what is wrong with that.
func (p page) again(s said) page {
	if p.Form != nil {
		p.Form.said = s
		p.Alert = s.VerdictError
	}
	return p
}

// refused tells somebody that their decision does not count.
func (p page) refused(why string) page {
	p.Alert = why
	return p
}

// refusal says why a decision does not count.
func refusal(r bot.Request, why bot.Refusal) string {
	switch why {
	case bot.RefusedDecided:
		return fmt.Sprintf("Too late: %s was first, so your answer was not recorded as the decision.", wording.People(*r.Decision))
	case bot.RefusedExpired:
		return "Too late: the time to decide is over, so your answer was not recorded as the decision."
	case bot.RefusedApproved:
		return "It was approved by mail already, which counts once. The other approvals come in Slack."
	case bot.RefusedNotApprover, bot.RefusedOutsider, bot.RefusedAbandoned, bot.RefusedUnknowable, bot.RefusedNotChecked, bot.RefusedEnded,
		bot.RefusedTooSoon, bot.RefusedTooFar, bot.RefusedNoSchedules, bot.RefusedNotHeld, bot.RefusedAlone, bot.RefusedNoFreeze, bot.RefusedNoReason,
		bot.RefusedEmergencyAlone, bot.RefusedEmergencyAsked, bot.RefusedEmergencyGone, bot.RefusedAlreadyOpen, bot.RefusedTriedAgain, bot.RefusedOwnScan, bot.RefusedAskedBefore,
		bot.RefusedRehearsal, bot.RefusedNothingInstalled, bot.RefusedStillOpen, bot.RefusedRollingBack, bot.RefusedRolledBack, bot.RefusedNoSnapshot, bot.RefusedSnapshotGone,
		bot.RefusedNoRootVolume, bot.RefusedOtherOpen, bot.RefusedInstalledLater:
	}
	return "There is nothing to decide any more, so your answer was not recorded as the decision."
}

// message is a page about no request.
type message struct {
	title string
	texts []string
}

// Every such page. None says whether there is a request.
var (
	noLink = message{"This link does not work", []string{
		"It may be incomplete, be replaced by that of a newer mail, or be switched off.",
		"Open the link of the newest mail, or decide in Slack: /patch list shows what waits for a decision."}}
	notShown = message{"This cannot be shown just now", []string{
		"Nothing was changed. Please open the link again in a minute, or decide in Slack."}}
	notRecorded = message{"It is not certain that this was recorded", []string{
		"Please open the link again in a minute: it says how it stands. If it still asks, decide once more."}}
	wrongMethod = message{"This page is only read and sent", []string{"Open the link of the mail in a browser."}}
	otherSite   = message{"This was not sent from the page", []string{
		"Nothing was changed. Open the link of the mail in a browser, and decide there."}}
	notAForm = message{"This is not what the page sends", []string{
		"Nothing was changed. Open the link of the mail in a browser, and decide there."}}
	tooLarge = message{"This is more than can be read", []string{
		"Nothing was changed. Please go back and shorten the reason."}}
)

// answer is what a request is answered with: a page, or the way to one.
type answer struct {
	status   int
	page     page
	location string // with http.StatusSeeOther
}

func failure(status int, m message) answer {
	return answer{status: status, page: page{Title: m.title, Texts: m.texts}}
}

func (a answer) write(w http.ResponseWriter, req *http.Request) {
	if a.location != "" {
		w.Header().Set("Location", a.location)
		w.WriteHeader(a.status)
		return
	}
	a.page.Style = template.CSS(style) // #nosec G203 -- it is our own file
	var body bytes.Buffer
	if err := view.Execute(&body, a.page); err != nil { // the page has all that the view names, as tests show
		http.Error(w, "The page cannot be drawn.", http.StatusInternalServerError)
		return
	}
	if a.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "60")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(a.status)
	if req.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes())
	}
}

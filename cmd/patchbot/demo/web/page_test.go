package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
)

// TestBrowser shares one Chromium among all that needs one. What each of them does is done with
// the mouse and the keyboard, on what a screen reader would find.
func TestBrowser(t *testing.T) {
	chromium := startChromium(t)
	for name, test := range map[string]func(*testing.T, context.Context){
		"the story of the README, by clicks":               wholeStory,
		"a question is rejected":                           rejected,
		"a question is scheduled, moved, and patched now":  scheduledStory,
		"a freeze keeps it, and an emergency goes through": frozenStory,
		"what is missing is read, a page at a time":        patchesRead,
		"who may not decide is told so":                    wrongPerson,
		"an install fails":                                 failingInstall,
		"an instance goes back to its snapshot":            rolledBackStory,
		"a patch day: three of an owner at a time":         patchDay,
		"all of a digest are rejected, by keyboard":        rejectedTogether,
		"some of a digest are approved in a review":        reviewed,
		"a failure holds the rest":                         heldRest,
		"a command is typed":                               typedCommand,
		"the clock skips to the deadline":                  skippedDeadline,
		"mails come while Slack is away":                   mails,
		"a mail's link decides while Slack is away":        decidedByMail,
		"the approval page is accessible":                  approvalPageAccessible,
		"every page is accessible at every size":           accessible,
		"every view is shown":                              views,
		"modals and the App Home are drawn":                modals,
		"the keyboard is enough":                           byKeyboard,
	} {
		t.Run(name, func(t *testing.T) { test(t, chromium) })
	}
}

// begin opens the page where the first question waits.
func begin(t testing.TB, chromium context.Context) *browser {
	t.Helper()
	b := visit(t, chromium, open(t, brisk).url, desktop)
	b.shows("body", "6 patches to install on web-1")
	return b
}

// answer clicks a button of the question, and the same in the dialog that asks for sure.
func (b *browser) answer(label string) {
	b.tb.Helper()
	b.click("button", label)
	b.find("dialog", "…")
	b.click("button", label)
}

// become goes on as another person.
func (b *browser) become(person string) {
	b.tb.Helper()
	b.click("button", "You are…")
	b.click("menuitemradio", person)
}

func wholeStory(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.answer("Approve")
	b.shows("main", "web-1 is up to date")
	b.shows("main", "6 patches installed, 0 missing")
	b.click("button", "6 replies…")
	for _, line := range []string{"Approved by @ada.", "Snapshot of 2 volumes finished", "Installing 6 patches", "Scanned again: nothing missing."} {
		b.shows("main", line)
	}
	b.click("button", "Close thread")
	b.shows("main", "6 up to date")
	b.click("tab", "State machines")
	b.shows("main", "succeeded")
	b.click("button", "Approval Choice…")
	b.shows("main", `"decision": "approved"`)
	b.sound()
}

func rejected(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.click("button", "Reject…")
	b.find("dialog", "Leave it unpatched?")
	b.isAccessible(axe(t), "the reasons to choose from")
	b.fill("textbox", "In your own words…", "until Monday")
	b.click("button", "Reject")
	b.shows("main", "Patching web-1 was rejected")
	b.shows("main", "Reason: until Monday")
	b.sound()
}

func wrongPerson(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.become("Eve Sato…")
	b.answer("Approve")
	b.shows("main", "Only approvers of payments can decide this: @ada, @oncall-payments.")
	b.shows("main", "Only visible to you")
	b.become("Lin Osei…")
	b.answer("Approve")
	b.shows("main", "Approved by @lin")
	b.sound()
}

func failingInstall(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.click("button", "Actions for web-1")
	b.click("menuitemcheckbox", "Let the next patch fail")
	b.answer("Approve")
	b.shows("main", "6 patches still to install on web-1")
	b.shows("main", "dpkg frontend lock was locked by another process")
	b.shows("[role=log]", "For @ada, @oncall-payments.") // in the channel, too
	b.click("button", "replied to a thread")
	b.find("button", "Close thread")
	b.sound()
}

func typedCommand(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.fill("combobox", "Message #payments", "/patch status "+world.FirstInstance+"\r")
	b.shows("main", "It waits for a decision until")
	b.fill("combobox", "Message #payments", "/path status\r")
	b.shows("main", "/path is not a valid command")
	b.sound()
}

func skippedDeadline(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	for _, shows := range []string{"1 reply", "2 replies", "3 replies", "Nobody decided about web-1 in time"} {
		b.click("button", "Skip to the next deadline…")
		b.shows("main", shows)
	}
	b.click("button", "leads…")
	b.shows("[role=log]", "Nobody answers:")
	b.sound()
}

func mails(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.click("tab", "Inbox")
	b.click("switch", "Slack is away")
	b.find("button", "Bring Slack back")
	b.click("tab", "Fleet")
	b.click("button", "Actions for search-1")
	b.click("menuitem", "Make non-compliant")
	b.click("tab", "Inbox…")
	b.shows("main", "6 patches to install on search-1")
	b.click("switch", "Slack is away")
	b.click("button", "search…")
	b.shows("[role=log]", "6 patches to install on search-1")
	b.sound()
}

// axe is the accessibility checker among the app's tools.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("this test needs axe-core; make app installs it: %v", err)
	}
	require.NoError(t, err)
	return string(source)
}

// isAccessible runs axe over what is shown; findings below serious are for the eye.
func (b *browser) isAccessible(axe, where string) {
	b.tb.Helper()
	b.do("load axe", chromedp.Evaluate[chromedp.Void](axe))
	findings := evaluate[[]string](b, `axe.run({resultTypes: ["violations"]}).then(r => r.violations
		.filter(v => v.impact === "serious" || v.impact === "critical")
		.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary)))`)
	require.Empty(b.tb, findings, where)
}

func accessible(t *testing.T, chromium context.Context) {
	source := axe(t)
	p := open(t, brisk)
	p.question()
	require.NoError(t, p.MakeNonCompliant([]string{"i-05d1f0c2b7a94e318"}))
	p.until("the digest", func(h heard) bool {
		return len(h.Messages) > 0 && strings.Contains(h.Messages[0].Text, "2 instances of payments")
	})
	p.Clock.SetSpeed(0)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1440, 1024, 390} {
			t.Run(fmt.Sprint(width, " pixels, ", scheme), func(t *testing.T) {
				accessibleAt(t, visit(t, chromium, p.url, size{width, 900, scheme}), source, width)
			})
		}
	}
}

func accessibleAt(t *testing.T, b *browser, axe string, width int64) {
	b.find("button", "Approve all")
	b.isAccessible(axe, "Slack")
	for _, button := range []string{"Approve all", "Reject all…", "Review…"} {
		b.click("button", button)
		b.find("dialog", "…")
		b.isAccessible(axe, "the dialog of "+button)
		b.do("leave the dialog", chromedp.KeyEvent("\x1b"))
		b.until("that the dialog has closed", func(ctx context.Context) (bool, error) {
			open, err := query(ctx, "dialog", "…")
			return len(open) == 0, err
		})
	}
	if width == 390 {
		b.click("link", "AWS")
	}
	b.isAccessible(axe, "the fleet")
	b.click("tab", "State machines")
	b.shows("body", "Prompt User for Approval")
	b.isAccessible(axe, "the machine")
	b.click("tab", "Inbox")
	b.isAccessible(axe, "the inbox")
	b.click("link", "Views")
	b.find("searchbox", "Filter views")
	b.shows("body", "failed while patching")
	b.isAccessible(axe, "the views")
	require.LessOrEqual(t, evaluate[int64](b, "document.documentElement.scrollWidth"), width, "the page is wider than its window")
	b.sound()
}

func views(t *testing.T, chromium context.Context) {
	p := open(t, 0)
	_, text := p.request("GET", "views", "", nil)
	var all struct{ Views []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	b := visit(t, chromium, p.url+"#/views", desktop)
	b.until("every view", func(ctx context.Context) (bool, error) {
		shown, err := query(ctx, "article", "…")
		return len(shown) == len(all.Views), err
	})
	b.sound()
}

// byKeyboard approves without a mouse: Tab to the button, Enter, and Enter in the dialog.
func byKeyboard(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.tabTo("BUTTON Approve")
	b.do("press Enter", chromedp.KeyEvent("\r"))
	b.find("dialog", "…")
	b.do("press Enter", chromedp.KeyEvent("\r"))
	b.shows("main", "Approved by @ada")
	b.sound()
}

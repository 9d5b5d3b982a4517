package web_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/demo/world"
)

// patchDay approves one of two digests as its approver.
func patchDay(t *testing.T, chromium context.Context) {
	b := begin(t, chromium)
	b.become("Lin Osei…")
	b.click("button", "Patch day: 200 at once")
	b.shows("main", "206 instances")
	b.click("button", "search…")
	b.shows("[role=log]", "45 instances of search miss patches, critical ones on ")
	b.shows("[role=log]", "5 instances of search miss")
	b.click("button", "Approve all")
	b.find("dialog", "Patch 5 instances?")
	b.shows("dialog[open]", "3 are patched at a time.")
	b.click("button", "Approve all")
	b.shows("[role=log]", "3 patching · 2 waiting for their turn")
	b.shows("main", "2 waiting for a turn")
	b.shows("[role=log]", "up to date · ")
	b.shows("[role=log]", "5 instances of search are up to date")
	b.sound()
}

// two opens the page where a second question joins the first.
func two(t *testing.T, chromium context.Context) *browser {
	t.Helper()
	b := begin(t, chromium)
	b.click("button", "Actions for web-2")
	b.click("menuitem", "Make non-compliant")
	b.shows("[role=log]", "2 instances of payments miss critical patches")
	return b
}

func rejectedTogether(t *testing.T, chromium context.Context) {
	b := two(t, chromium)
	b.tabTo("BUTTON Reject all…")
	b.do("press Enter", chromedp.KeyEvent("\r"))
	b.find("dialog", "Reject 2 instances")
	b.do("pass the usual reasons", chromedp.KeyEvent("\t"))
	b.do("give a reason", chromedp.KeyEvent("release day"))
	b.tabTo("BUTTON Reject all")
	b.do("press Enter", chromedp.KeyEvent("\r"))
	b.shows("dialog[open]", "Rejected: 2 instances.")
	require.True(t, evaluate[bool](b, `!!document.activeElement.closest("dialog")`), "the keyboard is still in the dialog")
	b.tabTo("BUTTON Close")
	b.do("press Enter", chromedp.KeyEvent("\r"))
	b.shows("[role=log]", "2 instances of payments: rejected 🚫")
	b.until("the keyboard at the message", func(ctx context.Context) (bool, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.activeElement.closest("article")`))
	})
	b.click("button", "1 reply…")
	b.shows("main", "Rejected by @ada: 2 instances (web-1, web-2). Reason: release day")
	b.sound()
}

// six opens the page where a digest of six waits: web-1 has joined a patch day.
func six(t *testing.T, chromium context.Context) (page, *browser) {
	t.Helper()
	p := open(t, brisk)
	p.question()
	require.NoError(t, p.PatchDay())
	b := visit(t, chromium, p.url, desktop)
	b.click("button", "payments…")
	b.shows("[role=log]", "6 instances of payments miss")
	return p, b
}

func reviewed(t *testing.T, chromium context.Context) {
	_, b := six(t, chromium)
	b.click("button", "Review…")
	b.find("dialog", "Review 6 instances")
	critical := b.withCritical()
	b.choose("Which instances to choose from", "With critical")
	b.until("only those with critical patches", func(ctx context.Context) (bool, error) {
		offered, err := query(ctx, "checkbox", "…")
		return len(offered) == critical, err
	})
	b.choose("What is missing on one of them", "payments")
	b.shows("dialog[open]", "kernel.x86_64")
	b.click("checkbox", "payments-…")
	b.click("button", "Decide")
	b.shows("dialog[open]", "This is a required field.")
	b.click("radio", "Approve")
	b.click("button", "Decide")
	b.shows("dialog[open]", fmt.Sprintf("Approved: %d instances.", critical-1))
	b.click("button", "Close")
	b.shows("[role=log]", fmt.Sprintf("%d of 6 instances of payments wait for a decision", 6-(critical-1)))
	b.sound()
}

// withCritical is how many of the six miss critical patches, by the headline: which of a patch
// day's instances are the last six depends on which questions came first.
func (b *browser) withCritical() int {
	b.tb.Helper()
	headline := regexp.MustCompile(`6 instances of payments miss patches, critical ones on (\d)`)
	found := headline.FindStringSubmatch(evaluate[string](b, textOf("[role=log]")))
	require.NotEmpty(b.tb, found, "the headline of the six")
	n, err := strconv.Atoi(found[1])
	require.NoError(b.tb, err)
	require.Greater(b.tb, n, 2, "more than one is approved")
	return n
}

func heldRest(t *testing.T, chromium context.Context) {
	p, b := six(t, chromium)
	ids := []string{world.FirstInstance}
	for _, s := range p.Fleet.Statuses() {
		if strings.HasPrefix(s.Name, "payments-") {
			ids = append(ids, s.ID)
		}
	}
	p.FailNextInstall(ids, true)
	b.answer("Approve all")
	b.shows("[role=log]", "3 held · 3 with patches still missing")
	b.shows("[role=log]", "Nothing is installed on them until somebody says how to go on.")
	b.find("button", "Stop the rest")
	p.FailNextInstall(ids, false)
	b.answer("Go on")
	b.shows("[role=log]", "3 up to date · 3 with patches still missing")
	b.sound()
}

// tabTo presses Tab until an element has the focus, given as its tag and text.
func (b *browser) tabTo(element string) {
	b.tb.Helper()
	focused := `(document.activeElement?.tagName + " " + document.activeElement?.innerText).trim()`
	for n := 0; evaluate[string](b, focused) != element; n++ {
		require.Less(b.tb, n, 60, "Tab never came to %s", element)
		b.do("press Tab", chromedp.KeyEvent("\t"))
	}
}

// choose types the beginning of an option in a menu.
func (b *browser) choose(menu, option string) {
	b.tb.Helper()
	node := b.find("combobox", menu).BackendDOMNodeID
	b.do("choose "+option, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, dom.Focus, dom.FocusParams{BackendNodeID: node})
		return err
	}), chromedp.KeyEvent(option))
}

package web_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// search1 is the instance that the mails of these tests are about.
const search1 = "i-0a7b93d14e5f26c80"

var mailLink = regexp.MustCompile(`http://\S+/approvals/\S+`)

// awaitLink makes search-1 non-compliant while Slack is away, and gives the link of the mail.
func (p page) awaitLink() (link string) {
	p.t.Helper()
	p.SetSlackAway(true)
	require.NoError(p.t, p.MakeNonCompliant([]string{search1}))
	p.until("a mail with a link", func(h heard) bool {
		for _, m := range h.Emails {
			if strings.Contains(m.Subject, "search-1") {
				link = mailLink.FindString(m.Body)
			}
		}
		return link != ""
	})
	return link
}

func decidedByMail(t *testing.T, chromium context.Context) {
	p := open(t, brisk)
	b := visit(t, chromium, p.url, desktop)
	b.click("tab", "Inbox")
	link := p.awaitLink()
	b.click("button", "Unread: patchbot: 6 patches to install on search-1…")
	b.find("link", link)

	reader := visit(t, chromium, link, size{390, 844, "dark"})
	reader.shows("h1", "6 patches to install on search-1")
	reader.fill("textbox", "Your name", "Ada Lovelace\r")
	found, err := p.Store.ByInstance(t.Context(), search1, 1)
	require.NoError(t, err)
	require.Nil(t, found[0].Decision, "Enter in a field decides nothing")
	reader.click("button", "Approve")
	reader.shows("main", "Approved by Ada Lovelace (by mail)")
	reader.do("reload the page", chromedp.Reload())
	reader.shows("main", "Nothing is left to decide on this page.")
	reader.sound()

	b.click("switch", "Slack is away")
	b.click("button", "search…")
	b.shows("[role=log]", "search-1 is up to date")
	b.shows("[role=log]", "approved by Ada Lovelace (by mail)")
	b.sound()
}

func approvalPageAccessible(t *testing.T, chromium context.Context) {
	source := axe(t)
	p := open(t, brisk)
	link := p.awaitLink()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1024, 390} {
			in := size{width, 900, scheme}
			where := fmt.Sprint(width, " pixels, ", scheme)
			b := visit(t, chromium, link, in)
			b.find("button", "Approve")
			b.isAccessible(source, where+": the question")
			require.LessOrEqual(t, evaluate[int64](b, "document.documentElement.scrollWidth"), width, "the page is wider than its window")
			b.sound()
			b.do("leave the name out", chromedp.Evaluate[chromedp.Void](`document.querySelector("#name").required = false`))
			b.click("button", "Reject")
			b.shows("main", "Please enter your name")
			b.isAccessible(source, where+": what is wrong")
			b = visit(t, chromium, link+"x", in)
			b.shows("h1", "This link does not work")
			b.isAccessible(source, where+": no link")
		}
	}
}

func TestThePicturesOfTheApprovalPage(t *testing.T) {
	a := album{t, startChromium(t), open(t, brisk)}
	b := visit(t, a.chromium, a.page.awaitLink(), size{760, 1260, "light"})
	b.find("button", "Approve")
	a.keepPicture("approval-page.png", b)
}

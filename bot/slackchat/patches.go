package slackchat

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// The modal that lists what is missing on one instance, a page at a time. It decides nothing.
const (
	modalPatches = "patches"

	choosePreviousPage = "previous_page"
	chooseNextPage     = "next_page"
)

// patchesOnPage is how many patches a page lists, a block each. A page of the longest ones has
// some 20 kB: Slack takes 250.
const patchesOnPage = 10

// How much of a patch is shown, in characters, and its CVE ids with their links, in bytes.
const (
	listedTitle = 300
	listedWord  = 40
	listedCVEs  = 1800
)

// whoMayLook may look at what a message is about.
const whoMayLook = "everybody who sees the message"

// patchesButton is offered while it matters what is missing. A scan that named no patches has none to list.
func patchesButton(r bot.Request) *slack.ButtonBlockElement {
	if !listsPatches(r) {
		return nil
	}
	return slack.NewButtonBlockElement(ButtonPatches, r.ID, plainText("View patches", limit.ButtonText))
}

func listsPatches(r bot.Request) bool {
	return len(r.Patches) > 0 && (r.Status == bot.StatusAsked || r.Status == bot.StatusScheduled || r.Status == bot.StatusFrozen)
}

func openPatches(ctx context.Context, a *App, c click) string {
	return a.openModal(ctx, c, patchesView(aboutAlone(c), 0)).Text
}

// patchesChanged turns to the page that a button leads to.
func patchesChanged(s submission) slack.ModalViewRequest {
	page, _ := strconv.Atoi(s.Button) // anything else is the first page
	return patchesView(s.digestClick, page)
}

// patchesView lists a page of the patches of the one request of a message; the first page is 0.
func patchesView(c digestClick, page int) slack.ModalViewRequest {
	r := c.Message.Requests[0]
	pages := max(1, (len(r.Patches)+patchesOnPage-1)/patchesOnPage)
	page = max(0, min(page, pages-1))
	first := page * patchesOnPage
	last := min(first+patchesOnPage, len(r.Patches))
	blocks := []slack.Block{section(strings.Join(append([]string{"*" + name(r) + "*  " + identity(r)}, numbers(r.Before)...), "\n"))}
	for _, p := range r.Patches[first:last] {
		blocks = append(blocks, section(patchEntry(p)))
	}
	blocks = append(blocks, contextBlock(whichPatches(r, first, last)))
	if turns := pageButtons(page, pages); len(turns) > 0 {
		blocks = append(blocks, slack.NewActionBlock("pages", turns...))
	}
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: modalPatches, PrivateMetadata: c.about(),
		Title: plainText("Missing patches", limit.ModalCaption), Close: plainText("Close", limit.ModalCaption), Blocks: slack.Blocks{BlockSet: blocks}}
}

// pageButtons lead to the pages before and after one.
func pageButtons(page, pages int) []slack.BlockElement {
	var turns []slack.BlockElement
	if page > 0 {
		turns = append(turns, slack.NewButtonBlockElement(choosePreviousPage, strconv.Itoa(page-1), plainText("Previous", limit.ButtonText)))
	}
	if page < pages-1 {
		turns = append(turns, slack.NewButtonBlockElement(chooseNextPage, strconv.Itoa(page+1), plainText("Next", limit.ButtonText)))
	}
	return turns
}

// whichPatches says which part of all missing patches a page lists.
func whichPatches(r bot.Request, first, last int) string {
	if len(r.Patches) == 0 {
		return "The scan did not name its patches."
	}
	text := fmt.Sprintf("%d to %d of %d, the worst first.", first+1, last, len(r.Patches))
	if more := r.Before.ToInstall() - len(r.Patches); more > 0 {
		text += " " + wording.Count(more, "more is missing whose name I do not have.", "more are missing whose names I do not have.")
	}
	return text
}

// patchEntry is all that is known of a patch.
func patchEntry(p workflow.Patch) string {
	var facts []string
	for _, word := range []string{p.Severity, p.Classification, p.KBID} {
		if strings.TrimSpace(word) != "" && word != p.Name() {
			facts = append(facts, escaped(word, listedWord))
		}
	}
	if strings.EqualFold(p.State, "Failed") {
		facts = append(facts, "failed last time")
	}
	lines := []string{"*" + escaped(p.Name(), listedTitle) + "*"}
	if len(facts) > 0 {
		lines = append(lines, strings.Join(facts, " · "))
	}
	if len(p.CVEs) > 0 {
		lines = append(lines, joined(p.CVEs, listedCVEs, cveLink))
	}
	return strings.Join(lines, "\n")
}

// cveIDs is the form of a CVE id, as the CVE program's record format defines it.
var cveIDs = regexp.MustCompile(`^CVE-\d{4}-\d{4,19}$`)

// cveLink leads to what the National Vulnerability Database says of a CVE id. Whatever else stands
// in its place is text from outside.
func cveLink(id string) string {
	if !cveIDs.MatchString(id) {
		return escaped(id, listedWord)
	}
	return fmt.Sprintf("<https://nvd.nist.gov/vuln/detail/%s|%s>", id, id)
}

// viewsPatches says that the message lists the patches, where it does: only that of one request.
func viewsPatches(r bot.Request) string {
	if r.Digest != "" || !listsPatches(r) {
		return ""
	}
	return "; “View patches” there lists what is missing."
}

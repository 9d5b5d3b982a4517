package slackchat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slackchat/limit"
	"github.com/patchbot/patchbot/bot/wording"
	"github.com/patchbot/patchbot/workflow"
)

// reviewedPatches is how many patches of an instance a review names, and reviewedBytes in how
// much.
const (
	reviewedPatches = 50
	reviewedBytes   = 5 * limit.SectionText
)

// filteredFrom is from how many instances on a review offers filters.
const filteredFrom = 6

// review is how somebody looks at the requests of a digest.
type review struct {
	Filter reviewFilter
	Chosen []string // ids of requests, as they were chosen in the block
	Block  string   // empty: nothing was chosen yet
	Shown  string   // the request whose patches are shown; empty: none
}

func reviewView(c digestClick, v review) slack.ModalViewRequest {
	undecided := undecidedOf(c.Message.Requests)
	offered := v.Filter.of(undecided)
	if len(offered) == 0 { // the last of them was decided meanwhile
		v.Filter = filterOf("")
		offered = undecided
	}
	blocks := []slack.Block{section(strings.Join(digestQuestion(undecided), "\n"))}
	if filters := filtersOver(undecided); len(undecided) >= filteredFrom && len(filters) > 1 {
		blocks = append(blocks, choice("filter", "Which instances to choose from", chooseFilter, filterOptions(filters, undecided), v.Filter.ID))
	}
	blocks = append(blocks, instancesInput(v, offered), choice("patches", "What is missing on one of them", choosePatches, instanceOptions(offered), v.Shown))
	if i := slices.IndexFunc(offered, func(r bot.Request) bool { return r.ID == v.Shown }); i >= 0 {
		blocks = append(blocks, patchesOf(offered[i])...)
	}
	blocks = append(blocks, section(before(freezeOfMany(offered, day), strings.Replace(digestPlan(offered), "Approving ", "Approving all of these ", 1))))
	if slices.ContainsFunc(undecided, schedulable) {
		blocks = append(blocks, verdictInput(workflow.Approved, workflow.Scheduled, workflow.Rejected), timeInput("When, if you schedule"))
	} else {
		blocks = append(blocks, verdictInput(workflow.Approved, workflow.Rejected))
	}
	return digestModal(c, modalReview, "Review "+instances(undecided), "Decide", append(blocks, reasonInputs("Reason, if you reject")...)...)
}

// instancesInput offers instances, all of them chosen unless somebody chose among the very
// same. Its block's id names what it offers, since Slack keeps what was chosen in a block while
// its id is the same, and only then.
func instancesInput(v review, offered []bot.Request) slack.Block {
	block := fmt.Sprintf("%s_%s_%d", inputInstances, v.Filter.ID, len(offered))
	options := instanceOptions(offered)
	initial := options
	if v.Block == block {
		initial = slices.DeleteFunc(slices.Clone(options), func(o *slack.OptionBlockObject) bool { return !slices.Contains(v.Chosen, o.Value) })
	}
	menu := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plainText("Type a name or an id", limit.Placeholder), inputInstances, options...).
		WithInitialOptions(initial...)
	return slack.NewInputBlock(block, plainText("Decide about", limit.Label), nil, menu)
}

// choice is a line with a menu that changes the modal as soon as something is chosen.
func choice(block, text, action string, options []*slack.OptionBlockObject, chosen string) slack.Block {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText("Choose", limit.Placeholder), action, options...)
	if i := slices.IndexFunc(options, func(o *slack.OptionBlockObject) bool { return o.Value == chosen }); i >= 0 {
		menu = menu.WithInitialOption(options[i])
	}
	return slack.NewSectionBlock(mrkdwn(text), nil, slack.NewAccessory(menu), slack.SectionBlockOptionBlockID(block))
}

// filtersOver are the filters that keep some of the requests, and not all but the first.
func filtersOver(requests []bot.Request) []reviewFilter {
	all := reviewFilters()
	return slices.DeleteFunc(all, func(f reviewFilter) bool {
		kept := len(f.of(requests))
		return f.ID != all[0].ID && (kept == 0 || kept == len(requests))
	})
}

func filterOptions(filters []reviewFilter, requests []bot.Request) []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, f := range filters {
		label := fmt.Sprintf("%s (%d)", f.Label, len(f.of(requests)))
		options = append(options, slack.NewOptionBlockObject(f.ID, plainText(label, limit.OptionText), nil))
	}
	return options
}

func instanceOptions(requests []bot.Request) []*slack.OptionBlockObject {
	var options []*slack.OptionBlockObject
	for _, r := range requests {
		id := " (" + bot.Tidy(r.Instance.ID, 40) + ")"
		label := bot.Tidy(r.Instance.Name, limit.OptionText-len(id)) + id
		if r.Instance.Name == r.Instance.ID {
			label = r.Instance.ID
		}
		options = append(options, slack.NewOptionBlockObject(r.ID, plainText(label, limit.OptionText), nil))
	}
	return options
}

// patchesOf lists the missing patches of one instance, as many as there is room for.
func patchesOf(r bot.Request) []slack.Block {
	lines, named, room := []string{"*" + name(r) + "*  " + identity(r)}, 0, reviewedBytes
	for _, p := range r.Patches[:min(len(r.Patches), reviewedPatches)] {
		line := patchLine(p)
		if room -= len(line) + 1; room < 0 {
			break
		}
		lines, named = append(lines, line), named+1
	}
	switch more := r.Before.ToInstall() - named; {
	case named == 0:
		lines = append(lines, missingPatches(r))
	case more > 0:
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	var blocks []slack.Block
	for _, part := range parts(strings.Join(lines, "\n"), limit.SectionText) {
		blocks = append(blocks, section(part))
	}
	return blocks
}

func verdictInput(verdicts ...workflow.Verdict) slack.Block {
	var options []*slack.OptionBlockObject
	for _, v := range verdicts {
		options = append(options, verdictOption(v, wording.Capital(verb(v))))
	}
	return verdictChoice(options...)
}

func verdictChoice(options ...*slack.OptionBlockObject) slack.Block {
	return slack.NewInputBlock(inputVerdict, plainText("Decision", limit.Label), nil, slack.NewRadioButtonsBlockElement(inputVerdict, options...))
}

// verdictOption is a verdict to choose.
func verdictOption(v workflow.Verdict, label string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(string(v), plainText(label, limit.OptionText), nil)
}

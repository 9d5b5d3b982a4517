// Package report counts, by owner, how an installation's requests went.
package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/cmd/patchbot/since"
	"github.com/patchbot/patchbot/cmd/patchbot/table"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
)

// Command counts how requests went.
type Command struct {
	Name   string       `default:"patchbot" help:"The installation's name: the Terraform variable name."`
	Since  since.Since  `default:"720h" placeholder:"720h" help:"Count what was asked in these last hours, or from a day such as 2026-11-01 on."`
	Owner  string       `help:"Only this owner."`
	Format table.Format `default:"table" enum:"table,csv,json" help:"One of table, csv and json."`
}

// Run prints a line for each owner.
func (c Command) Run(ctx context.Context, t terminal.Terminal) error {
	now := time.Now()
	from, err := c.Since.Before(now)
	if err != nil {
		return err
	}
	account, where, err := installation.Open(ctx, c.Name)
	if err != nil {
		return err
	}
	requests, err := dynamostore.New(account.DynamoDB, where.Table).CreatedBetween(ctx, from, now)
	if err != nil {
		return fmt.Errorf("%w. Your credentials need dynamodb:Query on %s and its indexes, and the module must have been applied in this version", err, where.Table)
	}
	return table.Write(t.Out, c.Format, columns(), rows(ofOwner(requests, c.Owner), c.Format, now))
}

// ofOwner keeps the requests of an owner; of all when it has no name.
func ofOwner(requests []bot.Summary, owner string) []bot.Summary {
	return slices.DeleteFunc(requests, func(s bot.Summary) bool { return owner != "" && !strings.EqualFold(s.Owner, owner) })
}

// allOwners names the last line of a table.
const allOwners = "(all owners)"

// rows are the reports of owners. A table ends with all of them together, which would spoil the
// sums of a spreadsheet or a program.
func rows(requests []bot.Summary, format table.Format, now time.Time) []bot.Report {
	owners, all := bot.Reports(requests, now)
	if format == table.Table && len(owners) > 1 {
		all.Owner = allOwners
		owners = append(owners, all)
	}
	return owners
}

func columns() []table.Column[bot.Report] {
	return []table.Column[bot.Report]{
		{Name: "owner", Value: func(r bot.Report) any { return r.Owner }},
		{Name: "asked", Value: func(r bot.Report) any { return r.Asked }},
		{Name: "answered", Value: func(r bot.Report) any { return r.Answered }},
		{Name: "median_minutes", Value: medianMinutes},
		{Name: "overdue", Value: func(r bot.Report) any { return r.Overdue }},
		{Name: "up_to_date", Value: func(r bot.Report) any { return r.UpToDate }},
		{Name: "failed", Value: func(r bot.Report) any { return r.Failed }},
		{Name: "still_missing", Value: func(r bot.Report) any { return r.Missing }},
		{Name: "expired", Value: func(r bot.Report) any { return r.Expired }},
		{Name: "rejected", Value: func(r bot.Report) any { return r.Rejected }},
		{Name: "stopped", Value: func(r bot.Report) any { return r.Stopped }},
		{Name: "not_started", Value: func(r bot.Report) any { return r.NotStarted }},
		{Name: "emergencies", Value: func(r bot.Report) any { return r.Emergencies }},
		{Name: "open", Value: func(r bot.Report) any { return r.Open }},
		{Name: "rolled_back", Value: func(r bot.Report) any { return r.RolledBack }},
	}
}

// medianMinutes is from the question to the decision; nil where nobody answered.
func medianMinutes(r bot.Report) any {
	if r.Answered == 0 {
		return nil
	}
	return int(r.Median.Minutes())
}

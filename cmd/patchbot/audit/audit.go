// Package audit prints who did what with an installation's requests, and who was refused.
package audit

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

// Command prints the audit trail.
type Command struct {
	Name     string       `default:"patchbot" help:"The installation's name: the Terraform variable name."`
	Since    since.Since  `default:"720h" placeholder:"720h" help:"Print the entries of these last hours, or from a day such as 2026-11-01 on."`
	Instance string       `placeholder:"i-…" help:"Only this instance, i-… or mi-…; without it the whole table is read."`
	Format   table.Format `default:"table" enum:"table,csv,json" help:"One of table, csv and json."`
}

// Run prints a line for each entry, the oldest first.
func (c Command) Run(ctx context.Context, t terminal.Terminal) error {
	if c.Instance != "" && !strings.HasPrefix(c.Instance, "i-") && !strings.HasPrefix(c.Instance, "mi-") {
		return terminal.UsageError(fmt.Sprintf("--instance is %q, expected an id such as i-0933335a5598d1c2e, or mi-… for a hybrid node", c.Instance))
	}
	from, err := c.Since.Before(time.Now())
	if err != nil {
		return err
	}
	account, where, err := installation.Open(ctx, c.Name)
	if err != nil {
		return err
	}
	var entries []dynamostore.Recorded
	if c.Instance == "" {
		entries, err = dynamostore.AuditSince(ctx, account.DynamoDB, where.Table, from)
	} else {
		entries, err = ofInstance(ctx, dynamostore.New(account.DynamoDB, where.Table), c.Instance, from)
	}
	if err != nil {
		return fmt.Errorf("%w. Your credentials need dynamodb:BatchGetItem, dynamodb:Query and dynamodb:Scan on %s and its indexes", err, where.Table)
	}
	return table.Write(t.Out, c.Format, columns(), entries)
}

// mostRequests is how many requests of one instance are looked through: more than it can have
// while they are kept.
const mostRequests = 10_000

// ofInstance reads the entries of an instance's requests, the oldest first.
func ofInstance(ctx context.Context, store bot.Store, instance string, from time.Time) ([]dynamostore.Recorded, error) {
	requests, err := store.ByInstance(ctx, instance, mostRequests)
	if err != nil {
		return nil, err
	}
	var entries []dynamostore.Recorded
	for _, r := range requests {
		audit, err := store.Audit(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range audit {
			if !e.At.Before(from) {
				entries = append(entries, dynamostore.Recorded{AuditEntry: e, RequestID: r.ID, Instance: instance, Owner: r.Owner})
			}
		}
	}
	slices.SortStableFunc(entries, func(a, b dynamostore.Recorded) int { return a.At.Compare(b.At) })
	return entries, nil
}

func columns() []table.Column[dynamostore.Recorded] {
	return []table.Column[dynamostore.Recorded]{
		{Name: "time", Value: func(e dynamostore.Recorded) any { return e.At }},
		{Name: "request", Value: func(e dynamostore.Recorded) any { return e.RequestID }},
		{Name: "instance", Value: func(e dynamostore.Recorded) any { return e.Instance }},
		{Name: "owner", Value: func(e dynamostore.Recorded) any { return e.Owner }},
		{Name: "action", Value: func(e dynamostore.Recorded) any { return e.Action }},
		{Name: "who", Value: who},
		{Name: "via", Value: via},
		{Name: "result", Value: result},
		{Name: "from", Value: func(e dynamostore.Recorded) any { return string(e.From) }},
		{Name: "to", Value: func(e dynamostore.Recorded) any { return string(e.To) }},
		{Name: "execution", Value: func(e dynamostore.Recorded) any { return e.Execution }}, // another one, that was turned away
		{Name: "until", Value: until},
	}
}

// who is a person's id in the way they came, e.g. U0123 in Slack; empty for a machine.
func who(e dynamostore.Recorded) any {
	_, user := e.Person()
	return user
}

// until is the time that something was scheduled for; empty where nothing was.
func until(e dynamostore.Recorded) any {
	if e.Until.IsZero() {
		return ""
	}
	return e.Until
}

// via is how somebody came, e.g. "slack", or which machine it was, e.g. "workflow".
func via(e dynamostore.Recorded) any {
	via, _ := e.Person()
	return via
}

// result is "done", or the code of what was refused, e.g. "not_approver".
func result(e dynamostore.Recorded) any {
	if e.Refused != "" {
		return string(e.Refused)
	}
	return "done"
}

package wiring

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/patchbot/patchbot/workflow"
)

// Progress is the handler of the function progress: EventBridge's events about commands,
// snapshots and executions, and the schedule on which what failed is tried again.
func (a *App) Progress(ctx context.Context, event json.RawMessage) error {
	ctx, cancel := withReserve(ctx, a.Bot.Now())
	defer cancel()
	if isSchedule(event) {
		return a.sweep(ctx)
	}
	return a.observe(ctx, event)
}

// isSchedule reports whether an event comes from a rule with a schedule.
func isSchedule(event json.RawMessage) bool {
	var e struct {
		Source     string `json:"source"`
		DetailType string `json:"detail-type"`
	}
	return json.Unmarshal(event, &e) == nil && e.Source == "aws.events" && e.DetailType == "Scheduled Event"
}

func (a *App) sweep(ctx context.Context) error {
	log := a.invocationLog(ctx)
	if err := a.Bot.Sweep(ctx); err != nil {
		log.Error("sweep failed", "error", err)
		return err
	}
	return nil
}

func (a *App) observe(ctx context.Context, event json.RawMessage) error {
	log := a.invocationLog(ctx)
	e, err := workflow.ParseEvent(event)
	if errors.Is(err, workflow.ErrUnknownEvent) {
		log.Warn("ignored an event", "error", err)
		return nil
	}
	if err != nil {
		log.Error("cannot read an event", "error", err)
		return err
	}
	log = log.With("event", e.ID, "subject", e.Detail.Subject())
	if err := a.Bot.Observe(ctx, e); err != nil {
		log.Error("an event failed and will be delivered again", "error", err)
		return err
	}
	return nil
}

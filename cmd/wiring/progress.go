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
	switch schedule := scheduleOf(event); schedule {
	case "":
	case endBackups:
		return a.endBackups(ctx)
	default:
		return a.sweep(ctx)
	}
	return a.observe(ctx, event)
}

// What schedules are for: endBackups is what the rule's target says; any other schedule sweeps.
const (
	endBackups = "end-backups"
	sweep      = "sweep"
)

// scheduleOf says what a schedule is for whose rule an event comes from; empty for any other event.
func scheduleOf(event json.RawMessage) string {
	var e struct {
		Source     string `json:"source"`
		DetailType string `json:"detail-type"`
		Schedule   string `json:"patchbot-schedule"`
	}
	switch {
	case json.Unmarshal(event, &e) != nil:
		return ""
	case e.Schedule != "":
		return e.Schedule
	case e.Source == "aws.events" && e.DetailType == "Scheduled Event":
		return sweep
	}
	return ""
}

// endBackups deletes the snapshots that nobody needs any more.
func (a *App) endBackups(ctx context.Context) error {
	log := a.invocationLog(ctx)
	if err := a.Bot.EndBackups(ctx); err != nil {
		log.Error("backups could not be ended", "error", err)
		return err
	}
	return nil
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

package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/aws/aws-lambda-go/events"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// record is one message of a batch, with what was read of it.
type record struct {
	message
	id           string // the message's id in SQS or SNS
	notification workflow.Notification
	err          error // the notification cannot be read
}

// Notify is the handler of the function notify. It takes batches of two queues of SQS and answers
// which messages failed: notifications, or SNS envelopes around them, and signals for the writers of
// channels, which come in message groups. From SNS directly, where there is no such answer, it
// returns the errors.
func (a *App) Notify(ctx context.Context, event json.RawMessage) (events.SQSEventResponse, error) {
	ctx, cancel := withReserve(ctx, a.Bot.Now())
	defer cancel()
	messages, err := readMessages(event)
	if err != nil {
		return failedItems(nil), err
	}
	if messages[0].group() != "" {
		return failedItems(a.serveChannels(ctx, messages)), nil
	}
	var failed []message
	var errs []error
	for _, r := range readRecords(messages) {
		if err := a.notify(ctx, r); err != nil {
			failed, errs = append(failed, r.message), append(errs, err)
		}
	}
	if messages[0].EventSource == fromSQS {
		return failedItems(failed), nil
	}
	return failedItems(nil), errors.Join(errs...)
}

// notify hands one notification to the bot. What cannot be read fails, too: so it comes
// to the dead-letter queue.
func (a *App) notify(ctx context.Context, r record) error {
	log, n := a.invocationLog(ctx).With("message_id", r.id), r.notification
	if r.err != nil {
		log.Error("cannot read a notification", "error", r.err)
		return r.err
	}
	log = log.With("notification", n.ID, "kind", n.Kind(), "instance", n.InstanceID, "execution", n.ExecutionARN)
	err := ctx.Err() // no time is left: the rest of the batch comes again
	if err == nil {
		err = a.Bot.Notify(ctx, n)
	}
	switch {
	case errors.Is(err, bot.ErrTooEarly):
		log.Warn("a notification came too early and will be delivered again", "error", err)
	case err != nil:
		log.Error("a notification failed and will be delivered again", "error", err)
	}
	return err
}

// readRecords reads notifications, in the order in which they occurred.
func readRecords(messages []message) []record {
	var records []record
	for _, m := range messages {
		if m.EventSource == fromSNS {
			records = append(records, readRecord(m, m.SNS.MessageID, m.SNS.Message))
		} else {
			records = append(records, readRecord(m, m.MessageID, fromEnvelope(m.Body)))
		}
	}
	slices.SortStableFunc(records, func(x, y record) int { return x.notification.OccurredAt.Compare(y.notification.OccurredAt) })
	return records
}

func readRecord(m message, id, body string) record {
	n, err := workflow.ParseNotification([]byte(body))
	return record{message: m, id: id, notification: n, err: err}
}

// fromEnvelope takes a message out of SNS's envelope. With raw message delivery there is
// none.
func fromEnvelope(body string) string {
	var envelope struct{ Type, TopicArn, Message string }
	if err := json.Unmarshal([]byte(body), &envelope); err == nil && envelope.Type == "Notification" && envelope.TopicArn != "" {
		return envelope.Message
	}
	return body
}

package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-lambda-go/events"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// record is one message of a batch, with what was read of it.
type record struct {
	id           string // the message's id in SQS or SNS
	notification workflow.Notification
	err          error // the notification cannot be read
}

// Notify is the handler of the function notify. It takes batches of SQS, whose messages
// are notifications or SNS envelopes around them, and answers which failed. From SNS
// directly, where there is no such answer, it returns their errors.
func (a *App) Notify(ctx context.Context, event json.RawMessage) (events.SQSEventResponse, error) {
	ctx, cancel := withReserve(ctx, a.Bot.Now())
	defer cancel()
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	records, fromQueue, err := readRecords(event)
	if err != nil {
		return answer, err
	}
	var errs []error
	for _, r := range records {
		if err := a.notify(ctx, r); err != nil {
			errs = append(errs, err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: r.id})
		}
	}
	if fromQueue {
		return answer, nil
	}
	return answer, errors.Join(errs...)
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

// readRecords reads a batch, the notifications in the order in which they occurred.
func readRecords(event json.RawMessage) (records []record, fromQueue bool, err error) {
	var batch struct {
		Records []struct {
			EventSource string           `json:"eventSource"` // SNS writes a capital E
			MessageID   string           `json:"messageId"`
			Body        string           `json:"body"`
			SNS         events.SNSEntity `json:"Sns"`
		}
	}
	if err := json.Unmarshal(event, &batch); err != nil {
		return nil, false, fmt.Errorf("read the event of notify: %w", err)
	}
	if len(batch.Records) == 0 {
		return nil, false, errors.New("read the event of notify: it has no Records, expected a batch of SQS or SNS")
	}
	for _, r := range batch.Records {
		switch r.EventSource {
		case "aws:sqs":
			fromQueue = true
			records = append(records, readRecord(r.MessageID, fromEnvelope(r.Body)))
		case "aws:sns":
			records = append(records, readRecord(r.SNS.MessageID, r.SNS.Message))
		default:
			return nil, false, fmt.Errorf("read the event of notify: its source is %q, expected aws:sqs or aws:sns", r.EventSource)
		}
	}
	slices.SortStableFunc(records, func(x, y record) int { return x.notification.OccurredAt.Compare(y.notification.OccurredAt) })
	return records, fromQueue, nil
}

func readRecord(id, body string) record {
	n, err := workflow.ParseNotification([]byte(body))
	return record{id: id, notification: n, err: err}
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

package wiring

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
)

// message is one record of a batch, from SQS or from SNS.
type message struct {
	EventSource   string            `json:"eventSource"` // SNS writes a capital E
	MessageID     string            `json:"messageId"`
	ReceiptHandle string            `json:"receiptHandle"`
	Body          string            `json:"body"`
	Attributes    map[string]string `json:"attributes"` // of SQS
	SNS           events.SNSEntity  `json:"Sns"`
}

// Sources of messages.
const (
	fromSQS = "aws:sqs"
	fromSNS = "aws:sns"
)

// group is the message group of the FIFO queue that a message is in, see groupOf; empty for one of
// another queue.
func (m message) group() string { return m.Attributes["MessageGroupId"] }

// received is how often a message of SQS was received, this time included.
func (m message) received() int {
	n, err := strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
	if err != nil {
		return 1
	}
	return n
}

// readMessages reads a batch. All of its messages are of one source.
func readMessages(event json.RawMessage) ([]message, error) {
	var batch struct{ Records []message }
	if err := json.Unmarshal(event, &batch); err != nil {
		return nil, fmt.Errorf("read the event of notify: %w", err)
	}
	if len(batch.Records) == 0 {
		return nil, errors.New("read the event of notify: it has no Records, expected a batch of SQS or SNS")
	}
	for _, m := range batch.Records {
		if m.EventSource != fromSQS && m.EventSource != fromSNS {
			return nil, fmt.Errorf("read the event of notify: its source is %q, expected %s or %s", m.EventSource, fromSQS, fromSNS)
		}
	}
	return batch.Records, nil
}

// failedItems answers Lambda which messages of a batch are to be delivered again.
func failedItems(failed []message) events.SQSEventResponse {
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for _, m := range failed {
		answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageID})
	}
	return answer
}

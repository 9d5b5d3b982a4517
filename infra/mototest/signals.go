package mototest

import (
	"maps"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"
)

// Signals is a FIFO queue, from which a test takes batches as an event source mapping does: here,
// moto has none.
type Signals struct {
	QueueURL string
	client   *sqs.Client
}

// CreateSignals creates the queue, whose name ends in ".fifo", as the module sets it up.
func (s Server) CreateSignals(t testing.TB, name string) Signals {
	t.Helper()
	queues := sqs.NewFromConfig(s.Config())
	queue, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{
		"FifoQueue": "true", "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}})
	require.NoError(t, err)
	return Signals{QueueURL: aws.ToString(queue.QueueUrl), client: queues}
}

// OpenSignals is a FIFO queue that something else created in the server.
func (s Server) OpenSignals(queueURL string) Signals {
	return Signals{QueueURL: queueURL, client: sqs.NewFromConfig(s.Config())}
}

// Receive takes at most ten messages, without waiting, and returns the event that Lambda hands over.
func (s Signals) Receive(t testing.TB) events.SQSEvent {
	t.Helper()
	out, err := s.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &s.QueueURL, MaxNumberOfMessages: 10,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll}})
	require.NoError(t, err)
	var batch events.SQSEvent
	for _, m := range out.Messages {
		batch.Records = append(batch.Records, events.SQSMessage{EventSource: "aws:sqs", MessageId: aws.ToString(m.MessageId),
			ReceiptHandle: aws.ToString(m.ReceiptHandle), Body: aws.ToString(m.Body), Attributes: maps.Clone(m.Attributes)})
	}
	return batch
}

// Delete takes messages out of the queue, as Lambda does with those that did not fail.
func (s Signals) Delete(t testing.TB, batch events.SQSEvent) {
	t.Helper()
	for _, m := range batch.Records {
		_, err := s.client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &s.QueueURL, ReceiptHandle: aws.String(m.ReceiptHandle)})
		require.NoError(t, err)
	}
}

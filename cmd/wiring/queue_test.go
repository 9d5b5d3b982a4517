package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/require"
)

// fifo stands for the FIFO queue of channels. It refuses what SQS refuses, and drops what SQS takes
// for the same news; no test lasts for its five minutes.
type fifo struct {
	mu      sync.Mutex
	sent    []sqs.SendMessageInput // what waits to be received, in order
	known   map[string]bool        // groups with a deduplication id
	err     error                  // of every call
	refused string                 // code of a failure within a batch
	again   map[string]int32       // seconds until a message comes again, by its receipt handle
}

// groupName is what SQS takes as the name of a group, or as a deduplication id.
var groupName = regexp.MustCompile(`^[!-~]{1,128}$`)

func newFIFO() *fifo { return &fifo{known: map[string]bool{}, again: map[string]int32{}} }

func (q *fifo) SendMessage(ctx context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	group, id := aws.ToString(in.MessageGroupId), aws.ToString(in.MessageDeduplicationId)
	switch {
	case q.err != nil:
		return nil, q.err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !groupName.MatchString(group) || !groupName.MatchString(id) || in.DelaySeconds != 0:
		return nil, errors.New("InvalidParameterValue")
	}
	if !q.known[group+" "+id] {
		q.known[group+" "+id] = true
		q.sent = append(q.sent, *in)
	}
	return &sqs.SendMessageOutput{}, nil
}

func (q *fifo) ChangeMessageVisibilityBatch(_ context.Context, in *sqs.ChangeMessageVisibilityBatchInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := &sqs.ChangeMessageVisibilityBatchOutput{}
	if q.refused != "" {
		out.Failed = []types.BatchResultErrorEntry{{Id: in.Entries[0].Id, Code: &q.refused}}
	}
	for _, e := range in.Entries {
		q.again[aws.ToString(e.ReceiptHandle)] = e.VisibilityTimeout
	}
	return out, q.err
}

// receive takes at most ten messages, as Lambda does.
func (q *fifo) receive() events.SQSEvent {
	q.mu.Lock()
	defer q.mu.Unlock()
	var batch events.SQSEvent
	taken := q.sent[:min(len(q.sent), batchSize)]
	for i, m := range taken {
		batch.Records = append(batch.Records, events.SQSMessage{EventSource: "aws:sqs", MessageId: fmt.Sprint("message-", i), Body: aws.ToString(m.MessageBody),
			Attributes: map[string]string{"MessageGroupId": aws.ToString(m.MessageGroupId), "ApproximateReceiveCount": "1"}})
	}
	q.sent = q.sent[len(taken):]
	return batch
}

// serve has notify take what is in the queue of channels, until it is empty.
func (s testApp) serve(t *testing.T) {
	t.Helper()
	for batch := s.fifo.receive(); len(batch.Records) > 0; batch = s.fifo.receive() {
		data, err := json.Marshal(batch)
		require.NoError(t, err)
		answer, err := s.Notify(t.Context(), data)
		require.NoError(t, err)
		require.Empty(t, answer.BatchItemFailures)
	}
}

package mototest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// Inbox is a queue that is subscribed to a topic of its own, as the module sets it up.
type Inbox struct {
	TopicARN string
	queueURL string
	client   *sqs.Client
}

// CreateInbox creates the topic and the queue.
func (s Server) CreateInbox(t testing.TB, name string) Inbox {
	t.Helper()
	topics, queues := sns.NewFromConfig(s.Config()), sqs.NewFromConfig(s.Config())
	topic, err := topics.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: &name})
	require.NoError(t, err)
	queue, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	require.NoError(t, err)
	_, err = topics.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"),
		Endpoint:   aws.String("arn:aws:sqs:" + Region + ":" + Account + ":" + name),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	require.NoError(t, err)
	return Inbox{TopicARN: aws.ToString(topic.TopicArn), queueURL: aws.ToString(queue.QueueUrl), client: queues}
}

// OpenInbox is a queue that something else created and subscribed in the server.
func (s Server) OpenInbox(queueURL string) Inbox {
	return Inbox{queueURL: queueURL, client: sqs.NewFromConfig(s.Config())}
}

// Next takes the next notification out of the queue, waiting up to a minute: a machine here passes a state
// in a second or two when much else runs, and SQS waits for 20 seconds at the longest.
func (i Inbox) Next(t testing.TB) workflow.Notification {
	t.Helper()
	var out *sqs.ReceiveMessageOutput
	for range 3 {
		var err error
		out, err = i.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &i.queueURL, MaxNumberOfMessages: 1, WaitTimeSeconds: 20,
		})
		require.NoError(t, err)
		if len(out.Messages) > 0 {
			break
		}
	}
	require.Len(t, out.Messages, 1, "no notification came")
	n, err := workflow.ParseNotification([]byte(aws.ToString(out.Messages[0].Body)))
	require.NoError(t, err)
	_, err = i.client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{
		QueueUrl: &i.queueURL, ReceiptHandle: out.Messages[0].ReceiptHandle,
	})
	require.NoError(t, err)
	return n
}

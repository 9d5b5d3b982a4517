package doctor

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"
)

// write puts a message into a dead-letter queue, and empty takes it out again.
func (d *doctorTest) write(kind string) func(*testing.T) {
	return func(t *testing.T) {
		_, err := d.Account.SQS.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(d.Installation.DeadLetterQueues[kind]), MessageBody: aws.String("lost"), MessageGroupId: d.group(kind), MessageDeduplicationId: d.group(kind)})
		require.NoError(t, err)
	}
}

// group is what a message of a FIFO queue needs.
func (d *doctorTest) group(kind string) *string {
	if strings.HasSuffix(d.Installation.DeadLetterQueues[kind], ".fifo") {
		return aws.String("C0123456789")
	}
	return nil
}

func (d *doctorTest) empty(kind string) func(*testing.T) {
	return func(t *testing.T) {
		_, err := d.Account.SQS.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: aws.String(d.Installation.DeadLetterQueues[kind])})
		require.NoError(t, err)
	}
}

func (d *doctorTest) deadLetterDefects() map[string]defect {
	return map[string]defect{
		"a notification that was given up": {d.write("notifications"), d.empty("notifications"), "dead letters", failure, "notifications holds 1 messages"},
		"a signal that was given up":       {d.write("channels"), d.empty("channels"), "dead letters", failure, "channels holds 1 messages"},
		"an event that was not delivered":  {d.write("events"), d.empty("events"), "dead letters", failure, "events holds 1 messages"},
		"an event that progress failed on": {d.write("progress"), d.empty("progress"), "dead letters", failure, "progress holds 1 messages"},
		"a queue that nobody knows what to say": {func(t *testing.T) {
			d.Installation.DeadLetterQueues["other"] = d.Installation.DeadLetterQueues["events"]
			d.PutParameter()
			d.write("events")(t)
		}, func(t *testing.T) {
			delete(d.Installation.DeadLetterQueues, "other")
			d.PutParameter()
			d.empty("events")(t)
		}, "dead letters, dead letters", failure, "holds 1 messages"},
	}
}

// adviceForDeadLetters asks for commands that AWS takes: only those of notifications and channels are
// dead-letter queues of a queue, so that SQS moves their messages back.
func (d *doctorTest) adviceForDeadLetters(t *testing.T) {
	x := &examination{Installation: d.Installation}
	for kind, want := range map[string][]string{
		"notifications": {"`aws sqs start-message-move-task --source-arn dlq-arn --destination-arn arn:aws:sqs:us-east-1:123456789012:notifications`"},
		"channels":      {"`aws sqs start-message-move-task --source-arn dlq-arn`", "patchbot-notify"},
		"events": {"`aws sqs receive-message --queue-url dlq-url --attribute-names All --message-attribute-names All`",
			"`aws stepfunctions start-execution --state-machine-arn " + d.Installation.FindMissing.StateMachineARN + "`", "`aws sqs purge-queue --queue-url dlq-url`"},
		"progress": {"`aws lambda invoke --function-name patchbot-progress --invocation-type Event --payload fileb://event.json answer.json`", "`aws sqs purge-queue --queue-url dlq-url`"},
		"other":    {"`aws sqs receive-message --queue-url dlq-url", "`aws sqs purge-queue --queue-url dlq-url`"},
	} {
		advice := x.deadLetterAdvice(kind, "dlq-url", "dlq-arn")
		for _, command := range want {
			require.Contains(t, advice, command, kind)
		}
		if kind != "notifications" && kind != "channels" {
			require.NotContains(t, advice, "start-message-move-task", kind)
		}
	}
}

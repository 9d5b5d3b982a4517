package wiring

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/patchbot/patchbot/bot"
)

// queueAPI is what is asked of SQS; *sqs.Client implements it.
type queueAPI interface {
	SendMessage(ctx context.Context, in *sqs.SendMessageInput, options ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
	ChangeMessageVisibilityBatch(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput, options ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error)
}

// channelsQueue is the bot.Channels of AWS: a FIFO queue with a message group for each channel, of
// which Lambda hands over one batch at a time.
type channelsQueue struct {
	sqs queueAPI
	url string
}

var _ bot.Channels = channelsQueue{}

// Signal sends a signal.
func (q channelsQueue) Signal(ctx context.Context, s bot.Signal) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode a signal for channel %s: %w", s.Channel, err)
	}
	_, err = q.sqs.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &q.url, MessageBody: aws.String(string(body)),
		MessageGroupId: aws.String(groupOf(s.Channel)), MessageDeduplicationId: aws.String(deduplicationID(ctx, s, body)),
	})
	if err != nil {
		return fmt.Errorf("send a signal for channel %s: %w", s.Channel, err)
	}
	return nil
}

// channelID is what Slack's channels look like, and SQS takes as a group of messages.
var channelID = regexp.MustCompile(`^[A-Z0-9]{1,64}$`)

// groupOf is the message group of a channel. Where a tag names one that cannot be Slack's, SQS
// might refuse it (it takes 1 to 128 characters, ASCII without spaces), and then nobody would ever
// ask elsewhere: such a group has the channel's hash.
func groupOf(channel string) string {
	if channelID.MatchString(channel) {
		return channel
	}
	hash := sha256.Sum256([]byte(channel))
	return "x-" + hex.EncodeToString(hash[:])
}

// deduplicationID names the news of a signal: within five minutes, SQS drops a second message of
// a group that has the same (at most 128 characters). A change of tags has no name of its own,
// and the same can come about again after another one, so it is news of the invocation that it was
// heard in: Lambda repeats one under the same id.
func deduplicationID(ctx context.Context, s bot.Signal, body []byte) string {
	if s.Tags == nil {
		return cmp.Or(s.Request, groupOf(s.Channel)) + "." + strconv.FormatInt(s.Version, 10)
	}
	hash := sha256.New()
	if lambda, ok := lambdacontext.FromContext(ctx); ok {
		hash.Write([]byte(lambda.AwsRequestID))
	}
	hash.Write(body)
	return "tags." + hex.EncodeToString(hash.Sum(nil))
}

// A message that failed holds back its whole channel until it comes again. That is sooner than
// after the queue's visibility timeout of some minutes: for an outage of seconds, a channel is not
// to stand still for longer.
const (
	againFirst  = 10 * time.Second
	againAtMost = 5 * time.Minute
	againTime   = 500 * time.Millisecond // bounds the call, within the reserve of the function
)

// againAfter is how long to wait with a message that was received some times: twice as long each
// time. Ten tries outlast 25 minutes.
func againAfter(received int) time.Duration {
	return min(againFirst<<min(max(received-1, 0), 10), againAtMost)
}

// deliverSoon has messages that failed delivered again soon. Where that fails, they come after the
// queue's visibility timeout.
func (q channelsQueue) deliverSoon(ctx context.Context, failed []message) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), againTime)
	defer cancel()
	in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &q.url}
	for i, m := range failed {
		in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &m.ReceiptHandle,
			VisibilityTimeout: int32(againAfter(m.received()) / time.Second), // #nosec G115 -- at most againAtMost
		})
	}
	out, err := q.sqs.ChangeMessageVisibilityBatch(ctx, in)
	if err == nil && len(out.Failed) > 0 {
		err = fmt.Errorf("%s: %s", aws.ToString(out.Failed[0].Code), aws.ToString(out.Failed[0].Message))
	}
	return err
}

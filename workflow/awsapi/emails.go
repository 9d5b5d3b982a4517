package awsapi

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// EmailsClient is what Emails calls; *sns.Client implements it.
type EmailsClient interface {
	Publish(ctx context.Context, in *sns.PublishInput, options ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Emails sends mails through an SNS topic. An owner gets those for which their
// subscription has the filter policy {"owner": ["<name>"]}.
type Emails struct {
	client EmailsClient
	topic  string
}

// NewEmails returns Emails that publish to the topic with this ARN.
func NewEmails(client EmailsClient, topicARN string) Emails { return Emails{client, topicARN} }

// maxSubject is SNS's limit: a subject has fewer than 100 characters.
const maxSubject = 99

// Email publishes a mail to an owner. Without an owner, only subscriptions without a
// filter policy get it.
func (e Emails) Email(ctx context.Context, owner, subject, body string) error {
	in := &sns.PublishInput{TopicArn: &e.topic, Subject: aws.String(oneLine(subject)), Message: &body}
	if owner != "" { // SNS refuses an empty value
		in.MessageAttributes = map[string]types.MessageAttributeValue{
			"owner": {DataType: aws.String("String"), StringValue: &owner},
		}
	}
	if _, err := e.client.Publish(ctx, in); err != nil {
		return fmt.Errorf("publish email for owner %q: %w", owner, err)
	}
	return nil
}

// oneLine makes text fit a subject: no line breaks or control characters, not too long,
// not empty.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	text = cut(strings.Join(strings.Fields(text), " "), maxSubject)
	if text == "" {
		return "patchbot"
	}
	return text
}

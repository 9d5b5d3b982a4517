package awsapi_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awsapi"
)

// topic remembers what was published and answers with err.
type topic struct {
	published *sns.PublishInput
	err       error
}

func (c *topic) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	c.published = in
	return &sns.PublishOutput{}, c.err
}

const topicARN = "arn:aws:sns:us-east-1:111122223333:emails"

func TestEmail(t *testing.T) {
	for name, c := range map[string]struct{ subject, want string }{
		"a plain subject stays":           {"web-1 misses patches", "web-1 misses patches"},
		"line breaks become spaces":       {"web-1\r\nBcc: eve\x00!\u2028end", "web-1 Bcc: eve ! end"},
		"a long subject is cut":           {strings.Repeat("ä", 200), strings.Repeat("ä", 99)},
		"an empty subject names patchbot": {" \n ", "patchbot"},
	} {
		t.Run(name, func(t *testing.T) {
			client := &topic{}
			require.NoError(t, awsapi.NewEmails(client, topicARN).Email(t.Context(), "payments", c.subject, "line\nline"))
			require.Equal(t, topicARN, aws.ToString(client.published.TopicArn))
			require.Equal(t, c.want, aws.ToString(client.published.Subject))
			require.Equal(t, "line\nline", aws.ToString(client.published.Message))
			owner := client.published.MessageAttributes["owner"]
			require.Equal(t, "String", aws.ToString(owner.DataType))
			require.Equal(t, "payments", aws.ToString(owner.StringValue))
		})
	}
}

func TestEmailWithoutOwnerHasNoAttribute(t *testing.T) {
	client := &topic{}
	require.NoError(t, awsapi.NewEmails(client, topicARN).Email(t.Context(), "", "subject", "body"))
	require.Empty(t, client.published.MessageAttributes)
}

func TestEmailErrorNamesTheOwner(t *testing.T) {
	refused := errors.New("refused")
	err := awsapi.NewEmails(&topic{err: refused}, topicARN).Email(t.Context(), "payments", "subject", "body")
	require.ErrorIs(t, err, refused)
	require.ErrorContains(t, err, `"payments"`)
}

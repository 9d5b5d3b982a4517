package moduletest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

// queue is one of the module's queues, by its name in the source and its key there.
func (p plan) queue(t *testing.T, name string, key any) resource {
	t.Helper()
	for _, r := range p.ofType(t, "aws_sqs_queue") {
		if r.Name == name && r.Index == key {
			return r
		}
	}
	require.Fail(t, "no queue "+name)
	return resource{}
}

// givesChannelsOneWriter asks that what cannot be taken in time comes to a queue that can be sent
// back, and that every function may wake a writer.
func (p plan) givesChannelsOneWriter(t *testing.T) {
	channels, letters := p.queue(t, "channels", nil), p.queue(t, "dead_letters", "channels")
	var redrive struct {
		Target string `json:"deadLetterTargetArn"`
		Tries  int    `json:"maxReceiveCount"`
	}
	require.NoError(t, json.Unmarshal([]byte(channels.text("redrive_policy")), &redrive))
	require.Equal(t, letters.text("arn"), redrive.Target)
	require.Equal(t, 10, redrive.Tries)
	require.True(t, strings.HasSuffix(letters.text("name"), ".fifo"), "AWS refuses another queue's")

	for sid, roles := range map[string]int{"SignalChannels": len(functions), "ReceiveSignals": 1, "PaceChannels": 1, "FindChannels": 1} {
		require.Len(t, p.named(t, sid, "aws_iam_role_policy"), roles, sid)
	}
	for _, s := range p.named(t, "SignalChannels", "aws_iam_role_policy") {
		require.Equal(t, oneOrMore{channels.text("arn")}, s.Resource)
	}
}

// letsNotifyUpdateOnlyThePace asks that single updates reach no request, lock, owner or audit entry,
// and that a scan reads channels alone.
func (p plan) letsNotifyUpdateOnlyThePace(t *testing.T) {
	var allowed []string
	for _, statements := range p.statements(t, "aws_iam_role_policy") {
		for _, s := range statements {
			if s.Effect != "Deny" && (slices.Contains(s.Action, "dynamodb:UpdateItem") || slices.Contains(s.Action, "dynamodb:Scan")) {
				allowed = append(allowed, s.Sid)
			}
		}
	}
	require.ElementsMatch(t, []string{"PaceChannels", "FindChannels"}, allowed)
	for _, s := range p.named(t, "PaceChannels", "aws_iam_role_policy") {
		require.Equal(t, oneOrMore{"CHANNEL#*", "PACE#*"}, s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
		require.Equal(t, oneOrMore{"false"}, s.Condition["Null"]["dynamodb:LeadingKeys"])
	}
	for _, s := range p.named(t, "FindChannels", "aws_iam_role_policy") {
		require.Len(t, s.Resource, 1)
		require.True(t, strings.HasSuffix(s.Resource[0], "/index/by-unshown"), s.Resource[0])
	}
	for address, s := range p.named(t, "NeverDeleteRequestsOrAudit", "aws_iam_role_policy") {
		require.Equal(t, oneOrMore{"CHANNEL#*", "DIGEST#*", "PACE#*", "REQUEST#*", "TURNS#*"}, s.Condition["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"], address)
	}
}

// keepsChannelsApart asks the applied queue for what the bot leans on: a group that is being served
// holds back its own messages and no other's, and the same news comes once.
func (p plan) keepsChannelsApart(t *testing.T, server mototest.Server) {
	signals, client := server.OpenSignals(p.queue(t, "channels", nil).text("url")), sqs.NewFromConfig(server.Config())
	send := func(channel, news string) {
		_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &signals.QueueURL, MessageBody: aws.String(news),
			MessageGroupId: &channel, MessageDeduplicationId: &news})
		require.NoError(t, err)
	}
	send("C1", "one")
	send("C1", "one")
	served := signals.Receive(t)
	require.Len(t, served.Records, 1)
	require.Equal(t, "C1", served.Records[0].Attributes["MessageGroupId"])

	send("C1", "two")
	send("C2", "two")
	other := signals.Receive(t)
	require.Len(t, other.Records, 1, "C1 is being served")
	require.Equal(t, "C2", other.Records[0].Attributes["MessageGroupId"])
	signals.Delete(t, served)
	rest := signals.Receive(t)
	require.Len(t, rest.Records, 1)
	require.Equal(t, "two", rest.Records[0].Body)
	signals.Delete(t, other)
	signals.Delete(t, rest)
}

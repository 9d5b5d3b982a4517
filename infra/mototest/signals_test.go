package mototest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

// oldNews sends what a FIFO queue takes for the same.
func oldNews(t *testing.T, s mototest.Server) {
	signals, client := s.CreateSignals(t, "news.fifo"), sqs.NewFromConfig(s.Config())
	send := func(group, id string) {
		_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &signals.QueueURL, MessageBody: aws.String("{}"),
			MessageGroupId: &group, MessageDeduplicationId: &id})
		require.NoError(t, err)
	}
	receive := func() (groups []string) {
		batch := signals.Receive(t)
		for _, m := range batch.Records {
			groups = append(groups, m.Attributes["MessageGroupId"])
		}
		signals.Delete(t, batch)
		return groups
	}
	send("C1", "one")
	send("C1", "one")
	send("C2", "one")
	require.ElementsMatch(t, []string{"C1", "C2"}, receive(), "the same news in two groups")
	send("C1", "one")
	require.Empty(t, receive(), "what was deleted is remembered")
	send("C1", "two")
	require.Equal(t, []string{"C1"}, receive())
}

package dynamostore_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
)

// auditSince covers what an index would miss: a request that is deleted, and one that was saved
// before any index by time.
func auditSince(t *testing.T, tb table) {
	entry := func(after time.Duration, action string) bot.AuditEntry {
		return bot.AuditEntry{At: start.Add(after), Actor: "slack:U1", Action: action}
	}
	first, second := request(1), request(2)
	first.Owner, second.Instance.ID = "a#b", "i-2"
	tb.save(t, first, entry(0, "too early"), entry(time.Hour, "at the time itself"), entry(time.Hour+time.Millisecond, "a moment later"))
	tb.save(t, second, entry(2*time.Hour, "of a deleted request"))
	_, err := tb.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &tb.name, Key: key("REQUEST#"+second.ID, "REQUEST")})
	require.NoError(t, err)
	older := tb.item(t, "REQUEST#"+first.ID, "REQUEST")
	delete(older, "month")
	delete(older, "summary")
	tb.put(t, older)

	found, err := dynamostore.AuditSince(t.Context(), tb.client, tb.name, start.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, []dynamostore.Recorded{
		{AuditEntry: entry(time.Hour, "at the time itself"), RequestID: first.ID, Instance: "i-1", Owner: "a#b"},
		{AuditEntry: entry(time.Hour+time.Millisecond, "a moment later"), RequestID: first.ID, Instance: "i-1", Owner: "a#b"},
		{AuditEntry: entry(2*time.Hour, "of a deleted request"), RequestID: second.ID},
	}, found)
	found, err = dynamostore.AuditSince(t.Context(), tb.client, tb.name, start.Add(time.Hour+time.Microsecond))
	require.NoError(t, err)
	require.Len(t, found, 2, "to the microsecond")
}

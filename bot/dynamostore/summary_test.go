package dynamostore_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
)

// olderRequests tells of requests that were saved before the index by-month was there.
func olderRequests(t *testing.T, tb table) {
	r := tb.save(t, request(1))
	item := tb.item(t, "REQUEST#"+r.ID, "REQUEST")
	require.Equal(t, text("open"), item["month"])
	delete(item, "month")
	delete(item, "summary")
	tb.put(t, item)
	listed := func() []bot.Summary {
		found, err := tb.CreatedBetween(t.Context(), start, start.AddDate(0, 0, 1))
		require.NoError(t, err)
		return found
	}
	require.Empty(t, listed())
	r = tb.save(t, ended(r))
	require.Equal(t, []bot.Summary{r.Summary()}, listed(), "from its next change on")
	require.Equal(t, text("2026-11"), tb.item(t, "REQUEST#"+r.ID, "REQUEST")["month"])
}

// unreadableSummary stands for what somebody else wrote into the index.
func unreadableSummary(t *testing.T, tb table) {
	for what, summary := range map[string]types.AttributeValue{"has no summary": number(1), "decode summary of item REQUEST#r-1": text("{")} {
		item := key("REQUEST#r-1", "REQUEST")
		item["month"], item["created_at"], item["summary"] = text("open"), text("2026-11-23T10:00:00.000000000Z"), summary
		tb.put(t, item)
		_, err := tb.AllOpen(t.Context())
		require.ErrorContains(t, err, what)
		_, err = tb.CreatedBetween(t.Context(), start, start.AddDate(0, 0, 1))
		require.ErrorContains(t, err, what)
	}
}

// paging keeps what is saved, and answers queries of by-month as DynamoDB does: 1 MB a page, of
// what the index holds.
type paging struct {
	dynamostore.Client
	months  map[string][]map[string]types.AttributeValue
	queries int
}

const pageBytes = 1 << 20

func (p *paging) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	item := in.TransactItems[0].Put.Item
	held := map[string]types.AttributeValue{}
	for _, attribute := range []string{"pk", "sk", "created_at", "month", "summary"} {
		held[attribute] = item[attribute]
	}
	month := item["month"].(*types.AttributeValueMemberS).Value
	p.months[month] = append(p.months[month], held)
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

func (p *paging) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	p.queries++
	month, out, from, bytes := in.ExpressionAttributeValues[":month"].(*types.AttributeValueMemberS).Value, &dynamodb.QueryOutput{}, 0, 0
	if in.ExclusiveStartKey != nil {
		_, err := fmt.Sscan(in.ExclusiveStartKey["sk"].(*types.AttributeValueMemberS).Value, &from)
		if err != nil {
			return nil, err
		}
	}
	for n, item := range p.months[month][from:] {
		for name, value := range item {
			bytes += len(name) + len(value.(*types.AttributeValueMemberS).Value)
		}
		if bytes > pageBytes {
			out.LastEvaluatedKey = key("", fmt.Sprint(from+n))
			break
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// TestAMonthOf2000RequestsIsReadInAFewQueries holds what /patch report waits for: Slack gives it
// three seconds, and a page of DynamoDB takes some fifty milliseconds.
func TestAMonthOf2000RequestsIsReadInAFewQueries(t *testing.T) {
	client := &paging{months: map[string][]map[string]types.AttributeValue{}}
	store := dynamostore.New(client, "requests")
	for n := range 2000 {
		r := request(n)
		r.CreatedAt = start // what matters is the month
		r.Instance, r.Owner, r.AnswerBy = bot.Instance{ID: "i-0933335a5598d1c2e", Name: "payments-web-frontend-0001"}, "payments", start
		r.Place.Channel = "C0123456789"
		_, err := store.Save(t.Context(), ended(r))
		require.NoError(t, err)
	}
	found, err := store.CreatedBetween(t.Context(), start, start.AddDate(0, 0, 1))
	require.NoError(t, err)
	require.Len(t, found, 2000)
	require.LessOrEqual(t, client.queries, 4, "the open ones, and the pages of a month")
}

func indexHoldsTheSummary(t *testing.T, tb table) {
	r := tb.save(t, request(1))
	out, err := tb.client.Query(t.Context(), &dynamodb.QueryInput{TableName: &tb.name, IndexName: aws.String("by-month"),
		KeyConditionExpression: aws.String("#month = :month"), ExpressionAttributeNames: map[string]string{"#month": "month"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":month": text("open")}})
	require.NoError(t, err)
	require.Len(t, out.Items, 1)
	require.Equal(t, text("REQUEST#"+r.ID), out.Items[0]["pk"])
	require.Contains(t, out.Items[0], "summary")
	require.NotContains(t, out.Items[0], "request", "the index would grow to the size of the table")
}

package dynamostore_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
)

// faulty is a client that answers what moto never does.
type faulty struct {
	dynamostore.Client
	transact []error                        // answers of TransactWriteItems, in order
	writes   []int                          // how many writes each was asked for
	query    dynamodb.QueryOutput           // answer of Query
	batches  []*dynamodb.BatchGetItemOutput // answers of BatchGetItem, in order
}

func (f *faulty) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	f.writes = append(f.writes, len(in.TransactItems))
	err := f.transact[0]
	f.transact = f.transact[1:]
	return &dynamodb.TransactWriteItemsOutput{}, err
}

func (f *faulty) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return &f.query, nil
}

func (f *faulty) BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	out := f.batches[0]
	f.batches = f.batches[1:]
	return out, nil
}

// cancelled is a transaction that was cancelled for these reasons, one per write.
func cancelled(codes ...string) error {
	c := &types.TransactionCanceledException{}
	for _, code := range codes {
		c.CancellationReasons = append(c.CancellationReasons, types.CancellationReason{Code: aws.String(code)})
	}
	return c
}

func TestACancelledSave(t *testing.T) {
	for name, c := range map[string]struct {
		request bot.Request
		answers []error
		check   func(*testing.T, error)
		writes  []int
	}{
		"conflicts when the request is being written": {
			request(1), []error{cancelled("TransactionConflict", "None")}, conflicts, []int{2}},
		"conflicts when the lock is being written": {
			request(1), []error{cancelled("None", "TransactionConflict")}, conflicts, []int{2}},
		"conflicts when both the request and the lock are somebody else's": {
			request(1), []error{cancelled("ConditionalCheckFailed", "ConditionalCheckFailed")}, conflicts, []int{2}},
		"is no conflict when DynamoDB is throttling": {
			request(1), []error{cancelled("ThrottlingError", "None")}, throttles, []int{2}},
		"of an ended request is tried without another's lock": {
			ended(request(1)), []error{cancelled("None", "ConditionalCheckFailed"), nil},
			func(t *testing.T, err error) { require.NoError(t, err) }, []int{2, 1}},
		"of an ended request conflicts when it is lost without the lock": {
			ended(request(1)), []error{cancelled("None", "ConditionalCheckFailed"), cancelled("ConditionalCheckFailed")}, conflicts, []int{2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			client := &faulty{transact: c.answers}
			_, err := dynamostore.New(client, "requests").Save(t.Context(), c.request)
			c.check(t, err)
			require.Equal(t, c.writes, client.writes)
		})
	}
}

func conflicts(t *testing.T, err error) { require.ErrorIs(t, err, bot.ErrConflict) }

func throttles(t *testing.T, err error) {
	require.NotErrorIs(t, err, bot.ErrConflict)
	require.ErrorContains(t, err, "ThrottlingError")
}

func batch(t *testing.T, requests ...bot.Request) *dynamodb.BatchGetItemOutput {
	t.Helper()
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]map[string]types.AttributeValue{}}
	for _, r := range requests {
		data, err := json.Marshal(r)
		require.NoError(t, err)
		out.Responses["requests"] = append(out.Responses["requests"], map[string]types.AttributeValue{"request": text(string(data))})
	}
	return out
}

func unprocessed(out *dynamodb.BatchGetItemOutput, requests ...bot.Request) *dynamodb.BatchGetItemOutput {
	var left types.KeysAndAttributes
	for _, r := range requests {
		left.Keys = append(left.Keys, key("REQUEST#"+r.ID, "REQUEST"))
	}
	out.UnprocessedKeys = map[string]types.KeysAndAttributes{"requests": left}
	return out
}

func TestAListFromAnIndexThatLagsBehind(t *testing.T) {
	open, closed := request(1), ended(request(2))
	open.Place.Channel, closed.Place.Channel = "C1", "C1"
	found := dynamodb.QueryOutput{Items: []map[string]types.AttributeValue{
		key("REQUEST#"+open.ID, "REQUEST"), key("REQUEST#"+closed.ID, "REQUEST"), key("REQUEST#r-expired", "REQUEST"),
	}}
	t.Run("leaves out what no longer matches and what is gone", func(t *testing.T) {
		client := &faulty{query: found, batches: []*dynamodb.BatchGetItemOutput{batch(t, closed, open)}}
		listed, err := dynamostore.New(client, "requests").OpenInChannel(t.Context(), "C1")
		require.NoError(t, err)
		require.Equal(t, []bot.Request{open}, listed)
	})
	t.Run("asks again for what a batch left out", func(t *testing.T) {
		client := &faulty{query: found, batches: []*dynamodb.BatchGetItemOutput{unprocessed(batch(t, closed), open), batch(t, open)}}
		listed, err := dynamostore.New(client, "requests").OpenInChannel(t.Context(), "C1")
		require.NoError(t, err)
		require.Equal(t, []bot.Request{open}, listed)
	})
	t.Run("fails when a batch left everything out", func(t *testing.T) {
		client := &faulty{query: found, batches: []*dynamodb.BatchGetItemOutput{unprocessed(batch(t), open, closed, request(3))}}
		_, err := dynamostore.New(client, "requests").OpenInChannel(t.Context(), "C1")
		require.ErrorContains(t, err, "throttling")
	})
}

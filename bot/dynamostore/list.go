package dynamostore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// batchSize is how many items BatchGetItem reads at once.
const batchSize = 100

// lookup asks an index for requests.
type lookup struct {
	index  index
	value  string                 // of the index's partition key
	until  string                 // the last value of the index's sort key; "": all
	newest bool                   // newest first
	limit  int                    // 0: all
	match  func(bot.Request) bool // holds for what the index should have found
}

// ByInstance lists an instance's requests, the newest first, at most limit.
func (s *Store) ByInstance(ctx context.Context, instanceID string, limit int) ([]bot.Request, error) {
	if limit <= 0 {
		return nil, nil
	}
	return s.find(ctx, lookup{index: byInstance, value: instanceID, newest: true, limit: limit,
		match: func(r bot.Request) bool { return r.Instance.ID == instanceID }})
}

// OpenInChannel lists a channel's open requests, the oldest first.
func (s *Store) OpenInChannel(ctx context.Context, channel string) ([]bot.Request, error) {
	return s.find(ctx, lookup{index: byChannel, value: channel,
		match: func(r bot.Request) bool { return r.Place.Channel == channel && r.Status.Open() }})
}

// ByOwner lists an owner's requests that have one of the statuses, the oldest first.
// Nothing is listed for no owner.
func (s *Store) ByOwner(ctx context.Context, owner string, statuses ...bot.Status) ([]bot.Request, error) {
	if owner == "" {
		return nil, nil
	}
	newest := map[string]bot.Request{} // by id: a request that moves on meanwhile may be found twice
	for _, status := range statuses {
		found, err := s.find(ctx, lookup{index: byOwner, value: ownerStatus(owner, status),
			match: func(r bot.Request) bool { return r.Owner == owner && slices.Contains(statuses, r.Status) }})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if r.Version > newest[r.ID].Version {
				newest[r.ID] = r
			}
		}
	}
	return slices.SortedFunc(maps.Values(newest), oldestFirst), nil
}

// WaitingFor finds the request that waits for something, or returns bot.ErrNotFound.
func (s *Store) WaitingFor(ctx context.Context, subject workflow.Subject) (bot.Request, error) {
	found, err := s.find(ctx, lookup{index: byWait, value: string(subject), limit: 1,
		match: func(r bot.Request) bool { return r.Wait != nil && r.Wait.Subject == subject }})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("request that waits for %s: %w", subject, bot.ErrNotFound)
	}
	if err != nil {
		return bot.Request{}, err
	}
	return found[0], nil
}

// find loads what an index finds and keeps what matches, in the index's order.
func (s *Store) find(ctx context.Context, l lookup) ([]bot.Request, error) {
	if l.value == "" { // DynamoDB has no empty keys
		return nil, nil
	}
	in := &dynamodb.QueryInput{
		TableName: &s.table, IndexName: &l.index.name, ScanIndexForward: aws.Bool(!l.newest),
		KeyConditionExpression:    aws.String(l.index.key + " = :value"),
		ExpressionAttributeValues: item{":value": &types.AttributeValueMemberS{Value: l.value}},
	}
	if l.until != "" {
		*in.KeyConditionExpression += " AND " + l.index.sort + " <= :until"
		in.ExpressionAttributeValues[":until"] = &types.AttributeValueMemberS{Value: l.until}
	}
	if l.limit > 0 {
		in.Limit = aws.Int32(int32(min(l.limit, batchSize)))
	}
	var found []bot.Request
	pages := dynamodb.NewQueryPaginator(s.client, in)
	for pages.HasMorePages() && (l.limit == 0 || len(found) < l.limit) {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("query index %s of table %s: %w", l.index.name, s.table, err)
		}
		for keys := range slices.Chunk(page.Items, batchSize) {
			loaded, err := s.load(ctx, keys)
			if err != nil {
				return nil, err
			}
			found = append(found, slices.DeleteFunc(loaded, func(r bot.Request) bool { return !l.match(r) })...)
		}
	}
	slices.SortStableFunc(found, l.index.order)
	if l.newest {
		slices.Reverse(found)
	}
	if l.limit > 0 {
		found = found[:min(len(found), l.limit)]
	}
	return found, nil
}

// load reads requests consistently, in any order; those that are gone are left out.
func (s *Store) load(ctx context.Context, keys []item) ([]bot.Request, error) {
	var requests []bot.Request
	wanted := types.KeysAndAttributes{ConsistentRead: aws.Bool(true)}
	for _, k := range keys {
		wanted.Keys = append(wanted.Keys, item{attrPK: k[attrPK], attrSK: k[attrSK]})
	}
	for len(wanted.Keys) > 0 {
		out, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{s.table: wanted}})
		if err != nil {
			return nil, fmt.Errorf("read requests from table %s: %w", s.table, err)
		}
		for _, i := range out.Responses[s.table] {
			r, err := decodeRequest(i)
			if err != nil {
				return nil, err
			}
			requests = append(requests, r)
		}
		left := out.UnprocessedKeys[s.table]
		if len(left.Keys) == len(wanted.Keys) {
			return nil, fmt.Errorf("read requests from table %s: DynamoDB is throttling, %d are left", s.table, len(left.Keys))
		}
		wanted.Keys = left.Keys
	}
	return requests, nil
}

func oldestFirst(a, b bot.Request) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

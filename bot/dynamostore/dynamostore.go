// Package dynamostore keeps requests, their audit trail, digests, the pace of channels and the
// owner directory in one DynamoDB table.
//
// Every change is one transaction with conditions, so a request, the lock of its instance
// and its audit entries are written together or not at all; only what paces the chat is counted
// by single updates. Single requests are read
// consistently. Lists start from an index, which lags behind by a second at most as a rule:
// what it finds is loaded consistently and checked, so nothing outdated is listed, but what
// was saved a moment ago may still be missing.
package dynamostore

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// Client is what the store asks of DynamoDB; *dynamodb.Client implements it.
type Client interface {
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(ctx context.Context, in *dynamodb.QueryInput, options ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	Scan(ctx context.Context, in *dynamodb.ScanInput, options ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
	UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, options ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, options ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Store is a bot.Store and a bot.Owners. Set its fields before the first use.
type Store struct {
	// Retention is how long an ended request is kept after its end.
	Retention time.Duration
	// OwnerCache is how long an answer of Owner may be repeated, also that a name is
	// unknown.
	OwnerCache time.Duration
	Now        func() time.Time // for OwnerCache

	client Client
	table  string
	owners ownerCache
}

var (
	_ bot.Store  = (*Store)(nil)
	_ bot.Owners = (*Store)(nil)
)

// New returns a store on a table that exists. It keeps requests for 400 days after their
// end, a year and some room for whoever audits it, and caches owners for a minute.
func New(client Client, table string) *Store {
	return &Store{
		Retention:  400 * 24 * time.Hour,
		OwnerCache: time.Minute,
		Now:        time.Now,
		client:     client,
		table:      table,
	}
}

type item = map[string]types.AttributeValue

func key(pk, sk string) item {
	return item{attrPK: &types.AttributeValueMemberS{Value: pk}, attrSK: &types.AttributeValueMemberS{Value: sk}}
}

// Get loads a request, or returns bot.ErrNotFound.
func (s *Store) Get(ctx context.Context, id string) (bot.Request, error) {
	found, err := s.getItem(ctx, key(pkRequest(id), skRequest))
	if err != nil {
		return bot.Request{}, fmt.Errorf("read request %s from table %s: %w", id, s.table, err)
	}
	if found == nil {
		return bot.Request{}, fmt.Errorf("request %q: %w", id, bot.ErrNotFound)
	}
	return decodeRequest(found)
}

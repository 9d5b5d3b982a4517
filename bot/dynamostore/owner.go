package dynamostore

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// ownerItem is an owner as people write it. The lists may be lists or sets of strings.
type ownerItem struct {
	Name    string   `dynamodbav:"sk"`
	Channel string   `dynamodbav:"channel"`
	Users   []string `dynamodbav:"approver_users"`
	Groups  []string `dynamodbav:"approver_groups"`
	Email   string   `dynamodbav:"email"`
}

func decodeOwner(i item) (bot.Owner, error) {
	var o ownerItem
	if err := attributevalue.UnmarshalMap(i, &o); err != nil {
		name, _ := i[attrSK].(*types.AttributeValueMemberS) // a key, so always there
		return bot.Owner{}, fmt.Errorf("read item of owner %s: %w", name.Value, err)
	}
	return bot.Owner{Name: o.Name, Channel: o.Channel, Email: o.Email,
		Approvers: bot.Approvers{Users: o.Users, Groups: o.Groups}}, nil
}

// Owner looks an owner up by name, or returns bot.ErrNotFound. An answer may be as old as
// OwnerCache, and must not be changed.
func (s *Store) Owner(ctx context.Context, name string) (bot.Owner, error) {
	if name == "" {
		return bot.Owner{}, fmt.Errorf("owner %q: %w", name, bot.ErrNotFound)
	}
	now := s.Now()
	if o, ok := s.owners.get(name, now); ok {
		return o.answer(name)
	}
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key(pkOwners, name)})
	if err != nil {
		return bot.Owner{}, fmt.Errorf("read owner %s from table %s: %w", name, s.table, err)
	}
	o := cachedOwner{known: out.Item != nil, until: now.Add(s.OwnerCache)}
	if o.known {
		if o.owner, err = decodeOwner(out.Item); err != nil {
			return bot.Owner{}, err
		}
	}
	s.owners.put(name, o, now)
	return o.answer(name)
}

// Owners lists all owners by name, past the cache.
func (s *Store) Owners(ctx context.Context) ([]bot.Owner, error) {
	pages := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName: &s.table, KeyConditionExpression: aws.String(attrPK + " = :pk"),
		ExpressionAttributeValues: item{":pk": &types.AttributeValueMemberS{Value: pkOwners}},
	})
	var owners []bot.Owner
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read owners from table %s: %w", s.table, err)
		}
		for _, i := range page.Items {
			o, err := decodeOwner(i)
			if err != nil {
				return nil, err
			}
			owners = append(owners, o)
		}
	}
	return owners, nil
}

// cachedOwner is an answer, also that there is no such owner.
type cachedOwner struct {
	owner bot.Owner
	known bool
	until time.Time
}

func (o cachedOwner) answer(name string) (bot.Owner, error) {
	if !o.known {
		return bot.Owner{}, fmt.Errorf("owner %q: %w", name, bot.ErrNotFound)
	}
	return o.owner, nil
}

// ownerCache is ready to use as its zero value.
type ownerCache struct {
	mu     sync.Mutex
	byName map[string]cachedOwner
}

func (c *ownerCache) get(name string, now time.Time) (cachedOwner, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.byName[name]
	return o, ok && now.Before(o.until)
}

// put also drops what is outdated, so that names nobody asks for do not pile up.
func (c *ownerCache) put(name string, o cachedOwner, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.byName, func(_ string, o cachedOwner) bool { return !now.Before(o.until) })
	if c.byName == nil {
		c.byName = map[string]cachedOwner{}
	}
	c.byName[name] = o
}

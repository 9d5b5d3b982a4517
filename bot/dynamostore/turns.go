package dynamostore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// turnsItem is the record of a group as the table holds it.
type turnsItem struct {
	PK      string `dynamodbav:"pk"`
	SK      string `dynamodbav:"sk"`
	Version int64  `dynamodbav:"version"`
	Turns   string `dynamodbav:"turns"` // a bot.Turns, as JSON
	Expires int64  `dynamodbav:"expires_at,omitempty"`
}

// Turns loads whose turn it is in a group, consistently.
func (s *Store) Turns(ctx context.Context, group string) (bot.Turns, error) {
	t := bot.Turns{Group: group}
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.table, Key: key(pkTurns(group), skTurns), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return t, fmt.Errorf("read turns of group %q from table %s: %w", group, s.table, err)
	}
	if out.Item == nil {
		return t, nil
	}
	var found turnsItem
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		return t, fmt.Errorf("read item of turns of group %q: %w", group, err)
	}
	if err := json.Unmarshal([]byte(found.Turns), &t); err != nil {
		return t, fmt.Errorf("decode item %s: %w", found.PK, err)
	}
	return t, nil
}

// SaveTurns writes the record of a group, as bot.Store says. *TooLargeError says that the group
// has too many members: about 5,000 fit.
func (s *Store) SaveTurns(ctx context.Context, t bot.Turns) (bot.Turns, error) {
	loaded := t.Version
	t.Version++
	record, err := s.encodeTurns(t)
	if err != nil {
		return bot.Turns{}, err
	}
	err = s.write(ctx, []types.TransactWriteItem{s.putLoaded(record, loaded)})
	for _, reason := range cancelled(err) {
		if code := aws.ToString(reason.Code); code == codeCondition || code == codeConflict {
			return bot.Turns{}, fmt.Errorf("turns of group %q: %w", t.Group, bot.ErrConflict)
		}
	}
	if err != nil {
		return bot.Turns{}, fmt.Errorf("write turns of group %q to table %s: %w", t.Group, s.table, err)
	}
	return t, nil
}

func (s *Store) encodeTurns(t bot.Turns) (item, error) {
	data, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encode turns of group %q: %w", t.Group, err)
	}
	i := turnsItem{PK: pkTurns(t.Group), SK: skTurns, Version: t.Version, Turns: string(data)}
	if t.Empty() {
		i.Expires = s.Now().Add(s.Retention).Unix()
	}
	record, err := attributevalue.MarshalMap(i)
	if err != nil {
		return nil, fmt.Errorf("encode turns of group %q: %w", t.Group, err)
	}
	return record, checkItem(fmt.Sprintf("the record of group %q", t.Group), record)
}

package dynamostore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// Unshown lists what a channel must still see, that first which came about first.
//
// Like the summaries, this and UnshownChannels say what the index says, which is right about a
// second ago.
func (s *Store) Unshown(ctx context.Context, channel string) ([]bot.Unshown, error) {
	if channel == "" { // DynamoDB has no empty keys
		return nil, nil
	}
	pages := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName: &s.table, IndexName: &byUnshown.name,
		KeyConditionExpression:    aws.String(byUnshown.key + " = :channel"),
		ExpressionAttributeValues: item{":channel": &types.AttributeValueMemberS{Value: channel}},
	})
	var found []bot.Unshown
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("query index %s of table %s: %w", byUnshown.name, s.table, err)
		}
		for _, i := range page.Items {
			u, err := decodeUnshown(i)
			if err != nil {
				return nil, err
			}
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b bot.Unshown) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

func decodeUnshown(i item) (bot.Unshown, error) {
	var u bot.Unshown
	if err := json.Unmarshal([]byte(textOf(i[attrUnshown])), &u); err != nil {
		return u, fmt.Errorf("decode what is not shown of item %s: %w", textOf(i[attrPK]), err)
	}
	return u, nil
}

// setUnshown has the index by-unshown list a request whose channel must still see something.
func (i *requestItem) setUnshown(r bot.Request) error {
	u, any := r.Unshown()
	if !any || u.Channel == "" {
		return nil
	}
	data, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("encode what is not shown of request %s: %w", r.ID, err)
	}
	i.UnshownChannel, i.UnshownSince, i.Unshown = u.Channel, sortKey(u.Since), string(data)
	return nil
}

// UnshownChannels lists the channels that must still see something: it reads the whole index,
// which is empty but for news of the last minute and of channels that are held.
func (s *Store) UnshownChannels(ctx context.Context) ([]string, error) {
	pages := dynamodb.NewScanPaginator(s.client, &dynamodb.ScanInput{
		TableName: &s.table, IndexName: &byUnshown.name, ProjectionExpression: &byUnshown.key,
	})
	channels := map[string]bool{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("scan index %s of table %s: %w", byUnshown.name, s.table, err)
		}
		for _, i := range page.Items {
			channels[textOf(i[byUnshown.key])] = true
		}
	}
	return slices.Sorted(maps.Keys(channels)), nil
}

// heldFor is how long the item of a channel, or of a window, outlasts what it says.
const heldFor = time.Hour

// HeldUntil is when a channel may be written to again, the zero time if nothing was said.
func (s *Store) HeldUntil(ctx context.Context, channel string) (time.Time, error) {
	found, err := s.getItem(ctx, key(pkChannel(channel), skChannel))
	if err != nil {
		return time.Time{}, fmt.Errorf("read channel %s from table %s: %w", channel, s.table, err)
	}
	if found == nil {
		return time.Time{}, nil
	}
	until, err := time.Parse(time.RFC3339Nano, textOf(found[attrHeldUntil]))
	if err != nil {
		return time.Time{}, fmt.Errorf("read until when channel %s is held: %w", channel, err)
	}
	return until, nil
}

// Hold says until when a channel is not to be written to.
func (s *Store) Hold(ctx context.Context, channel string, until time.Time) error {
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(pkChannel(channel), skChannel),
		UpdateExpression: aws.String("SET " + attrHeldUntil + " = :until, " + attrExpires + " = :expires"),
		ExpressionAttributeValues: item{
			":until": &types.AttributeValueMemberS{Value: timestamp(until)}, ":expires": number(until.Add(heldFor).Unix()),
		},
	})
	if err != nil {
		return fmt.Errorf("hold channel %s in table %s: %w", channel, s.table, err)
	}
	return nil
}

// Spend counts one use in a window, as bot.Store says. A use whose answer was lost is counted
// once more when the SDK tries again: fewer are made, never more.
func (s *Store) Spend(ctx context.Context, use string, window time.Time, atMost int) (bool, error) {
	if atMost <= 0 {
		return false, nil
	}
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(pkPace(use), sortKey(window)),
		UpdateExpression:    aws.String("ADD " + attrSpent + " :one SET " + attrExpires + " = :expires"),
		ConditionExpression: aws.String("attribute_not_exists(" + attrSpent + ") OR " + attrSpent + " < :most"),
		ExpressionAttributeValues: item{
			":one": number(1), ":most": number(int64(atMost)), ":expires": number(window.Add(heldFor).Unix()),
		},
	})
	if errors.As(err, new(*types.ConditionalCheckFailedException)) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("count a %s in table %s: %w", use, s.table, err)
	}
	return true, nil
}

// getItem reads one item consistently; nil when there is none.
func (s *Store) getItem(ctx context.Context, key item) (item, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

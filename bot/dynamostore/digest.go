package dynamostore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// digestItem is a digest as the table holds it.
type digestItem struct {
	PK      string `dynamodbav:"pk"`
	SK      string `dynamodbav:"sk"`
	Version int64  `dynamodbav:"version"`
	Digest  string `dynamodbav:"digest"` // all of it, as JSON
	Expires int64  `dynamodbav:"expires_at"`
}

// newestItem says which digest of a channel and an owner was made last of those that ask.
type newestItem struct {
	PK      string `dynamodbav:"pk"`
	SK      string `dynamodbav:"sk"`
	ID      string `dynamodbav:"digest_id"`
	Expires int64  `dynamodbav:"expires_at"`
}

// newestKeys are the keys of a newestItem.
func newestKeys(channel, owner string) (pk, sk string) {
	return pkChannel(channel), skDigest + "#" + strings.ToLower(owner)
}

// Digest loads a digest, or returns bot.ErrNotFound.
func (s *Store) Digest(ctx context.Context, id string) (bot.Digest, error) {
	found, err := s.getItem(ctx, key(pkDigest(id), skDigest))
	if err != nil {
		return bot.Digest{}, fmt.Errorf("read digest %s from table %s: %w", id, s.table, err)
	}
	if found == nil {
		return bot.Digest{}, fmt.Errorf("digest %q: %w", id, bot.ErrNotFound)
	}
	var d bot.Digest
	if err := json.Unmarshal([]byte(textOf(found[attrDigest])), &d); err != nil {
		return bot.Digest{}, fmt.Errorf("decode digest %s: %w", id, err)
	}
	return d, nil
}

// NewestDigest loads the digest of a channel and an owner that was made last of those that ask,
// or returns bot.ErrNotFound.
func (s *Store) NewestDigest(ctx context.Context, channel, owner string) (bot.Digest, error) {
	found, err := s.getItem(ctx, key(newestKeys(channel, owner)))
	if err != nil {
		return bot.Digest{}, fmt.Errorf("look for digests of %q in channel %s in table %s: %w", owner, channel, s.table, err)
	}
	if found == nil {
		return bot.Digest{}, fmt.Errorf("digest of %q in channel %s: %w", owner, channel, bot.ErrNotFound)
	}
	return s.Digest(ctx, textOf(found[attrDigestID]))
}

// SaveDigest writes a digest, as bot.Store says: with it, when it is a new one that asks, that it
// is its owner's newest in its channel.
func (s *Store) SaveDigest(ctx context.Context, d bot.Digest) (bot.Digest, error) {
	loaded := d.Version
	d.Version++
	writes, err := s.digestWrites(d, loaded)
	if err != nil {
		return bot.Digest{}, fmt.Errorf("encode digest %s: %w", d.ID, err)
	}
	err = s.write(ctx, writes)
	for _, reason := range cancelled(err) {
		if code := aws.ToString(reason.Code); code == codeCondition || code == codeConflict {
			return bot.Digest{}, fmt.Errorf("digest %s: %w", d.ID, bot.ErrConflict)
		}
	}
	if err != nil {
		return bot.Digest{}, fmt.Errorf("write digest %s to table %s: %w", d.ID, s.table, err)
	}
	return d, nil
}

func (s *Store) digestWrites(d bot.Digest, loaded int64) ([]types.TransactWriteItem, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	// None of its requests is kept for longer.
	expires := d.CreatedAt.Add(longestOpen + s.Retention).Unix()
	digest, err := attributevalue.MarshalMap(digestItem{PK: pkDigest(d.ID), SK: skDigest, Version: d.Version, Digest: string(data), Expires: expires})
	if err != nil {
		return nil, err
	}
	writes := []types.TransactWriteItem{s.putLoaded(digest, loaded)}
	if loaded > 0 || !d.Asks {
		return writes, nil
	}
	pk, sk := newestKeys(d.Place.Channel, d.Owner)
	newest, err := attributevalue.MarshalMap(newestItem{PK: pk, SK: sk, ID: d.ID, Expires: expires})
	if err != nil {
		return nil, err
	}
	return append(writes, types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: newest}}), nil
}

package dynamostore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
)

// showing is a request that its channel must still see something of.
func showing(n int, channel string) bot.Request {
	r := request(n)
	r.Place.Channel = channel
	r.Outbox = bot.OutboxOf(bot.Effect{Kind: bot.EffectRender, Since: start})
	return r
}

// indexHoldsWhatIsNotShown is about what is read without the table.
func indexHoldsWhatIsNotShown(t *testing.T, tb table) {
	r := tb.save(t, showing(1, "C1"))
	out, err := tb.client.Query(t.Context(), &dynamodb.QueryInput{TableName: &tb.name, IndexName: aws.String("by-unshown"),
		KeyConditionExpression:    aws.String("unshown_channel = :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": text("C1")}})
	require.NoError(t, err)
	require.Equal(t, []map[string]types.AttributeValue{{
		"pk": text("REQUEST#" + r.ID), "sk": text("REQUEST"), "unshown_channel": text("C1"), "unshown_since": text("2026-11-23T10:00:00.000000000Z"),
		"unshown": text(`{"id":"` + r.ID + `","version":1,"channel":"C1","asks":true,"kind":"question","since":"2026-11-23T10:00:00Z"}`),
	}}, out.Items, "the index would grow to the size of the table")

	r.Outbox = bot.Outbox{}
	r = tb.save(t, r)
	require.NotContains(t, tb.item(t, "REQUEST#"+r.ID, "REQUEST"), "unshown_channel", "the index is sparse")
}

func unreadableUnshown(t *testing.T, tb table) {
	item := key("REQUEST#r-1", "REQUEST")
	item["unshown_channel"], item["unshown_since"], item["unshown"] = text("C1"), text("2026-11-23T10:00:00.000000000Z"), text("{")
	tb.put(t, item)
	_, err := tb.Unshown(t.Context(), "C1")
	require.ErrorContains(t, err, "decode what is not shown of item REQUEST#r-1")
	found, err := tb.Unshown(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, found)
}

// storedBefore is what versions stored that counted what calls the chat among what is due.
func storedBefore(t *testing.T, tb table) {
	old := func(r bot.Request, urgency string) string {
		r = tb.save(t, r)
		item := tb.item(t, "REQUEST#"+r.ID, "REQUEST")
		for _, name := range []string{"unshown_channel", "unshown_since", "unshown"} {
			delete(item, name)
		}
		item["unperformed"], item["due_at"] = text(urgency), text("0001-01-01T00:00:00.000000000Z")
		tb.put(t, item)
		return r.ID
	}
	first, second := showing(1, "C1"), showing(2, "C1")
	second.Instance.ID = "i-2"
	shown, oldest := old(first, "show"), old(second, "yes")
	third := request(3)
	third.Instance.ID = "i-3"
	third.Outbox = bot.OutboxOf(bot.Effect{Kind: bot.EffectCompleteDecision})
	resumed := tb.save(t, third).ID
	listed := func(u bot.Urgency, limit int) (ids []string) {
		found, err := tb.Due(t.Context(), u, start, limit)
		require.NoError(t, err)
		for _, r := range found {
			ids = append(ids, r.ID)
		}
		return ids
	}
	require.Equal(t, []string{oldest, resumed}, listed(bot.UrgencyResume, 10))
	require.Equal(t, []string{oldest}, listed(bot.UrgencyResume, 1))
	require.Equal(t, []string{shown}, listed(bot.UrgencyMail, 10))
	require.Empty(t, listed(bot.UrgencyLook, 10))

	unshown, err := tb.Unshown(t.Context(), "C1")
	require.NoError(t, err)
	require.Empty(t, unshown, "until it is saved again")
}

func paceItems(t *testing.T, tb table) {
	require.NoError(t, tb.Hold(t.Context(), "C1", start))
	item := tb.item(t, "CHANNEL#C1", "CHANNEL")
	require.Equal(t, text("2026-11-23T10:00:00Z"), item["held_until"])
	require.Equal(t, number(start.Add(time.Hour).Unix()), item["expires_at"])

	for range 3 {
		_, err := tb.Spend(t.Context(), "post", start, 2)
		require.NoError(t, err)
	}
	item = tb.item(t, "PACE#post", "2026-11-23T10:00:00.000000000Z")
	require.Equal(t, number(2), item["spent"])
	require.Equal(t, number(start.Add(time.Hour).Unix()), item["expires_at"])

	mistaken := key("CHANNEL#C2", "CHANNEL")
	mistaken["held_until"] = text("tomorrow")
	tb.put(t, mistaken)
	_, err := tb.HeldUntil(t.Context(), "C2")
	require.ErrorContains(t, err, "read until when channel C2 is held")
}

func digestItems(t *testing.T, tb table) {
	d, err := tb.SaveDigest(t.Context(), bot.Digest{ID: "d-1", Owner: "Payments", Place: bot.Place{Channel: "C1"}, CreatedAt: start, Asks: true})
	require.NoError(t, err)
	const day = 24 * time.Hour
	expires := number(start.Add((366 + 400) * day).Unix())
	item := tb.item(t, "DIGEST#d-1", "DIGEST")
	require.Equal(t, number(1), item["version"])
	require.Equal(t, expires, item["expires_at"])
	newest := key("CHANNEL#C1", "DIGEST#payments")
	newest["digest_id"], newest["expires_at"] = text("d-1"), expires
	require.Equal(t, newest, tb.item(t, "CHANNEL#C1", "DIGEST#payments"))

	item["digest"] = text("{")
	tb.put(t, item)
	_, err = tb.Digest(t.Context(), d.ID)
	require.ErrorContains(t, err, "decode digest d-1")
	_, err = tb.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &tb.name, Key: key("DIGEST#d-1", "DIGEST")})
	require.NoError(t, err)
	_, err = tb.NewestDigest(t.Context(), "C1", "payments")
	require.ErrorIs(t, err, bot.ErrNotFound, "it has expired before its pointer")
}

func TestASaveOfADigest(t *testing.T) {
	for name, c := range map[string]struct {
		answer error
		check  func(*testing.T, error)
	}{
		"conflicts when it is being written": {cancelled("TransactionConflict", "None"), conflicts},
		"conflicts when its pointer is":      {cancelled("None", "TransactionConflict"), conflicts},
		"is no conflict when DynamoDB is throttling": {cancelled("ThrottlingError", "None"), func(t *testing.T, err error) {
			require.NotErrorIs(t, err, bot.ErrConflict)
			require.ErrorContains(t, err, "write digest d-1 to table requests")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			client := &faulty{transact: []error{c.answer}}
			_, err := dynamostore.New(client, "requests").SaveDigest(t.Context(), bot.Digest{ID: "d-1", Asks: true})
			c.check(t, err)
			require.Equal(t, []int{2}, client.writes, "the digest and its pointer together")
		})
	}
}

// pages answers with pages of by-unshown, one item each.
type pages struct {
	dynamostore.Client
	items []map[string]types.AttributeValue
	asked int
	err   error
}

func (p *pages) next() (items []map[string]types.AttributeValue, last map[string]types.AttributeValue, err error) {
	if p.err != nil {
		return nil, nil, p.err
	}
	p.asked++
	if p.asked < len(p.items) {
		last = key("", "more")
	}
	return p.items[p.asked-1 : p.asked], last, nil
}

func (p *pages) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	items, last, err := p.next()
	return &dynamodb.QueryOutput{Items: items, LastEvaluatedKey: last}, err
}

func (p *pages) Scan(_ context.Context, in *dynamodb.ScanInput, _ ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	if aws.ToString(in.IndexName) != "by-unshown" || aws.ToString(in.ProjectionExpression) != "unshown_channel" {
		return nil, errors.New("this scan reads more than the channels of the index")
	}
	items, last, err := p.next()
	return &dynamodb.ScanOutput{Items: items, LastEvaluatedKey: last}, err
}

func TestAllPagesOfWhatIsNotShownAreRead(t *testing.T) {
	entry := func(channel, id string) map[string]types.AttributeValue {
		return map[string]types.AttributeValue{"unshown_channel": text(channel), "unshown": text(`{"id":"` + id + `"}`)}
	}
	items := []map[string]types.AttributeValue{entry("C2", "r-2"), entry("C1", "r-3"), entry("C2", "r-1")}
	found, err := dynamostore.New(&pages{items: items}, "requests").Unshown(t.Context(), "C1")
	require.NoError(t, err)
	require.Equal(t, []bot.Unshown{{ID: "r-1"}, {ID: "r-2"}, {ID: "r-3"}}, found)
	channels, err := dynamostore.New(&pages{items: items}, "requests").UnshownChannels(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"C1", "C2"}, channels)

	throttled := dynamostore.New(&pages{err: errors.New("throttled")}, "requests")
	_, err = throttled.Unshown(t.Context(), "C1")
	require.ErrorContains(t, err, "query index by-unshown of table requests: throttled")
	_, err = throttled.UnshownChannels(t.Context())
	require.ErrorContains(t, err, "scan index by-unshown of table requests: throttled")
}

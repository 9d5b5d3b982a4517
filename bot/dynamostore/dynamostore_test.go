package dynamostore_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/bot/storetest"
	"github.com/patchbot/patchbot/infra/mototest"
)

var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// tables makes tables in one server.
type tables struct {
	client *dynamodb.Client
	made   atomic.Int64
}

// table is one table, with a store on it.
type table struct {
	name   string
	client *dynamodb.Client
	*dynamostore.Store
}

func (ts *tables) create(t *testing.T) table {
	t.Helper()
	name := fmt.Sprintf("requests-%d", ts.made.Add(1))
	require.NoError(t, dynamostore.CreateTable(t.Context(), ts.client, name))
	return table{name, ts.client, dynamostore.New(ts.client, name)}
}

// item reads an item past the store; nil when there is none.
func (tb table) item(t *testing.T, pk, sk string) map[string]types.AttributeValue {
	t.Helper()
	out, err := tb.client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &tb.name, Key: key(pk, sk)})
	require.NoError(t, err)
	return out.Item
}

func (tb table) put(t *testing.T, item map[string]types.AttributeValue) {
	t.Helper()
	_, err := tb.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &tb.name, Item: item})
	require.NoError(t, err)
}

func (tb table) save(t *testing.T, r bot.Request, audit ...bot.AuditEntry) bot.Request {
	t.Helper()
	saved, err := tb.Save(t.Context(), r, audit...)
	require.NoError(t, err)
	return saved
}

func key(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": text(pk), "sk": text(sk)}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
}

// request is the nth request of instance i-1.
func request(n int) bot.Request {
	arn := fmt.Sprintf("arn:aws:states:us-east-1:111122223333:execution:patch-approval:e-%d", n)
	return bot.Request{ID: bot.RequestID(arn), ExecutionARN: arn, Status: bot.StatusAsked,
		CreatedAt: start.Add(time.Duration(n) * time.Minute), Instance: bot.Instance{ID: "i-1"}}
}

func ended(r bot.Request) bot.Request {
	r.Status, r.EndedAt = bot.StatusRejected, start.Add(time.Hour)
	return r
}

// TestStore shares one server among all that needs one.
func TestStore(t *testing.T) {
	ts := &tables{client: dynamodb.NewFromConfig(mototest.Start(t).Config())}
	t.Run("keeps the contract", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) bot.Store { return ts.create(t) })
	})
	for name, test := range map[string]func(*testing.T, table){
		"the table is as its input says":                          schema,
		"an open request never expires and an ended one does":     requestExpiry,
		"an audit entry is never written over":                    auditKept,
		"audit entries outlast their request":                     auditExpiry,
		"an audit entry is readable without the request":          auditItem,
		"the lock names the open request and goes with it":        lockItem,
		"a late save of an ended request leaves another's lock":   lateSave,
		"a lock whose request has ended is taken by its holder":   lockTakenOver,
		"a broken lock is an error and no conflict":               brokenLock,
		"a request that does not fit is refused by name":          tooLarge,
		"a change with too many audit entries is refused by name": tooManyEntries,
		"a record of turns expires once it is empty":              turnsExpiry,
		"a group with too many members is refused by name":        tooManyMembers,
		"more requests than one batch are all listed":             manyRequests,
		"an unreadable request is an error that names its item":   unreadable,
		"an owner is read as people write it":                     ownerItem,
		"an owner says how many are patched at once":              ownerTurns,
		"an owner says who hears of what nobody answers":          ownerEscalation,
		"an owner says whom Slack notifies":                       ownerNotified,
		"an owner says when to be mailed, and what a link does":   ownerMail,
		"an owner says how long backups are kept":                 ownerBackups,
		"an unknown owner is not found":                           unknownOwner,
		"an owner is cached for a minute":                         ownerCached,
		"that an owner is unknown is cached too":                  unknownCached,
		"an owner whose item has a mistake is refused by name":    mistakenOwner,
		"all owners are listed by name":                           allOwners,
		"a request of an older version is listed when it changes": olderRequests,
		"audit entries since a time are found without an index":   auditSince,
		"a summary that cannot be read is an error":               unreadableSummary,
		"the index by-month holds summaries and no requests":      indexHoldsTheSummary,
		"the index by-unshown holds what is shown in short":       indexHoldsWhatIsNotShown,
		"what is not shown but cannot be read is an error":        unreadableUnshown,
		"what an older version left to show is listed as due":     storedBefore,
		"what paces the chat expires in an hour":                  paceItems,
		"a digest expires when none of its requests is kept":      digestItems,
	} {
		t.Run(name, func(t *testing.T) { test(t, ts.create(t)) })
	}
	t.Run("a missing table is an error that names it", func(t *testing.T) {
		missingTable(t, dynamostore.New(ts.client, "nowhere"))
	})
}

func schema(t *testing.T, tb table) {
	out, err := tb.client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &tb.name})
	require.NoError(t, err)
	in := dynamostore.TableInput(tb.name)
	require.Equal(t, in.KeySchema, out.Table.KeySchema)
	require.ElementsMatch(t, in.AttributeDefinitions, out.Table.AttributeDefinitions)
	require.Equal(t, types.BillingModePayPerRequest, out.Table.BillingModeSummary.BillingMode)
	require.Len(t, out.Table.GlobalSecondaryIndexes, 7)
	ttl, err := tb.client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &tb.name})
	require.NoError(t, err)
	require.Equal(t, "expires_at", aws.ToString(ttl.TimeToLiveDescription.AttributeName))
}

func requestExpiry(t *testing.T, tb table) {
	r := tb.save(t, request(1))
	require.NotContains(t, tb.item(t, "REQUEST#"+r.ID, "REQUEST"), "expires_at")
	tb.Retention = 24 * time.Hour
	tb.save(t, ended(r))
	require.Equal(t, number(start.Add(25*time.Hour).Unix()), tb.item(t, "REQUEST#"+r.ID, "REQUEST")["expires_at"])
}

func turnsExpiry(t *testing.T, tb table) {
	tb.Now = func() time.Time { return start }
	busy, err := tb.SaveTurns(t.Context(), bot.Turns{Group: "payments/web", Running: []bot.Member{{ID: "r-1"}}})
	require.NoError(t, err)
	require.NotContains(t, tb.item(t, "TURNS#payments/web", "TURNS"), "expires_at")
	_, err = tb.SaveTurns(t.Context(), bot.Turns{Group: "payments/web", Version: busy.Version})
	require.NoError(t, err)
	require.Equal(t, number(start.Add(400*24*time.Hour).Unix()), tb.item(t, "TURNS#payments/web", "TURNS")["expires_at"])
}

// tooManyMembers also holds that a group of 5,000 fits.
func tooManyMembers(t *testing.T, tb table) {
	members := func(n int) bot.Turns {
		turns := bot.Turns{Group: "payments"}
		for i := range n {
			turns.Waiting = append(turns.Waiting, bot.Member{ID: bot.RequestID(fmt.Sprint(i)), Approved: start.Add(123 * time.Millisecond), Told: true})
		}
		return turns
	}
	saved, err := tb.SaveTurns(t.Context(), members(5000))
	require.NoError(t, err)
	large := members(9000)
	large.Version = saved.Version
	_, err = tb.SaveTurns(t.Context(), large)
	require.ErrorContains(t, err, `the record of group "payments" is too large: an item has`)
}

func auditExpiry(t *testing.T, tb table) {
	r := tb.save(t, request(1), bot.AuditEntry{At: start, Action: "opened"})
	tb.save(t, ended(r), bot.AuditEntry{At: start, Action: "ended"})
	expiry := func(sk string) types.AttributeValue { return tb.item(t, "REQUEST#"+r.ID, sk)["expires_at"] }
	const day = 24 * time.Hour
	require.Equal(t, number(start.Add((366+400)*day).Unix()), expiry(auditKey(1)))
	require.Equal(t, expiry("REQUEST"), expiry(auditKey(2)))
}

func auditItem(t *testing.T, tb table) {
	tb.save(t, request(1), bot.AuditEntry{At: start, Actor: "slack:U1", Action: "approve",
		From: bot.StatusAsked, To: bot.StatusAsked, Refused: "not an approver"})
	item := tb.item(t, "REQUEST#"+request(1).ID, auditKey(1))
	delete(item, "expires_at")
	require.Equal(t, map[string]types.AttributeValue{
		"pk": text("REQUEST#" + request(1).ID), "sk": text(auditKey(1)),
		"at": text("2026-11-23T10:00:00Z"), "actor": text("slack:U1"), "action": text("approve"),
		"from": text("asked"), "to": text("asked"), "refused": text("not an approver"),
	}, item)
}

func tooLarge(t *testing.T, tb table) {
	r := request(1)
	r.Failure = &bot.Failure{Cause: strings.Repeat("x", 400<<10)}
	_, err := tb.Save(t.Context(), r)
	var large *dynamostore.TooLargeError
	require.ErrorAs(t, err, &large)
	require.Equal(t, "request "+r.ID, large.Subject)
	require.ErrorContains(t, err, "request "+r.ID+" is too large: an item has 41")
	require.ErrorContains(t, err, "at most 409600 bytes")
}

func tooManyEntries(t *testing.T, tb table) {
	r := tb.save(t, request(1), make([]bot.AuditEntry, 98)...)
	_, err := tb.Save(t.Context(), r, make([]bot.AuditEntry, 99)...)
	require.EqualError(t, err, "request "+r.ID+" is too large: the change has 99 audit entries, DynamoDB takes at most 98")
}

func manyRequests(t *testing.T, tb table) {
	for n := range 101 {
		r := request(n)
		r.Instance.ID = fmt.Sprint("i-", n)
		r.Place.Channel = "C1"
		tb.save(t, r)
	}
	found, err := tb.OpenInChannel(t.Context(), "C1")
	require.NoError(t, err)
	require.Len(t, found, 101)
	require.Equal(t, "i-100", found[100].Instance.ID)
}

func unreadable(t *testing.T, tb table) {
	item := key("REQUEST#r-1", "REQUEST")
	item["request"] = text("{")
	tb.put(t, item)
	_, err := tb.Get(t.Context(), "r-1")
	require.ErrorContains(t, err, "decode item REQUEST#r-1")
}

func missingTable(t *testing.T, s *dynamostore.Store) {
	_, getErr := s.Get(t.Context(), "r-1")
	_, saveErr := s.Save(t.Context(), request(1))
	_, listErr := s.OpenInChannel(t.Context(), "C1")
	_, turnsErr := s.Turns(t.Context(), "payments")
	_, saveTurnsErr := s.SaveTurns(t.Context(), bot.Turns{Group: "payments"})
	_, auditErr := s.Audit(t.Context(), "r-1")
	_, ownerErr := s.Owner(t.Context(), "payments")
	_, _, ownersErr := s.Owners(t.Context())
	_, unshownErr := s.Unshown(t.Context(), "C1")
	_, channelsErr := s.UnshownChannels(t.Context())
	_, heldErr := s.HeldUntil(t.Context(), "C1")
	holdErr := s.Hold(t.Context(), "C1", start)
	_, spendErr := s.Spend(t.Context(), "post", start, 1)
	_, digestErr := s.Digest(t.Context(), "d-1")
	_, newestErr := s.NewestDigest(t.Context(), "C1", "payments")
	_, saveDigestErr := s.SaveDigest(t.Context(), bot.Digest{ID: "d-1"})
	for _, err := range []error{getErr, saveErr, listErr, turnsErr, saveTurnsErr, auditErr, ownerErr, ownersErr, unshownErr, channelsErr,
		heldErr, holdErr, spendErr, digestErr, newestErr, saveDigestErr} {
		require.ErrorContains(t, err, "table nowhere")
		var missing *types.ResourceNotFoundException
		require.ErrorAs(t, err, &missing)
		require.NotErrorIs(t, err, bot.ErrNotFound)
	}
}

func auditKept(t *testing.T, tb table) {
	r := request(1)
	forged := key("REQUEST#"+r.ID, auditKey(1))
	forged["actor"] = text("slack:U1")
	tb.put(t, forged)
	_, err := tb.Save(t.Context(), r, bot.AuditEntry{At: start, Actor: "slack:U2"})
	require.ErrorContains(t, err, "ConditionalCheckFailed")
	require.Equal(t, text("slack:U1"), tb.item(t, "REQUEST#"+r.ID, auditKey(1))["actor"])
	_, err = tb.Get(t.Context(), r.ID)
	require.ErrorIs(t, err, bot.ErrNotFound, "nothing was written")

	again := r // the execution's name is used again, long after its request has expired
	again.CreatedAt = r.CreatedAt.Add(500 * 24 * time.Hour)
	tb.save(t, again, bot.AuditEntry{At: again.CreatedAt, Actor: "slack:U3"})
}

// auditKey is the sort key of the first entry of a version of request 1.
func auditKey(version int) string {
	return fmt.Sprintf("AUDIT#%012d#%020d#000", request(1).CreatedAt.Unix(), version)
}

package dynamostore

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// longestOpen is how long a request can be open: an execution runs for a year at most.
const longestOpen = 366 * 24 * time.Hour

// auditItem is an audit entry as the table holds it.
type auditItem struct {
	PK        string      `dynamodbav:"pk"`
	SK        string      `dynamodbav:"sk"`
	At        string      `dynamodbav:"at"` // RFC 3339
	Actor     string      `dynamodbav:"actor,omitempty"`
	Action    string      `dynamodbav:"action,omitempty"`
	From      bot.Status  `dynamodbav:"from,omitempty"`
	To        bot.Status  `dynamodbav:"to,omitempty"`
	Refused   bot.Refusal `dynamodbav:"refused,omitempty"`
	Execution string      `dynamodbav:"execution,omitempty"`
	Until     string      `dynamodbav:"until,omitempty"` // RFC 3339
	Expires   int64       `dynamodbav:"expires_at"`
}

// auditPlace is the sort key of the nth entry of a change. Behind those of a version stand those
// that were recorded without changing it, in the order of their time.
func auditPlace(r bot.Request, n int) string {
	return fmt.Sprintf("%s%012d#%020d#%03d", skAudit, max(0, r.CreatedAt.Unix()), r.Version, n)
}

func recordedPlace(r bot.Request, n int, e bot.AuditEntry) string {
	return auditPlace(r, maxAuditEntries) + "#" + sortKey(e.At) + "#" + e.Actor + "#" + strconv.Itoa(n)
}

// Record keeps audit entries of a request that does not change.
func (s *Store) Record(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) error {
	var items []item
	for n, e := range audit {
		entry, err := s.encodeAudit(r, recordedPlace(r, n, e), e)
		if err != nil {
			return fmt.Errorf("encode audit entry of request %s: %w", r.ID, err)
		}
		items = append(items, entry)
	}
	if err := checkSize(r.ID, items); err != nil {
		return err
	}
	var writes []types.TransactWriteItem
	for _, i := range items {
		writes = append(writes, s.putEntry(i))
	}
	if err := s.write(ctx, writes); err != nil {
		return fmt.Errorf("write audit entries of request %s to table %s: %w", r.ID, s.table, err)
	}
	return nil
}

// encodeAudit makes the item of an entry.
func (s *Store) encodeAudit(r bot.Request, place string, e bot.AuditEntry) (item, error) {
	i := auditItem{
		PK: pkRequest(r.ID), SK: place, At: timestamp(e.At),
		Actor: e.Actor, Action: e.Action, From: e.From, To: e.To, Refused: e.Refused, Execution: e.Execution,
		Expires: s.auditExpires(r, e),
	}
	if !e.Until.IsZero() {
		i.Until = timestamp(e.Until)
	}
	return attributevalue.MarshalMap(i)
}

// auditExpires is when an entry may be deleted, in unix seconds: with its request when
// that has ended, else when no request that was open can be kept any more.
func (s *Store) auditExpires(r bot.Request, e bot.AuditEntry) int64 {
	if expires := s.requestExpires(r); expires != 0 {
		return expires
	}
	return e.At.Add(longestOpen + s.Retention).Unix()
}

// Audit lists the audit entries of a request, the oldest first; none of an unknown one.
func (s *Store) Audit(ctx context.Context, id string) ([]bot.AuditEntry, error) {
	consistent, condition := true, attrPK+" = :pk AND begins_with("+attrSK+", :sk)"
	pages := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: &consistent, KeyConditionExpression: &condition,
		ExpressionAttributeValues: item{
			":pk": &types.AttributeValueMemberS{Value: pkRequest(id)}, ":sk": &types.AttributeValueMemberS{Value: skAudit},
		},
	})
	var entries []bot.AuditEntry
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read audit entries of request %s from table %s: %w", id, s.table, err)
		}
		for _, i := range page.Items {
			e, err := decodeAudit(i)
			if err != nil {
				return nil, fmt.Errorf("read audit entry of request %s: %w", id, err)
			}
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func decodeAudit(i item) (bot.AuditEntry, error) {
	var found auditItem
	if err := attributevalue.UnmarshalMap(i, &found); err != nil {
		return bot.AuditEntry{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, found.At)
	e := bot.AuditEntry{At: at, Actor: found.Actor, Action: found.Action,
		From: found.From, To: found.To, Refused: found.Refused, Execution: found.Execution}
	if err == nil && found.Until != "" {
		e.Until, err = time.Parse(time.RFC3339Nano, found.Until)
	}
	return e, err
}

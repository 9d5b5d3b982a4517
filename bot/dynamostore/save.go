package dynamostore

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// The places of a change's writes in its transaction. Audit entries follow.
const (
	writeRequest = iota
	writeLock
)

const attrHolder = "request_id"

// Save writes a request, the lock of its instance and its audit entries, as bot.Store
// says: all or nothing.
//
// It returns bot.ErrConflict also when DynamoDB was writing one of the items for somebody
// else just then. Throttling, and whatever else DynamoDB says, comes back as it is: nothing
// was written, and the same request can be saved again. *TooLargeError says that no attempt
// can succeed.
func (s *Store) Save(ctx context.Context, r bot.Request, audit ...bot.AuditEntry) (bot.Request, error) {
	loaded := r.Version
	r.Version++
	writes, err := s.writes(r, loaded, audit)
	if err != nil {
		return bot.Request{}, err
	}
	err = s.write(ctx, writes)
	if held(err) && !r.Status.Open() {
		// The instance has another open request: its lock stays. The condition on the version
		// still holds that nobody reopened this one.
		err = s.write(ctx, append(writes[:writeLock:writeLock], writes[writeLock+1:]...))
	}
	if err != nil {
		return bot.Request{}, s.explain(r, err)
	}
	return r, nil
}

func (s *Store) writes(r bot.Request, loaded int64, audit []bot.AuditEntry) ([]types.TransactWriteItem, error) {
	request, err := s.encodeRequest(r)
	if err != nil {
		return nil, err
	}
	items := []item{request}
	for n, e := range audit {
		entry, err := s.encodeAudit(r, auditPlace(r, n), e)
		if err != nil {
			return nil, fmt.Errorf("encode audit entry of request %s: %w", r.ID, err)
		}
		items = append(items, entry)
	}
	if err := checkSize(r.ID, items); err != nil {
		return nil, err
	}
	writes := []types.TransactWriteItem{s.putLoaded(request, loaded), s.moveLock(r)}
	for _, entry := range items[1:] {
		writes = append(writes, s.putEntry(entry))
	}
	return writes, nil
}

// putEntry writes an audit entry. What was recorded once is never written over.
func (s *Store) putEntry(entry item) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: entry,
		ConditionExpression: aws.String("attribute_not_exists(" + attrPK + ")")}}
}

// putLoaded writes a new version of what is kept in versions, if it is still the loaded one.
func (s *Store) putLoaded(next item, loaded int64) types.TransactWriteItem {
	put := &types.Put{TableName: &s.table, Item: next}
	if loaded == 0 {
		put.ConditionExpression = aws.String("attribute_not_exists(" + attrPK + ")")
	} else {
		put.ConditionExpression = aws.String(attrVersion + " = :loaded")
		put.ExpressionAttributeValues = item{":loaded": number(loaded)}
	}
	return types.TransactWriteItem{Put: put}
}

// moveLock takes or keeps the lock of the instance for an open request and gives it back
// when the request ends, if nobody else holds it.
func (s *Store) moveLock(r bot.Request) types.TransactWriteItem {
	free := aws.String("attribute_not_exists(" + attrPK + ") OR " + attrHolder + " = :id")
	lock, id := key(pkInstance(r.Instance.ID), skLock), &types.AttributeValueMemberS{Value: r.ID}
	if !r.Status.Open() {
		return types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: lock,
			ConditionExpression: free, ExpressionAttributeValues: item{":id": id}}}
	}
	lock[attrHolder] = id
	return types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: lock,
		ConditionExpression: free, ExpressionAttributeValues: item{":id": id},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}}
}

func (s *Store) write(ctx context.Context, writes []types.TransactWriteItem) error {
	_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	return err
}

// Codes of a CancellationReason.
const (
	codeCondition = "ConditionalCheckFailed"
	codeConflict  = "TransactionConflict"
	codeNone      = "None"
)

// explain says what a failed transaction means for the request. Whoever lost the race for
// the request itself loads it again before the lock matters.
func (s *Store) explain(r bot.Request, err error) error {
	reasons := cancelled(err)
	if len(reasons) > writeRequest && aws.ToString(reasons[writeRequest].Code) == codeCondition {
		return fmt.Errorf("request %s: %w", r.ID, bot.ErrConflict)
	}
	for _, reason := range reasons {
		if aws.ToString(reason.Code) == codeConflict {
			return fmt.Errorf("request %s is being written: %w", r.ID, bot.ErrConflict)
		}
	}
	if r.Status.Open() && held(err) {
		if holder, ok := reasons[writeLock].Item[attrHolder].(*types.AttributeValueMemberS); ok {
			return &bot.InstanceBusyError{RequestID: holder.Value}
		}
	}
	for _, reason := range reasons {
		if code := aws.ToString(reason.Code); code != codeNone {
			return fmt.Errorf("write request %s to table %s: %s: %s: %w", r.ID, s.table, code, aws.ToString(reason.Message), err)
		}
	}
	return fmt.Errorf("write request %s to table %s: %w", r.ID, s.table, err)
}

// held reports whether a transaction failed on nothing but the lock.
func held(err error) bool {
	reasons := cancelled(err)
	for n, reason := range reasons {
		code := aws.ToString(reason.Code)
		if (n == writeLock) != (code == codeCondition) || (n != writeLock && code != codeNone) {
			return false
		}
	}
	return len(reasons) > writeLock
}

func cancelled(err error) []types.CancellationReason {
	var c *types.TransactionCanceledException
	if errors.As(err, &c) {
		return c.CancellationReasons
	}
	return nil
}

package dynamostore

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// requestItem is a request as the table holds it.
type requestItem struct {
	PK      string `dynamodbav:"pk"`
	SK      string `dynamodbav:"sk"`
	Version int64  `dynamodbav:"version"`
	Request string `dynamodbav:"request"` // all of it, as JSON
	Expires int64  `dynamodbav:"expires_at,omitempty"`

	CreatedAt   string `dynamodbav:"created_at"`
	Instance    string `dynamodbav:"instance_id,omitempty"`
	OwnerStatus string `dynamodbav:"owner_status,omitempty"`
	OpenChannel string `dynamodbav:"open_channel,omitempty"`
	WaitingFor  string `dynamodbav:"waiting_for,omitempty"`
	Unperformed string `dynamodbav:"unperformed,omitempty"`
	DueAt       string `dynamodbav:"due_at,omitempty"`
	Month       string `dynamodbav:"month,omitempty"`
	Summary     string `dynamodbav:"summary,omitempty"` // a bot.Summary, as JSON

	UnshownChannel string `dynamodbav:"unshown_channel,omitempty"`
	UnshownSince   string `dynamodbav:"unshown_since,omitempty"`
	Unshown        string `dynamodbav:"unshown,omitempty"` // a bot.Unshown, as JSON
}

// sortable is a time of fixed width, so that text sorts as time does.
const sortable = "2006-01-02T15:04:05.000000000Z"

// unperformedBefore is what versions stored that did not know urgencies.
const unperformedBefore = "yes"

// unperformed lists the partitions of by-due that hold what is of an urgency, in the order in
// which they are worked through.
func unperformed(u bot.Urgency) []string {
	if u == bot.UrgencyResume {
		return []string{unperformedBefore, string(u)}
	}
	return []string{string(u)}
}

func ownerStatus(owner string, status bot.Status) string { return owner + "#" + string(status) }

// ownerOf is the owner in what ownerStatus made.
func ownerOf(ownerStatus string) string {
	return ownerStatus[:max(0, strings.LastIndex(ownerStatus, "#"))]
}

func (s *Store) encodeRequest(r bot.Request) (item, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode request %s: %w", r.ID, err)
	}
	summary, err := json.Marshal(r.Summary())
	if err != nil {
		return nil, fmt.Errorf("encode summary of request %s: %w", r.ID, err)
	}
	i := requestItem{
		PK: pkRequest(r.ID), SK: skRequest, Version: r.Version, Request: string(data), Expires: s.requestExpires(r),
		CreatedAt: sortKey(r.CreatedAt), Instance: r.Instance.ID, Month: monthOf(r.CreatedAt), Summary: string(summary),
	}
	if r.Owner != "" {
		i.OwnerStatus = ownerStatus(r.Owner, r.Status)
	}
	if r.Status.Open() {
		i.OpenChannel, i.Month = r.Place.Channel, monthOpen
	}
	if r.Wait != nil {
		i.WaitingFor = string(r.Wait.Subject)
	}
	if due, any := r.Due(); any {
		i.Unperformed, i.DueAt = string(r.Urgency()), sortKey(due)
	}
	if err := i.setUnshown(r); err != nil {
		return nil, err
	}
	return attributevalue.MarshalMap(i)
}

func decodeRequest(i item) (bot.Request, error) {
	var found requestItem
	if err := attributevalue.UnmarshalMap(i, &found); err != nil {
		return bot.Request{}, fmt.Errorf("read item of request: %w", err)
	}
	var r bot.Request
	if err := json.Unmarshal([]byte(found.Request), &r); err != nil {
		return bot.Request{}, fmt.Errorf("decode item %s: %w", found.PK, err)
	}
	return r, nil
}

// requestExpires is when a request may be deleted, in unix seconds; 0: never.
func (s *Store) requestExpires(r bot.Request) int64 {
	if r.Status.Open() || r.EndedAt.IsZero() {
		return 0
	}
	return r.EndedAt.Add(s.Retention).Unix()
}

func sortKey(t time.Time) string { return t.UTC().Format(sortable) }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

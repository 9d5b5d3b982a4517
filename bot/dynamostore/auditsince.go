package dynamostore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// Recorded is an audit entry, and what it is about. Instance and Owner are empty where the
// request is deleted already.
type Recorded struct {
	bot.AuditEntry
	RequestID, Instance, Owner string
}

// AuditSince lists the audit entries since a time of all requests, the oldest first. It reads the
// whole table, for two cents a gigabyte: an entry can be made long after its request, and an
// index would lack those that are older than it is, which an audit must not. It is no method of
// Store, since the functions may not scan.
func AuditSince(ctx context.Context, client dynamodb.ScanAPIClient, table string, since time.Time) ([]Recorded, error) {
	// Many of the names are reserved words. What is compared with "at" has whole seconds and no
	// zone, for entries have fractions of them only where there are any.
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
		TableName:            &table,
		FilterExpression:     aws.String("#sk = :request OR (begins_with(#sk, :audit) AND #at >= :since)"),
		ProjectionExpression: aws.String("#pk, #sk, #instance, #owner, #at, #actor, #action, #from, #to, #refused, #execution, #until"),
		ExpressionAttributeNames: map[string]string{"#pk": attrPK, "#sk": attrSK, "#instance": attrInstance, "#owner": attrOwnerStatus, "#at": "at",
			"#actor": "actor", "#action": "action", "#from": "from", "#to": "to", "#refused": "refused", "#execution": "execution", "#until": "until"},
		ExpressionAttributeValues: item{
			":request": &types.AttributeValueMemberS{Value: skRequest}, ":audit": &types.AttributeValueMemberS{Value: skAudit},
			":since": &types.AttributeValueMemberS{Value: since.UTC().Format("2006-01-02T15:04:05")},
		},
	})
	about, entries := map[string]Recorded{}, []Recorded{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("scan table %s: %w", table, err)
		}
		for _, i := range page.Items {
			id := strings.TrimPrefix(textOf(i[attrPK]), pkRequest(""))
			if textOf(i[attrSK]) == skRequest {
				about[id] = Recorded{RequestID: id, Instance: textOf(i[attrInstance]), Owner: ownerOf(textOf(i[attrOwnerStatus]))}
				continue
			}
			e, err := decodeAudit(i)
			if err != nil {
				return nil, fmt.Errorf("read audit entry of request %s: %w", id, err)
			}
			if !e.At.Before(since) {
				entries = append(entries, Recorded{AuditEntry: e, RequestID: id})
			}
		}
	}
	for n, e := range entries {
		entries[n].Instance, entries[n].Owner = about[e.RequestID].Instance, about[e.RequestID].Owner
	}
	// Entries of one request come in the order in which they were made, and keep it.
	slices.SortStableFunc(entries, func(a, b Recorded) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.RequestID, b.RequestID))
	})
	return entries, nil
}

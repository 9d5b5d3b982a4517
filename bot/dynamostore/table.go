package dynamostore

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/patchbot/patchbot/bot"
)

// The table holds nine kinds of items. Every attribute named here is a string unless it
// says otherwise; attributes without a value are absent.
//
//	item     pk            sk                        other attributes
//	request  REQUEST#<id>  REQUEST                   version (number), request (JSON), expires_at, and
//	                                                 for the indexes created_at, instance_id, owner_status,
//	                                                 open_channel, waiting_for, unperformed, due_at,
//	                                                 month, summary (JSON),
//	                                                 unshown_channel, unshown_since, unshown (JSON)
//	audit    REQUEST#<id>  AUDIT#<made>#<version>#<number>  at, actor, action, from, to, refused,
//	                                                 execution, until, expires_at
//	turns    TURNS#<group> TURNS                     version (number), turns (JSON), expires_at
//	lock     INSTANCE#<id> LOCK                      request_id: the open request of the instance
//	owner    OWNERS        <name>                    channel, approver_users, approver_groups (lists), email,
//	                                                 email_when, approval_page (boolean), at_once, canary (boolean), hold_after (number),
//	                                                 escalation_channel, escalation_users, escalation_groups (lists), patch_window, approvals_required, backup_days (numbers)
//	digest   DIGEST#<id>   DIGEST                    version (number), digest (JSON), expires_at
//	newest   CHANNEL#<id>  DIGEST#<owner>            digest_id: the owner's newest digest there that asks, expires_at
//	channel  CHANNEL#<id>  CHANNEL                   held_until: not to be written to before, expires_at
//	pace     PACE#<use>    <window>                  spent (number): uses in the window that begins then, expires_at
//
// An audit entry is keyed by when its request was made (12 digits of unix seconds: the name of
// an execution can be used again, and entries outlast their request), the version that its
// change was saved as (20 digits) and its number in that change (3 digits), so that entries sort
// in the order they were made; those of older versions have no time, and come first. Owners
// are written by Terraform or by hand, never here. expires_at is a number of unix seconds
// after which DynamoDB may delete the item, usually within days; open requests, locks,
// owners, and groups in which somebody waits or is patched have none. An owner's name in the key of its newest digest is in lower case.
//
// All indexes are sparse. They are sorted by created_at, a UTC time of fixed width such as
// 2026-11-23T10:00:00.000000000Z, by-due by due_at, by-unshown by unshown_since. They hold keys
// only, and what they find is loaded from the table, consistently; by-month holds the summary,
// too, by-unshown what is not shown in short, and both are read without the table. Either is one
// attribute, since DynamoDB never changes what an index holds.
//
//	index        partition key                           holds
//	by-instance  instance_id   e.g. i-0933335a5598d1c2e  every request
//	by-owner     owner_status  e.g. payments#asked       requests that have an owner
//	by-channel   open_channel  e.g. C0123456789          open requests that have a channel
//	by-wait      waiting_for   e.g. command/e8d3c0e4-…   requests that wait for something
//	by-due       unperformed   e.g. resume, an urgency   requests with effects left to perform, by when
//	by-month     month         "open", or e.g. 2026-11   every request: the open ones, and those that
//	                                                     have ended by the month in which they were made
//	by-unshown   unshown_channel   e.g. C0123456789      requests of which their channel must still see something
const (
	attrPK      = "pk"
	attrSK      = "sk"
	attrVersion = "version"
	attrRequest = "request"
	attrExpires = "expires_at"

	attrCreatedAt   = "created_at"
	attrInstance    = "instance_id"
	attrOwnerStatus = "owner_status"
	attrOpenChannel = "open_channel"
	attrWaitingFor  = "waiting_for"
	attrUnperformed = "unperformed"
	attrDueAt       = "due_at"
	attrMonth       = "month"
	attrSummary     = "summary"

	attrUnshownChannel = "unshown_channel"
	attrUnshownSince   = "unshown_since"
	attrUnshown        = "unshown"

	attrDigest    = "digest"
	attrDigestID  = "digest_id"
	attrHeldUntil = "held_until"
	attrSpent     = "spent"

	skRequest = "REQUEST"
	skAudit   = "AUDIT#"
	skLock    = "LOCK"
	skDigest  = "DIGEST"
	skChannel = "CHANNEL"
	skTurns   = "TURNS"
	pkOwners  = "OWNERS"
)

func pkRequest(id string) string        { return "REQUEST#" + id }
func pkTurns(group string) string       { return "TURNS#" + group }
func pkInstance(instance string) string { return "INSTANCE#" + instance }
func pkDigest(id string) string         { return "DIGEST#" + id }
func pkChannel(channel string) string   { return "CHANNEL#" + channel }
func pkPace(use string) string          { return "PACE#" + use }

// TTLAttribute is the attribute that time to live has to be enabled on.
const TTLAttribute = attrExpires

// index is a global secondary index and its partition key.
type index struct {
	name, key, sort string                     // attributes, both keys text
	order           func(a, b bot.Request) int // of requests that are loaded by it; nil: it is read without the table
	holds           []string                   // attributes beside the keys
}

var (
	byInstance = index{"by-instance", attrInstance, attrCreatedAt, oldestFirst, nil}
	byOwner    = index{"by-owner", attrOwnerStatus, attrCreatedAt, oldestFirst, nil}
	byChannel  = index{"by-channel", attrOpenChannel, attrCreatedAt, oldestFirst, nil}
	byWait     = index{"by-wait", attrWaitingFor, attrCreatedAt, oldestFirst, nil}
	byDue      = index{"by-due", attrUnperformed, attrDueAt, longestDueFirst, nil}
	byMonth    = index{"by-month", attrMonth, attrCreatedAt, oldestFirst, []string{attrSummary}}
	byUnshown  = index{"by-unshown", attrUnshownChannel, attrUnshownSince, nil, []string{attrUnshown}}
)

// TableInput is the table's schema, on-demand. Time to live is enabled apart from it.
func TableInput(name string) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:            aws.String(name),
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            keySchema(attrPK, attrSK),
		AttributeDefinitions: []types.AttributeDefinition{text(attrPK), text(attrSK), text(attrCreatedAt), text(attrDueAt), text(attrUnshownSince)},
	}
	for _, i := range []index{byInstance, byOwner, byChannel, byWait, byDue, byMonth, byUnshown} {
		in.AttributeDefinitions = append(in.AttributeDefinitions, text(i.key))
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(i.name), KeySchema: keySchema(i.key, i.sort),
			Projection: i.projection(),
		})
	}
	return in
}

func (i index) projection() *types.Projection {
	if i.holds == nil {
		return &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly}
	}
	return &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: i.holds}
}

func text(attribute string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: aws.String(attribute), AttributeType: types.ScalarAttributeTypeS}
}

func keySchema(hash, sort string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash},
		{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
	}
}

// TableClient makes a table; *dynamodb.Client implements it.
type TableClient interface {
	dynamodb.DescribeTableAPIClient
	CreateTable(ctx context.Context, in *dynamodb.CreateTableInput, options ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error)
	UpdateTimeToLive(ctx context.Context, in *dynamodb.UpdateTimeToLiveInput, options ...func(*dynamodb.Options)) (*dynamodb.UpdateTimeToLiveOutput, error)
}

// CreateTable makes the table where Terraform does not: in tests and on a developer's
// machine. It returns when the table can be used.
func CreateTable(ctx context.Context, client TableClient, name string) error {
	if _, err := client.CreateTable(ctx, TableInput(name)); err != nil {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	const active = 5 * time.Minute
	if err := dynamodb.NewTableExistsWaiter(client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, active); err != nil {
		return fmt.Errorf("wait for table %s: %w", name, err)
	}
	_, err := client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(TTLAttribute), Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("enable time to live of table %s: %w", name, err)
	}
	return nil
}

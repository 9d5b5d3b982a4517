package moduletest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/dynamostore"
	"github.com/patchbot/patchbot/infra/mototest"
)

// index is the keys of the table or of one of its indexes, and what that holds beside keys.
type index struct {
	Name, Hash, Range, Projection string
	Holds                         []string
}

func (p plan) makesTheTableOfTheStore(t *testing.T) {
	table := p.ofType(t, "aws_dynamodb_table")[0]
	want := dynamostore.TableInput(table.text("name"))
	require.Equal(t, string(want.BillingMode), table.text("billing_mode"))

	wantAttributes, attributes := map[string]string{}, map[string]string{}
	for _, a := range want.AttributeDefinitions {
		wantAttributes[aws.ToString(a.AttributeName)] = string(a.AttributeType)
	}
	for _, a := range table.blocks("attribute") {
		attributes[a["name"].(string)] = a["type"].(string)
	}
	require.Equal(t, wantAttributes, attributes)

	wantIndexes := []index{keys("", want.KeySchema, nil)}
	for _, i := range want.GlobalSecondaryIndexes {
		wantIndexes = append(wantIndexes, keys(aws.ToString(i.IndexName), i.KeySchema, i.Projection))
	}
	indexes := []index{{Hash: table.text("hash_key"), Range: table.text("range_key")}}
	for _, i := range table.blocks("global_secondary_index") {
		found := index{Name: i["name"].(string), Hash: i["hash_key"].(string), Range: i["range_key"].(string), Projection: i["projection_type"].(string)}
		held, _ := i["non_key_attributes"].([]any) // null where there are keys only
		for _, attribute := range held {
			found.Holds = append(found.Holds, attribute.(string))
		}
		indexes = append(indexes, found)
	}
	require.ElementsMatch(t, wantIndexes, indexes)
	require.Empty(t, table.blocks("local_secondary_index"))

	require.Equal(t, dynamostore.TTLAttribute, table.blocks("ttl")[0]["attribute_name"])
	require.Equal(t, true, table.blocks("ttl")[0]["enabled"])
}

func keys(name string, schema []types.KeySchemaElement, projection *types.Projection) index {
	i := index{Name: name}
	if projection != nil {
		i.Projection, i.Holds = string(projection.ProjectionType), projection.NonKeyAttributes
	}
	for _, k := range schema {
		if k.KeyType == types.KeyTypeHash {
			i.Hash = aws.ToString(k.AttributeName)
		} else {
			i.Range = aws.ToString(k.AttributeName)
		}
	}
	return i
}

// theStoreReadsTheOwners reads what Terraform wrote with the store that the functions use.
func (p plan) theStoreReadsTheOwners(t *testing.T, server mototest.Server) {
	table := p.ofType(t, "aws_dynamodb_table")[0].text("name")
	owners, mistakes, err := dynamostore.New(dynamodb.NewFromConfig(server.Config()), table).Owners(t.Context())
	require.NoError(t, err)
	require.Empty(t, mistakes)
	two, err := bot.ParseAtOnce("2")
	require.NoError(t, err)
	no := false
	require.Equal(t, []bot.Owner{
		{Name: "data", Email: "data@example.com", EmailWhen: bot.EmailAlways, ApprovalPage: &no, Approvers: bot.Approvers{Groups: []string{"S0123456789"}}},
		{Name: "ledger", Email: "payments@example.com"},
		{Name: "payments", Channel: "C0234567891", Email: "payments@example.com",
			Approvers: bot.Approvers{Users: []string{"U0123456789", "U0234567891"}}, AtOnce: two, HoldAfter: 2, ApprovalsRequired: 2, Escalation: bot.Escalation{Channel: "C0456789123"}},
		{Name: "web team", Channel: "G0345678912"},
	}, owners)
}

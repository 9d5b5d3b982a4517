package mototest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/infra/mototest"
)

func knownToken(t *testing.T, s mototest.Server) {
	client := dynamodb.NewFromConfig(s.Config())
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("tokens"),
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
	})
	require.NoError(t, err)
	write := func(token *string, pk string) error {
		_, err := client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{ClientRequestToken: token,
			TransactItems: []types.TransactWriteItem{{Put: &types.Put{
				TableName:           aws.String("tokens"),
				Item:                map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}},
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}}}})
		return err
	}
	var cancelled *types.TransactionCanceledException
	require.NoError(t, write(aws.String("one"), "a"))
	require.NoError(t, write(aws.String("one"), "a"), "the same transaction once more")
	require.ErrorAs(t, write(nil, "a"), &cancelled)
	require.ErrorAs(t, write(aws.String("two"), "a"), &cancelled)
	require.ErrorAs(t, write(aws.String("two"), "a"), &cancelled, "what failed is tried again")
	var refused smithy.APIError
	require.ErrorAs(t, write(aws.String("one"), "b"), &refused)
	require.Equal(t, "IdempotentParameterMismatchException", refused.ErrorCode())
}

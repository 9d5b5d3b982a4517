package doctor

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

func (d *doctorTest) awsDefects() map[string]defect {
	topic := &d.Installation.NotificationsTopicARN
	inbox := func(t *testing.T) { d.Moto.CreateInbox(t, "notifications") }
	update := func(t *testing.T, definition string) {
		_, err := d.Account.SFN.UpdateStateMachine(t.Context(), &sfn.UpdateStateMachineInput{StateMachineArn: &d.Installation.StateMachineARN, Definition: &definition})
		require.NoError(t, err)
	}
	return map[string]defect{
		"nobody hears of notifications but a mailbox": {func(t *testing.T) {
			subscriptions, err := listSubscriptions(t.Context(), d.Account.SNS, *topic)
			require.NoError(t, err)
			for _, s := range subscriptions {
				_, err := d.Account.SNS.Unsubscribe(t.Context(), &sns.UnsubscribeInput{SubscriptionArn: s.SubscriptionArn})
				require.NoError(t, err)
			}
			_, err = d.Account.SNS.Subscribe(t.Context(), &sns.SubscribeInput{TopicArn: topic, Protocol: aws.String("email"), Endpoint: aws.String("curious@example.com")})
			require.NoError(t, err)
		}, inbox, "notifications", failure, "No queue is subscribed"},
		"no notifications topic": {func(t *testing.T) {
			_, err := d.Account.SNS.DeleteTopic(t.Context(), &sns.DeleteTopicInput{TopicArn: topic})
			require.NoError(t, err)
		}, inbox, "notifications", failure, "The notifications topic cannot be read"},
		"a disabled rule": {func(t *testing.T) {
			_, err := d.Account.Events.DisableRule(t.Context(), &eventbridge.DisableRuleInput{Name: &d.Installation.Rules[0]})
			require.NoError(t, err)
		}, func(t *testing.T) {
			_, err := d.Account.Events.EnableRule(t.Context(), &eventbridge.EnableRuleInput{Name: &d.Installation.Rules[0]})
			require.NoError(t, err)
		}, "rules", failure, "is disabled"},
		"an owner whose record has a mistake": {func(t *testing.T) {
			_, err := d.Account.DynamoDB.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &d.Installation.Table, Item: map[string]types.AttributeValue{
				"pk": &types.AttributeValueMemberS{Value: "OWNERS"}, "sk": &types.AttributeValueMemberS{Value: "ledger"},
				"approver_user": &types.AttributeValueMemberS{Value: "U0123456789"}}})
			require.NoError(t, err)
		}, func(t *testing.T) {
			_, err := d.Account.DynamoDB.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &d.Installation.Table, Key: map[string]types.AttributeValue{
				"pk": &types.AttributeValueMemberS{Value: "OWNERS"}, "sk": &types.AttributeValueMemberS{Value: "ledger"}}})
			require.NoError(t, err)
		}, "owners", failure, `The owner "ledger" cannot be used, the default approvers decide in its place: the attribute "approver_user" is unknown`},
		"another version's state machine": {func(t *testing.T) {
			update(t, `{"StartAt": "Old", "States": {"Old": {"Type": "Succeed"}}}`)
		}, func(t *testing.T) {
			definition, err := workflow.PatchApproval.Render(d.Installation.Settings())
			require.NoError(t, err)
			update(t, string(definition))
		}, "state machines", failure, "not the one of this patchbot"},
	}
}

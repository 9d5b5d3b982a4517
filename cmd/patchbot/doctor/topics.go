package doctor

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// checkEmails asks whether every owner's address has confirmed its subscription.
func checkEmails(ctx context.Context, x *examination) []finding {
	if x.owners == nil {
		return skip("the owners cannot be read")
	}
	subscriptions, err := listSubscriptions(ctx, x.SNS, x.EmailsTopicARN)
	if err != nil {
		return failed(applyAgain, "The emails topic cannot be read: %v", err)
	}
	confirmations := map[string]bool{}
	for _, s := range subscriptions {
		confirmations[aws.ToString(s.Endpoint)] = confirmed(s)
	}
	var findings []finding
	addresses := 0
	for _, name := range slices.Sorted(maps.Keys(x.owners)) {
		email := x.owners[name].Email
		if email == "" {
			continue
		}
		addresses++
		isConfirmed, subscribed := confirmations[email]
		switch {
		case !subscribed:
			findings = append(findings, failed(applyAgain, "%s of %s is not subscribed.", email, name)...)
		case !isConfirmed:
			findings = append(findings, failed("Open the mail “AWS Notification - Subscription Confirmation” there and confirm.", "%s of %s has not confirmed its subscription.", email, name)...)
		}
	}
	if len(findings) == 0 {
		return ok("The emails topic exists; %d of %d addresses have confirmed.", addresses, addresses)
	}
	return findings
}

// checkNotifications asks whether what the state machine says reaches a queue.
func checkNotifications(ctx context.Context, x *examination) []finding {
	subscriptions, err := listSubscriptions(ctx, x.SNS, x.NotificationsTopicARN)
	if err != nil {
		return failed(applyAgain, "The notifications topic cannot be read: %v", err)
	}
	for _, s := range subscriptions {
		if aws.ToString(s.Protocol) == "sqs" && confirmed(s) {
			return ok("The notifications topic exists, and a queue is subscribed to it.")
		}
	}
	return failed(applyAgain, "No queue is subscribed to the notifications topic, so nothing is ever asked.")
}

// confirmed reports whether SNS delivers to a subscription: until it is confirmed, it has
// the words "PendingConfirmation" in the place of an ARN.
func confirmed(s types.Subscription) bool {
	return strings.HasPrefix(aws.ToString(s.SubscriptionArn), "arn:")
}

// listSubscriptions lists who is subscribed to a topic, confirmed or not.
func listSubscriptions(ctx context.Context, client *sns.Client, topicARN string) ([]types.Subscription, error) {
	var subscriptions []types.Subscription
	pages := sns.NewListSubscriptionsByTopicPaginator(client, &sns.ListSubscriptionsByTopicInput{TopicArn: &topicARN})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		subscriptions = append(subscriptions, page.Subscriptions...)
	}
	return subscriptions, nil
}

package doctor

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/stretchr/testify/require"
)

// moto confirms every subscription at once.
func TestAPendingSubscriptionIsNotConfirmed(t *testing.T) {
	require.False(t, confirmed(types.Subscription{SubscriptionArn: aws.String("PendingConfirmation")}))
	require.True(t, confirmed(types.Subscription{SubscriptionArn: aws.String("arn:aws:sns:us-east-1:111122223333:emails:8a21d249")}))
}

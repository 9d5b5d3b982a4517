package doctor

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/stretchr/testify/require"
)

func (d *doctorTest) policyTagDefects() map[string]defect {
	second := d.Installation
	second.Machine.PolicyTagValue = "Patch-On-Approval"
	third := d.Installation
	third.Machine.PolicyTagValue = "ask-payments"
	remove := func(t *testing.T) {
		_, err := d.Account.SSM.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{"/second/installation", "/third/installation", "/shop/installation"}})
		require.NoError(t, err)
	}
	return map[string]defect{
		"another installation with the same tag": {func(*testing.T) {
			d.PutParameterOf("second", second)
			d.PutParameterOf("third", third)
			d.PutParameterOf("shop", map[string]string{"version": "3"})
		}, remove, "installations", failure, "The installation second asks about instances tagged patch-policy = Patch-On-Approval, too"},
		"an older installation without the setting": {func(*testing.T) {
			d.PutParameterOf("second", map[string]string{"state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:second-patch-approval"})
		}, remove, "installations", failure, "The installation second"},
	}
}

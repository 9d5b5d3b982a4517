package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// checkDeadLetters asks whether anything was given up.
func checkDeadLetters(ctx context.Context, x *examination) []finding {
	var findings []finding
	for _, name := range slices.Sorted(maps.Keys(x.DeadLetterQueues)) {
		url := x.DeadLetterQueues[name]
		out, err := x.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url,
			AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameQueueArn}})
		if err != nil {
			findings = append(findings, failed(applyAgain, "The dead-letter queue %s cannot be read: %v", name, err)...)
			continue
		}
		if n := out.Attributes["ApproximateNumberOfMessages"]; n != "0" {
			findings = append(findings, failed(x.deadLetterAdvice(name, url, out.Attributes["QueueArn"]),
				"The dead-letter queue %s holds %s messages.", name, n)...)
		}
	}
	if len(findings) == 0 {
		return ok("All %d dead-letter queues are empty.", len(x.DeadLetterQueues))
	}
	return findings
}

// deadLetterAdvice is what AWS takes for a queue. SQS moves messages back only into
// queues: what EventBridge, its Scheduler or Lambda gave up came from none.
func (x *examination) deadLetterAdvice(name, url, arn string) string {
	read := "`aws sqs receive-message --queue-url " + url + " --attribute-names All --message-attribute-names All`"
	empty := "`aws sqs purge-queue --queue-url " + url + "`"
	switch name {
	case "notifications":
		return fmt.Sprintf("Read the log of the function %s for the cause, mend it, then send them back: `aws sqs start-message-move-task --source-arn %s --destination-arn %s`",
			x.Functions["notify"], arn, x.NotificationsQueueARN)
	case "channels":
		return fmt.Sprintf("Read the log of the function %s for the cause, and mend it. Channels have seen by then what they lack, for the sweep looks once a minute; what is told of tags is in these messages alone, so send them back: `aws sqs start-message-move-task --source-arn %s`",
			x.Functions["notify"], arn)
	case "events":
		return fmt.Sprintf("Read one, whose attributes name the cause: %s Mend it, then look for what was missed: `aws stepfunctions start-execution --state-machine-arn %s` Executions that wait for such an event look for themselves. Then empty the queue: %s",
			read, x.FindMissing.StateMachineARN, empty)
	case "progress":
		return fmt.Sprintf("Read the log of the function %[1]s for the cause, and mend it. Executions that wait for such an event look for themselves; to tell one of them now: `aws sqs receive-message --queue-url %[2]s --query 'Messages[0].Body' --output text | jq -c .requestPayload > event.json` and `aws lambda invoke --function-name %[1]s --invocation-type Event --payload fileb://event.json answer.json` Then empty the queue: %[3]s",
			x.Functions["progress"], url, empty)
	}
	return fmt.Sprintf("Read one for the cause: %s Mend it, then empty the queue: %s", read, empty)
}

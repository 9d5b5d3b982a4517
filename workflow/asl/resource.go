package asl

import (
	"regexp"
	"strings"
)

// callbackSuffix marks a task that ends when its token is sent back.
const callbackSuffix = ".waitForTaskToken"

// integration is the ARN of an integration: its partition, and what is called.
var integration = regexp.MustCompile(`^arn:(aws|aws-[a-z-]+):states:::(.+)$`)

// sdkCall is an AWS SDK integration, e.g. "aws-sdk:ssm:sendCommand".
var sdkCall = regexp.MustCompile(`^aws-sdk:[a-z0-9]+:[a-z][A-Za-z0-9]*$`)

// Integrations other than those of the AWS SDK, without and with callback. What is not
// here would fail in Step Functions, or behave in a way that is not played here.
var (
	integrations         = map[string]bool{"sns:publish": true, "states:startExecution": true}
	callbackIntegrations = map[string]bool{"sns:publish": true}
)

func (f *fields) resource(t *task) {
	if !f.has("Resource") {
		f.refuse("Resource", "is missing")
		return
	}
	text, _ := f.text("Resource")
	t.resource, t.callback = strings.CutSuffix(text, callbackSuffix)
	f.callback = t.callback
	if !strings.HasPrefix(text, "arn:") {
		f.refuse("Resource", "%q is no ARN", text)
		return
	}
	parts := integration.FindStringSubmatch(t.resource)
	known := integrations
	if t.callback {
		known = callbackIntegrations
	}
	switch {
	case strings.HasSuffix(text, ".sync"), strings.HasSuffix(text, ".sync:2"):
		f.refuse("Resource", "the .sync patterns are not supported: %q", text)
	case strings.Contains(text, ":activity:"):
		f.refuse("Resource", "activities are not supported: %q", text)
	case parts == nil, !known[parts[2]] && !sdkCall.MatchString(parts[2]):
		f.refuse("Resource", "the integration %q is not known here", text)
	default:
		t.partition = parts[1]
	}
}

// checkPartition refuses what Step Functions refuses only when the task runs: an
// integration of another partition than the machine's.
func (t *task) checkPartition(partition string) error {
	if t.partition == partition {
		return nil
	}
	return failf(ErrorRuntime, "The resource %s is in a different partition (%s) than the state machine (%s).",
		t.resource, t.partition, partition)
}

// service is what AWS calls the resource type, e.g. "sns" or "aws-sdk:ssm".
func (t *task) service() string {
	call := integration.FindStringSubmatch(t.resource)[2]
	return call[:strings.LastIndex(call, ":")]
}

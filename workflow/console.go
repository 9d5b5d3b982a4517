package workflow

import (
	"net/url"
	"regexp"
	"strings"
)

// consoleHosts are those of AWS's console, by partition. A partition that is not here has no link
// rather than a wrong one.
var consoleHosts = map[string]string{
	"aws":        "console.aws.amazon.com",
	"aws-us-gov": "console.amazonaws-us-gov.com",
	"aws-cn":     "console.amazonaws.cn",
}

// region is the form of a Region's name, e.g. "us-gov-west-1".
var region = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d+$`)

// Console links to pages of AWS's console in the partition and Region of an ARN. A page that has no
// link is "".
type Console struct{ host, region string }

// ConsoleOf is the console of what an ARN names, e.g. an execution.
func ConsoleOf(arn string) Console {
	host, where := consoleHosts[Partition(arn)], Region(arn)
	if host == "" || !region.MatchString(where) {
		return Console{}
	}
	return Console{host, where}
}

// page is a service's page with its Region and a fragment.
func (c Console) page(path, fragment string) string {
	if c.host == "" {
		return ""
	}
	return "https://" + c.region + "." + c.host + path + "?region=" + c.region + fragment
}

// Execution is the page of an execution of Step Functions.
func (c Console) Execution(arn string) string {
	if arn == "" {
		return ""
	}
	return c.page("/states/home", "#/v2/executions/details/"+url.PathEscape(arn))
}

// Command is Run Command's page of a command.
func (c Console) Command(id string) string {
	if id == "" {
		return ""
	}
	return c.page("/systems-manager/run-command/"+url.PathEscape(id), "")
}

// CommandOutput lists the log streams that a command has written from one node: Systems Manager names
// them <command>/<node>/<step>/<stdout or stderr>.
func (c Console) CommandOutput(group, commandID, instanceID string) string {
	if group == "" || commandID == "" || instanceID == "" {
		return ""
	}
	return c.page("/cloudwatch/home", "#logsV2:log-groups/log-group/"+logsEscaped(group)+
		"$3FlogStreamNameFilter$3D"+logsEscaped(commandID+"/"+instanceID))
}

// logsEscaped is how CloudWatch Logs' page wants a name in its fragment: percent-encoded twice, with a
// dollar sign for each percent sign.
func logsEscaped(name string) string {
	twice := url.QueryEscape(strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	return strings.ReplaceAll(twice, "%", "$")
}

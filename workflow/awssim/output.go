package awssim

import "regexp"

// outputConfig says where else than in the answers the agent writes what a command prints.
type outputConfig struct {
	CloudWatchLogGroupName  *string `json:",omitempty"` // 1 to 512 characters; absent: one that Systems Manager names
	CloudWatchOutputEnabled bool
}

var logGroupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

func (c *outputConfig) check() error {
	if c == nil || c.CloudWatchLogGroupName == nil || logGroupName.MatchString(*c.CloudWatchLogGroupName) {
		return nil
	}
	return invalidMember("cloudWatchOutputConfig.cloudWatchLogGroupName", *c.CloudWatchLogGroupName,
		`Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+ and have length less than or equal to 512`)
}

// What the agent writes between a step's two streams, and where it cuts them (amazon-ssm-agent,
// TruncateOutput).
const (
	errorTitle      = "\n----------ERROR-------\n"
	outputTruncated = "\n---Output truncated---"
	errorTruncated  = "\n---Error truncated----"
)

// bothStreams is the agent's one text of both streams, of at most so many characters: where both are
// long, each has half of them. It keeps their beginnings.
func bothStreams(stdout, stderr string, most int) string {
	title := ""
	if stderr != "" {
		title = errorTitle
	}
	room, out, errors := most-len(title), len([]rune(stdout)), len([]rune(stderr))
	switch half := room / 2; {
	case out+errors <= room:
	case errors < half:
		stdout = cut(stdout, room-errors-len(outputTruncated)) + outputTruncated
	case out < half:
		stderr = cut(stderr, room-out-len(errorTruncated)) + errorTruncated
	default:
		stdout = cut(stdout, half-len(outputTruncated)) + outputTruncated
		stderr = cut(stderr, half-len(errorTruncated)) + errorTruncated
	}
	return stdout + title + stderr
}

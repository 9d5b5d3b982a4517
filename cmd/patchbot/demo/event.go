package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// demoInstance is the instance of the story when no event names another.
const demoInstance = "i-0933335a5598d1c2e"

// maxEvent is the largest event that is read; EventBridge allows 256 KiB.
const maxEvent = 256 << 10

// event is what starts the story.
type event struct {
	data     json.RawMessage
	instance string // the instance that the fleet gets
	summary  string
}

// scanEvent is what Systems Manager says when a scan has found patches missing.
const scanEvent = `{"version": "0", "source": "aws.ssm", "detail-type": "Configuration Compliance State Change",
 "account": "111122223333", "region": "us-east-1", "resources": [],
 "detail": {"compliance-type": "Patch", "compliance-status": "non_compliant", "resource-type": "managed-instance",
  "resource-id": "` + demoInstance + `"}}`

// readEvent reads the event from a file, from standard input for "-", or makes one.
func readEvent(name string, stdin io.Reader) (event, error) {
	data := []byte(scanEvent)
	if name != "" {
		var err error
		if data, err = readAll(name, stdin); err != nil {
			return event{}, fmt.Errorf("read the event: %w", err)
		}
	}
	var e struct {
		DetailType string `json:"detail-type"`
		InstanceID string `json:"instance_id"`
		Detail     struct {
			Status     string `json:"compliance-status"`
			ResourceID string `json:"resource-id"`
		} `json:"detail"`
	}
	if !json.Valid(data) {
		return event{}, fmt.Errorf("the event is not JSON; expected one like this:\n%s", scanEvent)
	}
	_ = json.Unmarshal(data, &e) // another shape is the state machine's to judge
	id := cmp.Or(e.Detail.ResourceID, e.InstanceID)
	summary := fmt.Sprintf("%s of %s: %s", cmp.Or(e.DetailType, "a manual start"), cmp.Or(id, "no instance"), cmp.Or(e.Detail.Status, "no status"))
	return event{data: data, instance: cmp.Or(id, demoInstance), summary: summary}, nil
}

func readAll(name string, stdin io.Reader) ([]byte, error) {
	source := stdin
	if name != "-" {
		f, err := os.Open(name) // #nosec G304 -- whoever runs the demo names the file
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		source = f
	}
	data, err := io.ReadAll(io.LimitReader(source, maxEvent+1))
	if err == nil && len(data) > maxEvent {
		err = fmt.Errorf("it is over 256 KiB, the most that EventBridge carries")
	}
	return data, err
}

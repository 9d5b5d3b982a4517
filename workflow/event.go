package workflow

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrUnknownEvent says that an EventBridge event is of a kind that patchbot does not
// read. It is no fault: rules may match more than is used.
var ErrUnknownEvent = errors.New("not an event that patchbot reads")

// Event is one EventBridge event. All are best effort: any may be missing, doubled or
// late.
type Event struct {
	ID      string // e.g. "da802c23-0364-5de4-02c4-8f2389f89233"
	Time    time.Time
	Account string
	Region  string
	Detail  EventDetail
}

// EventDetail is what one kind of event says: CommandStatus, SnapshotsResult, ExecutionStatus
// or TagChange.
type EventDetail interface {
	// Subject is the thing that the event is about.
	Subject() Subject
}

// Subject names something whose end a request can wait for, e.g.
// "command/e8d3c0e4-71f7-4491-898f-c9b35bee5f3b". It is a key for look-ups.
type Subject string

// CommandSubject is an SSM command on one instance.
func CommandSubject(commandID string) Subject { return Subject("command/" + commandID) }

// SnapshotsSubject is a set of EBS snapshots. The set is named after its smallest id,
// so that order does not matter and one key is enough.
func SnapshotsSubject(ids []string) Subject {
	if len(ids) == 0 {
		return "snapshots/"
	}
	return Subject("snapshots/" + slices.Min(ids))
}

// ReplacementSubject is a task of EC2's that replaces a root volume.
func ReplacementSubject(taskID string) Subject { return Subject("replacement/" + taskID) }

// ExecutionSubject is an execution of the state machine.
func ExecutionSubject(arn string) Subject { return Subject("execution/" + arn) }

// CommandStatus tells how far a command on one instance is.
type CommandStatus struct {
	CommandID  string `json:"command-id"`
	InstanceID string `json:"instance-id"`
	Status     string `json:"status"` // e.g. "InProgress", "Success"
}

// Subject is the command.
func (c CommandStatus) Subject() Subject { return CommandSubject(c.CommandID) }

// Ended reports whether the command will not change any more. The event spells
// Canceled what the API spells Cancelled.
func (c CommandStatus) Ended() bool {
	switch c.Status {
	case "Success", "TimedOut", "Canceled", "Cancelled", "Failed":
		return true
	}
	return false
}

// SnapshotsResult tells how a set of snapshots ended.
type SnapshotsResult struct {
	Result      string // "succeeded" or "failed"; "" while some are pending
	Cause       string
	SnapshotIDs []string
}

// Subject is the set of snapshots.
func (s SnapshotsResult) Subject() Subject { return SnapshotsSubject(s.SnapshotIDs) }

// Ended reports whether the set has completed or failed.
func (s SnapshotsResult) Ended() bool { return s.Result != "" }

// UnmarshalJSON reads the event's detail, in which a snapshot is an ARN with an empty
// account: what follows the last slash is its id.
func (s *SnapshotsResult) UnmarshalJSON(data []byte) error {
	var raw struct {
		Result    string
		Cause     string
		Snapshots []struct {
			ID string `json:"snapshot_id"`
		}
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*s = SnapshotsResult{Result: raw.Result, Cause: raw.Cause}
	for _, snapshot := range raw.Snapshots {
		s.SnapshotIDs = append(s.SnapshotIDs, snapshot.ID[strings.LastIndexByte(snapshot.ID, '/')+1:])
	}
	return nil
}

// ReplacementStatus tells how far a task is that replaces a root volume. EC2 sends no event about it.
type ReplacementStatus struct {
	TaskID string
	State  string // e.g. "in-progress", "succeeded"; "" where EC2 does not know the task yet
}

// Subject is the task.
func (s ReplacementStatus) Subject() Subject { return ReplacementSubject(s.TaskID) }

// Ended reports whether the task will not change any more.
func (s ReplacementStatus) Ended() bool {
	return s.State == "succeeded" || s.State == "failed" || s.State == "failed-detached"
}

// ErrorNoExecution is the error of an ExecutionStatus of which Step Functions knows nothing: it never
// began, or ended more than 90 days ago.
const ErrorNoExecution = "ExecutionDoesNotExist"

// ExecutionStatus tells how an execution stands.
type ExecutionStatus struct {
	ExecutionARN string `json:"executionArn"`
	Status       string `json:"status"`   // e.g. "RUNNING", "ABORTED"
	StopDate     int64  `json:"stopDate"` // milliseconds since 1970, 0 while it runs
	Error        string `json:"error"`
	Cause        string `json:"cause"`
	Input        string `json:"input"` // what started it, JSON; AWS leaves it out when it is long

	// Past is what the execution did, nil in an event.
	Past *Past `json:"-"`
}

// InstanceID is the instance that the execution is about, "" where its input does not say.
func (e ExecutionStatus) InstanceID() string {
	var input struct {
		InstanceID string `json:"instance_id"`
		Detail     struct {
			ResourceID string `json:"resource-id"`
		} `json:"detail"`
	}
	_ = json.Unmarshal([]byte(e.Input), &input) // whatever is not there stays empty
	return cmp.Or(input.InstanceID, input.Detail.ResourceID)
}

// StoppedAt is when the execution ended; the zero time while it runs, or where AWS has
// forgotten it.
func (e ExecutionStatus) StoppedAt() time.Time {
	if e.StopDate == 0 {
		return time.Time{}
	}
	return time.UnixMilli(e.StopDate)
}

// Subject is the execution.
func (e ExecutionStatus) Subject() Subject { return ExecutionSubject(e.ExecutionARN) }

// Ended reports whether the execution has stopped for good, well or badly.
func (e ExecutionStatus) Ended() bool { return e.Status == "SUCCEEDED" || e.Broken() }

// Broken reports whether the execution ended without having told its story.
func (e ExecutionStatus) Broken() bool {
	return e.Status == "FAILED" || e.Status == "TIMED_OUT" || e.Status == "ABORTED"
}

// ParseEvent reads an EventBridge event about a command, snapshots, an execution or tags. It
// returns ErrUnknownEvent for any other event. Members that it does not know are ignored:
// the shape is AWS's.
func ParseEvent(data []byte) (Event, error) {
	var raw struct {
		ID         string          `json:"id"`
		DetailType string          `json:"detail-type"`
		Source     string          `json:"source"`
		Account    string          `json:"account"`
		Region     string          `json:"region"`
		Time       time.Time       `json:"time"`
		Resources  []string        `json:"resources"`
		Detail     json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return Event{}, fmt.Errorf("read event: %w", err)
	}
	event := Event{ID: raw.ID, Time: raw.Time, Account: raw.Account, Region: raw.Region}
	var err error
	switch raw.Source + ": " + raw.DetailType {
	case "aws.ssm: EC2 Command Invocation Status-change Notification":
		event.Detail, err = eventDetail[CommandStatus](raw.Detail)
	case "aws.ec2: EBS Multi-Volume Snapshots Completion Status":
		event.Detail, err = eventDetail[SnapshotsResult](raw.Detail)
	case "aws.states: Step Functions Execution Status Change":
		event.Detail, err = eventDetail[ExecutionStatus](raw.Detail)
	case "aws.tag: Tag Change on Resource":
		event.Detail, err = parseTagChange(raw.Resources, raw.Detail)
	default:
		return Event{}, fmt.Errorf("read event %q from %q: %w", raw.DetailType, raw.Source, ErrUnknownEvent)
	}
	if err != nil {
		return Event{}, fmt.Errorf("read event %q %s: %w", raw.DetailType, raw.ID, err)
	}
	return event, nil
}

func eventDetail[D EventDetail](data json.RawMessage) (EventDetail, error) {
	var d D
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("detail: %w", err)
	}
	return named(d)
}

// named refuses a detail that does not say what it is about.
func named(d EventDetail) (EventDetail, error) {
	if subject := string(d.Subject()); strings.HasSuffix(subject, "/") {
		return nil, fmt.Errorf("detail does not name its %s", strings.TrimSuffix(subject, "/"))
	}
	return d, nil
}

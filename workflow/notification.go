package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Schema is the version of the envelope that this package reads.
const Schema = 1

// Notification is one message that the state machine published: which step was
// entered, and what that step knows.
type Notification struct {
	ID           string // see Step and Retry
	ExecutionARN string
	InstanceID   string
	OccurredAt   time.Time // when the step was entered; the same for all its retries
	Token        Token     // only of kinds that wait; see Waits
	Detail       Detail
}

// Kind names what kind of notification it is, e.g. "approval_requested".
func (n Notification) Kind() string { return KindOf(n.Detail) }

// Step is the notification's id without its retry count: the same for every retry
// of one step of one execution.
func (n Notification) Step() string {
	step, _ := splitID(n.ID)
	return step
}

// Retry is how often the step had been retried when this was published. A higher
// count carries a new token; the same count is a doubled delivery.
func (n Notification) Retry() int {
	_, retry := splitID(n.ID)
	return retry
}

func splitID(id string) (step string, retry int) {
	i := strings.LastIndexByte(id, '/')
	if i < 0 {
		return id, 0
	}
	retry, err := strconv.Atoi(id[i+1:])
	if err != nil {
		return id, 0
	}
	return id[:i], retry
}

type envelope struct {
	Schema       int             `json:"schema"`
	Kind         string          `json:"kind"`
	ID           string          `json:"id"`
	ExecutionARN string          `json:"execution_arn"`
	InstanceID   string          `json:"instance_id"`
	OccurredAt   time.Time       `json:"occurred_at"`
	TaskToken    string          `json:"task_token,omitempty"`
	Detail       json.RawMessage `json:"detail"`
}

// ParseNotification reads an envelope. It refuses another schema, an unknown kind, an
// unknown or missing field, and a kind that waits without a token; its errors name what
// was wrong and never quote the token.
func ParseNotification(data []byte) (Notification, error) {
	var e envelope
	if err := decodeStrict(data, &e); err != nil {
		return Notification{}, fmt.Errorf("read notification: %w", err)
	}
	detail, err := parseDetail(e.Kind, e.Detail)
	if err == nil {
		err = e.check(detail)
	}
	if err != nil {
		return Notification{}, fmt.Errorf("read notification %q: %w", e.ID, err)
	}
	return Notification{ID: e.ID, ExecutionARN: e.ExecutionARN, InstanceID: e.InstanceID,
		OccurredAt: e.OccurredAt, Token: Token(e.TaskToken), Detail: detail}, nil
}

func (e envelope) check(d Detail) error {
	step, _ := splitID(e.ID)
	switch {
	case e.Schema != Schema:
		return fmt.Errorf("schema is %d, expected %d", e.Schema, Schema)
	case step == "" || step == e.ID:
		return errors.New("id is not <execution name>/<state>/<entered time>/<retry count>")
	case !strings.HasPrefix(e.ExecutionARN, "arn:"):
		return fmt.Errorf("execution_arn %q is not an ARN", e.ExecutionARN)
	case e.InstanceID == "":
		return errors.New("instance_id is missing")
	case e.OccurredAt.IsZero():
		return errors.New("occurred_at is missing")
	case Waits(d) && e.TaskToken == "":
		return fmt.Errorf("kind %s waits but carries no task_token", e.Kind)
	case !Waits(d) && e.TaskToken != "":
		return fmt.Errorf("kind %s does not wait but carries a task_token", e.Kind)
	}
	if problem := d.problem(); problem != "" {
		return fmt.Errorf("detail of %s: %s", e.Kind, problem)
	}
	return nil
}

// MarshalJSON writes the envelope as the state machine publishes it.
func (n Notification) MarshalJSON() ([]byte, error) {
	detail, err := json.Marshal(n.Detail)
	if err != nil {
		return nil, err
	}
	return json.Marshal(envelope{Schema: Schema, Kind: n.Kind(), ID: n.ID, ExecutionARN: n.ExecutionARN,
		InstanceID: n.InstanceID, OccurredAt: n.OccurredAt, TaskToken: n.Token.Reveal(), Detail: detail})
}

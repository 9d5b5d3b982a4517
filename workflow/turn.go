package workflow

import (
	"encoding/json"
	"time"
)

// TurnAnswer is the output that completes the token of a TurnRequested: the instance may be patched
// now. It says what
// the instance's tags ask for, and what the backup is tagged with.
type TurnAnswer struct {
	RequestID string    `json:"request_id"` // e.g. "r-5xq3zk7m2ptqa6dh"
	Backup    bool      `json:"backup"`     // whether snapshots are taken, where the machine promised them
	KeepUntil time.Time `json:"keep_until"` // when the snapshots may be deleted, whole seconds
	Before    string    `json:"before"`     // the document that is run before the install; empty: none
	After     string    `json:"after"`      // and after it
	Standby   bool      `json:"standby"`    // whether it is in Standby meanwhile, where it belongs to an Auto Scaling group
	// OutOfService says that an earlier execution put it into Standby and left it there.
	OutOfService bool `json:"out_of_service"`
}

// JSON is the answer as the machine takes it.
func (a TurnAnswer) JSON() json.RawMessage {
	a.KeepUntil = a.KeepUntil.UTC().Truncate(time.Second)
	data, _ := json.Marshal(a) // texts and times always marshal
	return data
}

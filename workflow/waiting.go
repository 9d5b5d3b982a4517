package workflow

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Waiting is how long a question waits for its answer, and after how much of that time it is asked
// again. All of it is in whole seconds since the question.
type Waiting struct {
	AnswerWithin  time.Duration   // after it the question expires, e.g. 72h
	RemindAfter   []time.Duration // when the approvers are reminded, e.g. 24h, 48h; ascending, at most MaxReminders
	EscalateAfter time.Duration   // when others hear of it, too, e.g. 60h: not before the last reminder; 0: never
}

// MaxReminders is how often the approvers can be reminded.
const MaxReminders = 10

// critical is how long a question about a critical patch waits.
func (s Settings) critical() Waiting {
	if s.Critical.AnswerWithin == 0 {
		return s.Waiting
	}
	return s.Critical
}

// check says what is wrong with reminders; how long AnswerWithin may be, the settings say.
func (w Waiting) check() error {
	if len(w.RemindAfter) > MaxReminders {
		return fmt.Errorf("RemindAfter has %d reminders, expected at most %d", len(w.RemindAfter), MaxReminders)
	}
	last := time.Duration(0)
	for _, at := range w.RemindAfter {
		if at <= last || at >= w.AnswerWithin {
			return fmt.Errorf("RemindAfter is %v, expected ascending times before AnswerWithin, %s", w.RemindAfter, w.AnswerWithin)
		}
		last = at
	}
	if w.EscalateAfter != 0 && (w.EscalateAfter < last || w.EscalateAfter < 0 || w.EscalateAfter >= w.AnswerWithin) {
		return fmt.Errorf("EscalateAfter is %s, expected a time before AnswerWithin, %s, and not before the last reminder, %s", w.EscalateAfter, w.AnswerWithin, last)
	}
	return nil
}

// waits is what the machine waits for, one after the other: the question, then each reminder, of
// which the last may escalate. Each is [attempt, seconds, seconds left to answer, escalates].
// Terraform makes the same of its variables.
func (w Waiting) waits() string {
	begins := slices.Concat([]time.Duration{0}, w.RemindAfter)
	if w.EscalateAfter > begins[len(begins)-1] {
		begins = append(begins, w.EscalateAfter)
	}
	var waits [][]any
	for i, at := range begins {
		end := w.AnswerWithin
		if i+1 < len(begins) {
			end = begins[i+1]
		}
		waits = append(waits, []any{i, int((end - at) / time.Second), int((w.AnswerWithin - at) / time.Second), at > 0 && at == w.EscalateAfter})
	}
	list, _ := json.Marshal(waits) // numbers and truth values always marshal
	return string(list)
}

package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/patchbot/patchbot/bot/slackchat/golden"
	"github.com/patchbot/patchbot/workflow/asl"
)

// step is one visit of a state.
type step struct {
	State   string          `json:"state"`
	Type    string          `json:"type"` // e.g. "Task"
	Entered time.Time       `json:"entered"`
	Exited  *time.Time      `json:"exited,omitempty"`
	Input   json.RawMessage `json:"input"`
	Output  json.RawMessage `json:"output,omitempty"`
	Error   string          `json:"error,omitempty"`
	Cause   string          `json:"cause,omitempty"`
}

// steps makes visits of a history. What a task was sent is left out: there are task tokens in it.
func steps(history []asl.HistoryEvent) []step {
	visits := []step{}
	open := func(state string) *step {
		for n := len(visits) - 1; n >= 0; n-- {
			if v := &visits[n]; v.Exited == nil && (state == "" || v.State == state) {
				return v
			}
		}
		return &step{} // of an event that belongs to no visit
	}
	for _, e := range history {
		switch kind, entered := strings.CutSuffix(e.Type, "StateEntered"); {
		case entered:
			visits = append(visits, step{State: e.State, Type: kind, Entered: e.Time, Input: e.Input})
		case strings.HasSuffix(e.Type, "StateExited"):
			v := open(e.State)
			v.Exited, v.Output = &e.Time, e.Output
		case e.Error != "":
			v := open(e.State)
			v.Error, v.Cause = e.Error, e.Cause
		}
	}
	return visits
}

func (s *Server) serveHistory(w http.ResponseWriter, r *http.Request) {
	for _, machine := range []*asl.Interpreter{s.world.Machine, s.world.Finder, s.world.Back} {
		if machineName(machine) != r.PathValue("machine") {
			continue
		}
		arn := strings.Replace(machine.MachineARN(), ":stateMachine:", ":execution:", 1) + ":" + r.PathValue("name")
		history, err := machine.History(arn)
		dropped := errors.Is(err, asl.ErrHistoryDropped)
		if err == nil || dropped {
			answer(w, http.StatusOK, map[string]any{"steps": steps(history), "dropped": dropped})
			return
		}
	}
	answer(w, http.StatusNotFound, failure{Error: "There is no such execution."})
}

func machineName(machine *asl.Interpreter) string {
	arn := machine.MachineARN()
	return arn[strings.LastIndexByte(arn, ':')+1:]
}

func serveViews(w http.ResponseWriter, _ *http.Request) {
	views, err := golden.Views()
	if err != nil {
		answer(w, http.StatusInternalServerError, failure{Error: err.Error()})
		return
	}
	answer(w, http.StatusOK, map[string]any{"views": views})
}

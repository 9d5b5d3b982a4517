package awssim

import (
	"fmt"
	"time"
)

// step is one step of AWS-RunPatchBaseline on one machine, a "plugin" to the API.
// The document has three, one for each type of platform; a machine runs one and
// skips the others.
type step struct {
	name            string // PatchWindows, PatchLinux or PatchMacOS
	status, details string
	code            int // -1 before the end
	stdout, stderr  string
	started, ended  time.Time
}

// stepPlatforms lists the document's steps in their order, each with the platform
// type that its precondition asks for.
var stepPlatforms = [][2]string{{"PatchWindows", "Windows"}, {"PatchLinux", "Linux"}, {"PatchMacOS", "MacOS"}}

// steps tells how far the machine is in the document. While the command is open no
// step has ended. A command that never reached the machine has steps as well here,
// which share its end; ListCommandInvocations leaves them out.
func (i *invocation) steps() []step {
	if !i.command.patches() {
		return []step{{name: "runShellScript", status: i.status, details: i.details, code: i.code, stdout: i.stdout, stderr: i.stderr, started: i.started, ended: i.ended}}
	}
	runs := i.node.Platform.facts().step
	var steps []step
	later := false // than the step that runs
	for _, known := range stepPlatforms {
		name, platform := known[0], known[1]
		s := step{name: name, status: i.status, details: i.details, code: i.code, started: i.started, ended: i.ended}
		switch {
		case name == runs:
			s.stdout, s.stderr = i.stdout, i.stderr
			later = true
		case i.started.IsZero():
		case i.open() && later:
			s.status, s.details, s.started = "Pending", "Pending", time.Time{}
		case !i.open():
			s.skip(platform)
			if later {
				s.started = i.ended
			} else {
				s.ended = i.started
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// skip ends a step as the agent ends one of another platform.
func (s *step) skip(platform string) {
	s.status, s.details, s.code = "Success", "Success", 0
	s.stdout = fmt.Sprintf(`Step execution skipped due to unsatisfied preconditions: '"StringEquals": [platformType, %s]'. Step name: %s`,
		platform, s.name)
}

// output is the text of both streams within the API's 2,500 characters (CommandPlugin, Output).
func (s step) output() string { return bothStreams(s.stdout, s.stderr, 2_500) }

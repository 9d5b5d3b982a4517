package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
)

// rollBackOf is the execution of a roll back.
func rollBackARN(name string) string {
	return "arn:aws:states:us-east-1:111122223333:execution:roll-back:" + name
}

// wayBack is how Ada asks for it.
var wayBack = Way{Reason: "the shop <does> not start", Execution: rollBackARN}

// goneBack has an ended request rolled back by Ada.
func goneBack(r Request, minutes int) Request { return GoBack(r, ada, wayBack, at(minutes)).Request }

var (
	rollBackStarted = workflow.RollBackStarted{TaskID: "replacevol-0c1", Instance: workflow.Instance{ID: testInstance,
		VolumeIDs: []string{"vol-1", "vol-2"}, VolumeDevices: []string{"/dev/xvda", "/dev/sdf"}, RootDevices: []string{"/dev/xvda"}}}
	rollBackFinished = workflow.RollBackFinished{Result: "succeeded", After: workflow.Counts{Missing: 7, Critical: 3, Security: 3, Other: 4, BaselineID: "pb-0be1ccde3be43f5aa"}}
)

func rollBackFailed(state, code, cause string) workflow.WorkflowFailed {
	return workflow.WorkflowFailed{State: state, Error: code, Cause: cause}
}

// tellBack applies notifications of the newest roll back, a minute apart.
func tellBack(r Request, from int, details ...workflow.Detail) Request {
	for i, d := range details {
		n := notification(d, from+i)
		n.ExecutionARN = r.RollBack.ExecutionARN
		r = applyRollBack(r, n, at(from+i)).Request
	}
	return r
}

// failedPatch is a request whose install ended badly.
func failedPatch() Request {
	return tell(tell(patchingRequest(), 9, patchFailed, scanStarted), 15, stillMissing)
}

func upToDate() Request {
	return tell(tell(patchingRequest(), 9, patchFinished, scanStarted), 15, compliant)
}

// rollBacks are taken back, or were, or could not be.
func rollBacks() map[string]Request {
	back := tellBack(goneBack(failedPatch(), 30), 31, rollBackStarted)
	failing := func(state, code, cause string) Request { return tellBack(back, 40, rollBackFailed(state, code, cause)) }
	again := askedRequest()
	again.EarlierRollBack = tellBack(back, 40, scanStarted, rollBackFinished).toldLater()
	unheard := Observe(back, workflow.ExecutionStatus{ExecutionARN: back.RollBack.ExecutionARN, Status: "ABORTED",
		Past: &workflow.Past{Known: true, ReplaceBegan: true}}, at(50)).Request
	return map[string]Request{
		"rolling_back_asked":            goneBack(failedPatch(), 30),
		"rolling_back":                  back,
		"rolling_back_scanning":         tellBack(back, 40, scanStarted),
		"rolled_back":                   tellBack(back, 40, scanStarted, rollBackFinished),
		"rolled_back_after_up_to_date":  tellBack(goneBack(upToDate(), 30), 31, rollBackStarted, scanStarted, rollBackFinished),
		"roll_back_not_begun":           tellBack(goneBack(failedPatch(), 30), 31, rollBackFailed("Find Tagged Instance", "InstanceNotRunning", "The root volume of a running instance only can be replaced. Start the instance first.")),
		"roll_back_failed":              failing("Read the Replacement", "ReplacementFailed", "EC2 could not replace the root volume. The volume from before is still attached."),
		"roll_back_detached":            failing("Read the Replacement", "RootVolumeDetached", "EC2 could not replace the root volume, and none is attached any more."),
		"roll_back_unwatched":           failing("Read the Replacement", "ReplacementStillRunning", "EC2 has not replaced the root volume in time and goes on without being watched."),
		"roll_back_not_booted":          failing("Read Whether the Node Is Back", "NodeNotBack", "The root volume was replaced, but Systems Manager does not reach the node since. Look whether the instance has booted."),
		"roll_back_unscanned":           tellBack(back, 40, scanStarted, rollBackFailed("Scan Again", "ScanFailed", "The scan after the roll back ended with Failed (Failed).")),
		"roll_back_stopped":             unheard,
		"asked_again_after_a_roll_back": again,
	}
}

// TestWhatIsKnownOfTheRootVolumeGoesByStatesOfTheMachine: a state that was renamed would not be known.
func TestWhatIsKnownOfTheRootVolumeGoesByStatesOfTheMachine(t *testing.T) {
	definition, err := workflow.RollBack.Render(workflow.DefaultSettings())
	require.NoError(t, err)
	var machine struct{ States map[string]json.RawMessage }
	require.NoError(t, json.Unmarshal(definition, &machine))
	for _, name := range append([]string{workflow.StateReplace}, append(beforeReplacement, afterReplacement...)...) {
		require.Contains(t, machine.States, name)
	}
	for state, want := range map[string]Replaced{"Find Snapshot": ReplacedNot, workflow.StateReplace: ReplacedUnknown, "Read the Replacement": ReplacedUnknown,
		"Wait for the Replacement": ReplacedUnknown, "Read Whether the Node Is Back": ReplacedYes, "Scan Again": ReplacedYes, "Report Roll Back": ReplacedYes} {
		require.Equal(t, want, RollBack{Failure: &Failure{State: state, Error: "States.Timeout"}}.Replaced(), state)
	}
}

package bot

// Line is one line of a message's thread. What it says is rendered from the saved request
// when it is posted: it tells what happened, and what stands since only where it still does.
type Line struct {
	Kind LineKind
	// Stored is what a version before this one put to words already, in Slack's mrkdwn; the
	// Kind is empty then.
	Stored string
	// Requests are those that it tells of: one, or in a digest's thread several to which the same
	// happened.
	Requests []Request
}

// LineKind says what a line is about.
type LineKind string

// Every kind of line; see LineKinds.
const (
	LineDecided      LineKind = "decided"        // a person decided; see Request.Decision and Overruled
	LineApproved     LineKind = "approved"       // a person approved, and others must, too; see Request.Approvals
	LineChanged      LineKind = "changed"        // a person changed a schedule: patches now, moves it or cancels it
	LineOverruled    LineKind = "overruled"      // the execution took a decision that nobody took here
	LineReminded     LineKind = "reminded"       // the approvers are asked again; see Request.Reminded
	LineEscalated    LineKind = "escalated"      // as LineReminded, and others hear of it, too; see Request.Escalation
	LineFrozen       LineKind = "frozen"         // the execution waits for a freeze to end; see Request.Freeze
	LineEmergency    LineKind = "emergency"      // a person wants it patched in a freeze, and others must agree; see Request.Emergency
	LineNotStarted   LineKind = "not_started"    // nothing was begun; see Request.NotStarted
	LineExpired      LineKind = "expired"        // nobody decided in time, or the decision came too late
	LineBackedUp     LineKind = "backed_up"      // the snapshots are complete
	LineOutOfService LineKind = "out_of_service" // it is in Standby; see Hooks.Group
	LineBefore       LineKind = "before"         // the document before the install has ended; see Hooks.Before
	LineAfter        LineKind = "after"          // the document after it has ended; see Hooks.After
	LineInService    LineKind = "in_service"     // it has left Standby
	LineInstalling   LineKind = "installing"     // the install command was sent
	LineInstallEnded LineKind = "install_ended"  // the install command ended, well or not
	LineNodeBack     LineKind = "node_back"      // the instance is back after the install; see Request.Node
	LineScanned      LineKind = "scanned"        // the scan after the install was counted
	LineHeld         LineKind = "held"           // others of the group failed, and this one is held
	LineWentOn       LineKind = "went_on"        // somebody let it go on; see Turn.WentOn
	LineRestStopped  LineKind = "rest_stopped"   // somebody stopped it while it waited; see Turn.Stop
	LineFailed       LineKind = "failed"         // the execution could not go on; of several failures before it is posted, the last is told
	LineTriedAgain   LineKind = "tried_again"    // somebody had it tried again after its end; see Request.TriedAgain
	LineStopped      LineKind = "stopped"        // somebody stopped the execution
	LineEndUnheard   LineKind = "end_unheard"    // the execution ended, but how was never told
	LineResumed      LineKind = "resumed"        // an ended execution goes on
	LineAskedAnew    LineKind = "asked_anew"     // an execution lives again and asks in another request

	LineRollBackAsked  LineKind = "roll_back_asked"  // a person has it rolled back; see Request.RollBack
	LineReplacing      LineKind = "replacing"        // its root volume is being replaced
	LineReplaced       LineKind = "replaced"         // its root volume was replaced
	LineRolledBack     LineKind = "rolled_back"      // and what is missing again was counted
	LineRollBackFailed LineKind = "roll_back_failed" // the roll back could not go on, or its end was not told
)

// LineKinds lists every kind of line.
func LineKinds() []LineKind {
	return []LineKind{LineDecided, LineApproved, LineChanged, LineOverruled, LineReminded, LineEscalated, LineFrozen, LineEmergency, LineNotStarted, LineExpired, LineBackedUp, LineOutOfService, LineBefore, LineAfter, LineInService, LineInstalling, LineInstallEnded,
		LineNodeBack, LineScanned, LineHeld, LineWentOn, LineRestStopped, LineFailed, LineTriedAgain, LineStopped, LineEndUnheard, LineResumed, LineAskedAnew,
		LineRollBackAsked, LineReplacing, LineReplaced, LineRolledBack, LineRollBackFailed}
}

package wording

import (
	"strings"

	"github.com/patchbot/patchbot/bot"
)

// What to do after a roll back has failed, by what is known of the root volume.
const (
	nextUnreplaced = "then roll it back again"
	nextReplaced   = "Nothing is left to roll back: see that the instance works. The next scan counts what is missing."
	nextUnknown    = "See in EC2 how its root volume replacement task ended before anything else; roll back again only if the root volume was not replaced."
)

// rollBackFailures are the words of the errors that are of roll-back alone; what comes first counts. What
// AWS names is told as in failures, and what comes next goes by what is known of the root volume.
var rollBackFailures = []failureWords{
	{names: []string{"InstanceNotTagged"}, ours: true,
		happened: "The instance is gone, or its tag patch-policy does not put it into my care any more.", next: "Set the tag again if the instance still exists, " + nextUnreplaced + "."},
	{names: []string{"InstanceNotRunning"}, ours: true,
		happened: "The instance does not run, and EC2 replaces the root volume of a running instance only.", next: "Start the instance, " + nextUnreplaced + "."},
	{names: []string{"SnapshotNotThere"}, ours: true,
		happened: "The snapshot was deleted, is not complete, or does not carry patchbot's tag with the id of this instance.", next: "Look at the snapshot in EC2. If it is complete but without its tags, replace the root volume by it there."},
	{names: []string{"ReplacementFailed"}, ours: true,
		happened: "EC2 could not replace the root volume. The volume from before is still attached.", next: "Look at the root volume replacement task in EC2, see that the instance runs, " + nextUnreplaced + "."},
	{names: []string{"RootVolumeDetached"}, ours: true,
		happened: "EC2 could not replace the root volume, and none is attached any more.", next: "Make a volume of the snapshot in EC2, attach it as the root device, or attach the volume from before again, and start the instance."},
	{names: []string{"ReplacementStillRunning"}, ours: true,
		happened: "EC2 has not replaced the root volume in time, and goes on without being watched.", next: "Look at the root volume replacement task in EC2, and roll back again only when it has failed."},
	{names: []string{"NodeNotBack"}, ours: true,
		happened: "Systems Manager does not reach the instance since its root volume was replaced.", next: "Look at the instance in EC2 before anything else: its system log says where its boot stopped."},
	{names: []string{"ScanStillRunning"}, ours: true,
		happened: "The scan after the roll back has not ended in time, so what is missing again is not known.", next: nextReplaced},
	{names: []string{"ScanFailed"},
		happened: "The scan after the roll back failed, so what is missing again is not known.", next: nextReplaced},
	{names: []string{"ScanLeftNoCounts"}, ours: true,
		happened: "The scan after the roll back succeeded, but Systems Manager shows nothing of what it found.", next: nextReplaced},
	{names: []string{"RequestAlreadyOpen"}, ours: true,
		happened: "The roll back goes on, but a newer request speaks for the instance.", next: "Look at the newer request, and at the root volume in EC2."},
	{names: []string{"NeverStarted"},
		happened: "The roll back could not be started.", next: "Tell your platform team; then roll it back again."},
	{names: []string{"EndUnheard"}, ours: true,
		happened: "The roll back ended, but how was not told.", next: "Open its execution to see how it ended. " + nextUnknown},
}

// RollBackFailureOf puts to words why a request's roll back could not go on. They never say what became of
// the root volume; see Replaced.
func RollBackFailureOf(r bot.Request) FailureWords {
	b := bot.RollBack{}
	if r.RollBack != nil {
		b = *r.RollBack
	}
	w := FailureWords{Happened: "How it ended was not told.", Next: nextUnknown}
	if b.Failure == nil {
		return w
	}
	known, own := wordsIn(rollBackFailures, *b.Failure)
	if !own {
		known, _ = wordsIn(failures, *b.Failure)
		known.next = rollBackNext(b, known.next)
	}
	w = FailureWords{Happened: known.happened, Details: details(*b.Failure, known.ours), Next: known.next}
	w.Details = strings.Replace(w.Details, "The workflow", "The roll back", 1)
	return w
}

// rollBackNext is what comes next after an error that an install could have met with as well, given as it is
// said of that.
func rollBackNext(b bot.RollBack, ofInstall string) string {
	switch b.Replaced() {
	case bot.ReplacedNot:
		return strings.NewReplacer("then try again", nextUnreplaced, "Try again", "Roll it back again").Replace(ofInstall)
	case bot.ReplacedYes:
		return nextReplaced
	case bot.ReplacedLost, bot.ReplacedUnknown:
	}
	return nextUnknown
}

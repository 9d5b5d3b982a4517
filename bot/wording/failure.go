package wording

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
)

// FailureWords are what people are told of a failure, a sentence or two each.
type FailureWords struct {
	Happened string // in plain words
	Details  string // the step and the error to look for, e.g. "The step “Patch Instance” failed with Ssm.SsmException: …"
	Next     string // what to do now
}

// failureWords are those of one error, or of a family of them.
type failureWords struct {
	names          []string                 // as the state machine, or AWS, names the error
	is             func(f bot.Failure) bool // in place of names: whether a failure is of the family
	happened, next string
	ours           bool // the machine's own error, whose cause says the same in its own words
}

// failures are the words of all errors; what comes first counts. The last one is of every other error.
var failures = []failureWords{
	{names: []string{"NodeOffline"}, ours: true,
		happened: "Systems Manager did not reach the instance.", next: "Start the instance, or its SSM Agent, then try again."},
	{names: []string{"TurnNeverCame"}, ours: true,
		happened: "Others of its group were patched, or were held after a failure, for all the time that it could wait for its turn.", next: "See how the others stand, then try again."},
	{names: []string{"BackupFailed"}, ours: true,
		happened: "A snapshot failed, and nothing is installed without the backup that was promised.", next: "Look at the snapshots in EC2, then try again."},
	{names: []string{"BackupStillRunning"}, ours: true,
		happened: "Not every snapshot was complete in time, and nothing is installed without the backup that was promised.", next: "Wait until the snapshots are complete in EC2, then try again: the next ones take less time."},
	{names: []string{"TurnAnsweredBySomebodyElse"}, ours: true,
		happened: "Somebody with access to the AWS account let it go on, without what its tags ask for.", next: "Try again."},
	{names: []string{"StandbyNotEntered"},
		happened: "The instance did not get into Standby in its Auto Scaling group.", next: "See whether the group's minimum size leaves room for one instance less, and whether the group has the tag patch-standby; then try again."},
	{names: []string{"StandbyNotLeft"},
		happened: "The instance did not come back into service in its Auto Scaling group.", next: "Look at the group's activities, and put the instance back into service."},
	{names: []string{"DocumentNotAllowed"},
		happened: "A tag names a document that this installation does not allow.", next: "Mend the tag patch-before or patch-after, or have your platform team add the document to hook_documents; then try again."},
	{names: []string{"DocumentFailed"},
		happened: "A document that its tags have run before or after the install did not end well.", next: "Look at the command, mend what it found, then try again."},
	{names: []string{"DocumentStillRunning"},
		happened: "A document that its tags have run before or after the install has not ended in time, and goes on without being watched.", next: "Look at the command, then try again."},
	{names: []string{"InstallStillRunning"}, ours: true,
		happened: "The install command has not ended in time, and goes on without being watched.", next: "Look at the command, and try again only when it has ended: a second install at once fails on the node's lock."},
	{names: []string{"NodeNotBack"}, ours: true,
		happened: "The instance did not come back after the install.", next: "Look at the instance in EC2 before anything else: its system log says where its boot stopped."},
	{names: []string{"ScanStillRunning"}, ours: true,
		happened: "The scan after the install has not ended in time, so what is still missing is not known.", next: "Look at the command, then try again: that asks about what is still missing, if anything is."},
	{names: []string{"ScanFailed"}, ours: true,
		happened: "The scan after the install failed, so what is still missing is not known.", next: "Look at the command, then try again: that asks about what is still missing, if anything is."},
	{names: []string{"ScanLeftNoCounts"}, ours: true,
		happened: "The scan after the install succeeded, but Systems Manager shows nothing of what it found.", next: "Try again in some minutes: that asks about what is still missing, if anything is."},
	{names: []string{"RequestAlreadyOpen"}, ours: true,
		happened: "The execution goes on, but a newer request speaks for the instance.", next: "Look at the newer request."},
	{is: says("(?i)access ?denied|not authori[sz]ed|unauthori[sz]edoperation|States.Permissions"),
		happened: "AWS refused a call, since the state machine's role lacks a right.", next: "Your platform team gives the role the right that the cause names; then try again."},
	{is: says(`(?i)\bkms\b|kms\.|kmsexception`),
		happened: "AWS refused a call, since an encryption key could not be used.", next: "Your platform team enables the key, and lets the state machine's role use it; then try again."},
	{is: says("(?i)throttl|rate exceeded|requestlimitexceeded|toomanyrequests|slow ?down"),
		happened: "AWS took no more calls of this kind for a long time, since there were too many.", next: "Try again in some minutes."},
	{is: says("(?i)invalidinstanceid|invalidresourceid"),
		happened: "Systems Manager or EC2 does not know the instance, or not any more.", next: "See whether it still exists and runs the SSM Agent, then try again."},
	{is: says("^(States.Timeout|States.HeartbeatTimeout|TIMED_OUT)$|SdkClientException"),
		happened: "AWS did not answer in time, so whether the step took effect is not known.", next: "Open the execution to see how far it came, then try again."},
	{is: says("^States.DataLimitExceeded$"),
		happened: "AWS answered with more than a step can hold.", next: "Tell your platform team; the execution says in which step."},
	{is: says("^States.(Runtime|ParameterPathFailure|ResultPathMatchFailure|IntrinsicFailure|NoChoiceMatched|QueryEvaluationError|ItemReaderFailed|ResultWriterFailed|BranchFailed)$"),
		happened: "The state machine met with something that it was not made for.", next: "Tell your platform team; the execution says where."},
	{is: says("^Ssm[.]"),
		happened: "Systems Manager refused a call, or failed.", next: "Read the cause, then try again."},
	{is: says("^Ec2[.]"),
		happened: "EC2 refused a call, or failed.", next: "Read the cause, then try again."},
	{is: says("(?i)^AutoScaling[.]"),
		happened: "Auto Scaling refused a call, or failed.", next: "Read the cause, then try again."},
	{is: says("^(Sns|SNS)[.]"),
		happened: "The state machine could not publish what it had to tell.", next: "Tell your platform team; then try again."},
	{is: func(bot.Failure) bool { return true },
		happened: "The execution could not go on.", next: "Open the execution to see why, then try again."},
}

// says reports of a failure whether its error's name, or else what AWS says of it, matches.
func says(pattern string) func(bot.Failure) bool {
	expression := regexp.MustCompile(pattern)
	return func(f bot.Failure) bool { return expression.MatchString(f.Error) || expression.MatchString(f.Cause) }
}

// wordsIn are the words of a failure in a table; false where it has none.
func wordsIn(table []failureWords, f bot.Failure) (failureWords, bool) {
	i := slices.IndexFunc(table, func(w failureWords) bool {
		return slices.Contains(w.names, f.Error) || w.is != nil && w.is(f)
	})
	if i < 0 {
		return failureWords{}, false
	}
	return table[i], true
}

// FailureOf puts a request's failure to words. They never say what was installed; see Installed.
func FailureOf(r bot.Request) FailureWords {
	if r.Failure == nil {
		return FailureWords{Happened: "The execution could not go on."}
	}
	known, _ := wordsIn(failures, *r.Failure)
	w := FailureWords{Happened: known.happened, Next: known.next, Details: details(*r.Failure, known.ours)}
	if r.Failure.Error == "NodeNotBack" && r.Node != nil {
		w.Happened = notBack(r)
	}
	if r.Rehearsal {
		w.Next = strings.NewReplacer("then try again", "then rehearse again", "Try again", "Rehearse again").Replace(w.Next)
	}
	return w
}

// details name the step and the error, and give the cause where it says more.
func details(f bot.Failure, ours bool) string {
	at := "The workflow"
	if f.State != "" {
		at = fmt.Sprintf("The step “%s”", bot.Tidy(f.State, 80))
	}
	text := fmt.Sprintf("%s failed with %s", at, cmp.Or(bot.Tidy(f.Error, 120), "an error that has no name"))
	if cause := bot.Tidy(f.Cause, 600); cause != "" && !ours {
		return text + ": " + strings.TrimSuffix(cause, ".") + "."
	}
	return text + "."
}

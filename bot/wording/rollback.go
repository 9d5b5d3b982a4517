package wording

import (
	"fmt"
	"time"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// Replaced says what is known of the root volume after a roll back that did not go through.
func Replaced(b bot.RollBack) string {
	switch b.Replaced() {
	case bot.ReplacedNot:
		return "The root volume was not replaced."
	case bot.ReplacedYes:
		return "The root volume was replaced."
	case bot.ReplacedLost:
		return "The instance has no root volume now: attach one by hand."
	case bot.ReplacedUnknown:
	}
	return "Whether the root volume was replaced is not known. Look at the instance's root volume replacement tasks in EC2."
}

// MissingAgain counts what the scan after a roll back found, e.g. "7 patches are missing again".
func MissingAgain(b bot.RollBack) string {
	if b.After == nil {
		return "what is missing again is not known"
	}
	return Count(b.After.ToInstall(), "patch is", "patches are") + " missing again"
}

// RollBackStanding says how a request stands that is being rolled back, or was, in plain words.
func RollBackStanding(r bot.Request) string {
	b := bot.RollBack{}
	if r.RollBack != nil {
		b = *r.RollBack
	}
	switch {
	case r.Status == bot.StatusRolledBack:
		return fmt.Sprintf("Its root volume is as it was before the install; %s. Data volumes were not touched.", MissingAgain(b))
	case r.Status == bot.StatusRollBackFailed:
		w := RollBackFailureOf(r)
		return sentences("The roll back did not come to its end.", w.Happened, w.Details, Replaced(b))
	case b.Replaced() == bot.ReplacedYes:
		return "Its root volume was replaced by the snapshot from before the install, and it is being scanned again now."
	}
	return "Its root volume is being replaced by the snapshot from before the install."
}

// RolledBackBefore says of a question that the same was installed before and taken back; empty where
// it was not. The functions put a time and a person to words.
func RolledBackBefore(r bot.Request, day func(time.Time) string, person func(workflow.Decider) string) string {
	if r.EarlierRollBack == nil {
		return ""
	}
	e := *r.EarlierRollBack
	return fmt.Sprintf("Installed at %s, rolled back at %s by %s.", day(e.InstalledAt), day(e.At), person(e.By))
}

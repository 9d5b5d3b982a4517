package slackchat

import (
	"fmt"
	"slices"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

func inGroup(r bot.Request) string {
	if r.Hooks.Group == "" {
		return ""
	}
	return " in the Auto Scaling group " + codeOf(r.Hooks.Group, 80)
}

// hookLine tells how a document ended that ran before or after the install.
func hookLine(h bot.Hook, when string) string {
	switch {
	case h.FinishedAt.IsZero(): // it runs again since
		return fmt.Sprintf("What runs %s the install has ended.", when)
	case !h.Failed():
		return fmt.Sprintf("%s ran well %s the install%s.", codeOf(h.Document, 80), when, inCommand(h))
	}
	return fmt.Sprintf("%s, which runs %s the install, ended with %s%s.", codeOf(h.Document, 80), when, hookEnd(h), inCommand(h))
}

func inCommand(h bot.Hook) string {
	if h.CommandID == "" { // that is told late
		return ""
	}
	return " (command " + codeOf(h.CommandID, 80) + ")"
}

func hookEnd(h bot.Hook) string {
	return installEnd(bot.Install{Status: h.Ended.Status, ResponseCode: h.Ended.ResponseCode, LastError: h.Ended.LastError})
}

// beforeParts says what has happened before the install beside the backup.
func beforeParts(r bot.Request, times *timeline) []string {
	var parts []string
	if !r.Hooks.Out.IsZero() {
		parts = append(parts, "In Standby, "+times.next(r.Hooks.Out))
	}
	return append(parts, hookParts(r.Hooks.Before, times)...)
}

// afterParts says what has happened after it.
func afterParts(r bot.Request, times *timeline) []string {
	parts := hookParts(r.Hooks.After, times)
	if !r.Hooks.Back.IsZero() {
		parts = append(parts, "In service, "+times.next(r.Hooks.Back))
	}
	return parts
}

func hookParts(h bot.Hook, times *timeline) []string {
	switch {
	case h.CommandID == "":
		return nil
	case h.FinishedAt.IsZero():
		return []string{"Running " + escaped(h.Document, 80)}
	case h.Failed():
		return []string{fmt.Sprintf("%s ended with %s, %s", escaped(h.Document, 80), hookEnd(h), times.next(h.FinishedAt))}
	}
	return []string{fmt.Sprintf("%s ran, %s", escaped(h.Document, 80), times.next(h.FinishedAt))}
}

// hookMistakes says which requests' tags name documents that nobody has allowed; empty where none does.
func hookMistakes(undecided []bot.Request) string {
	mistaken := slices.DeleteFunc(slices.Clone(undecided), func(r bot.Request) bool { return wording.HookMistake(r, code) == "" })
	switch len(mistaken) {
	case 0:
		return ""
	case 1:
		return nameAndID(mistaken[0]) + ": " + wording.HookMistake(mistaken[0], code)
	}
	return fmt.Sprintf("%s: tags name documents that this installation does not allow, so approving these would end without a patch. Mend the tags %s and %s, or have your platform team add the documents to %s.",
		joined(mistaken, groupBytes, nameAndID), code(bot.TagBefore), code(bot.TagAfter), code("hook_documents"))
}

package wording

import (
	"fmt"

	"github.com/patchbot/patchbot/bot"
)

// around says what comes before and after the install, e.g. ", in Standby meanwhile, with drain-web before and
// restore-web after the install"; empty where nothing does.
func around(h bot.Hooks) string {
	text := ""
	if h.Standby {
		text = ", in Standby meanwhile"
	}
	before, after := allowed(h.Before), allowed(h.After)
	switch {
	case before != "" && after != "":
		return text + fmt.Sprintf(", with %s before and %s after the install", before, after)
	case before != "":
		return text + fmt.Sprintf(", with %s before the install", before)
	case after != "":
		return text + fmt.Sprintf(", with %s after the install", after)
	}
	return text
}

// allowed is a document that may run, whose name has nothing in it but letters, digits and _-.:/; empty where
// there is none, since whatever else a tag says is told as a mistake.
func allowed(h bot.Hook) string {
	if h.NotAllowed {
		return ""
	}
	return h.Document
}

// HookMistake says which tags name documents that nobody has allowed; empty where none does. quote shows a
// word as it is written.
func HookMistake(r bot.Request, quote func(string) string) string {
	text := ""
	for _, hook := range []struct {
		bot.Hook
		tag string
	}{{r.Hooks.Before, bot.TagBefore}, {r.Hooks.After, bot.TagAfter}} {
		if hook.NotAllowed {
			text += fmt.Sprintf(" The tag %s names the document %s, which this installation does not allow. Mend the tag, or have your platform team add it to %s.",
				quote(hook.tag), quote(bot.Tidy(hook.Document, 80)), quote("hook_documents"))
		}
	}
	if text != "" {
		text = "Approving would end without a patch." + text
	}
	return text
}

// LeftOut says what an instance has been left with that did not come back into service; empty where nothing is.
func LeftOut(r bot.Request) string {
	if r.Status.Open() || !r.Hooks.OutOfService() {
		return ""
	}
	return fmt.Sprintf("It is still in Standby in the Auto Scaling group %s: put it back into service when it is fit for it.", bot.Tidy(r.Hooks.Group, 80))
}

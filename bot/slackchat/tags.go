package slackchat

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/workflow"
)

// AnnounceTags tells a channel that tags changed which say who decides.
func (c *Chat) AnnounceTags(ctx context.Context, channel string, change workflow.TagChange) error {
	_, err := c.post(ctx, channel, says(tagsLine(change))...)
	return refusedPost(err)
}

// decisiveTags are the keys that an announcement names.
var decisiveTags = []string{bot.TagOwner, bot.TagChannel, bot.TagGroup, bot.TagApprovals, workflow.PolicyTag}

// listedTags is how many changes one announcement names: five, in several spellings at most.
const listedTags = 10

// keysToTell are the changed keys, and all that say who decides where the instance may just have
// come into patchbot's hands: they may have been set before, when nobody was told.
func keysToTell(c workflow.TagChange) []string {
	keys := slices.Clone(c.ChangedKeys)
	if !slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, workflow.PolicyTag) }) {
		return keys
	}
	for key := range c.Tags {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func tagsLine(c workflow.TagChange) string {
	var changes []string
	for _, key := range slices.Sorted(slices.Values(keysToTell(c))) {
		if !slices.ContainsFunc(decisiveTags, func(d string) bool { return strings.EqualFold(d, key) }) {
			continue
		}
		if value, ok := c.Tags[key]; ok {
			changes = append(changes, fmt.Sprintf("%s is now %s", codeOf(key, 128), codeOf(value, 256)))
		} else {
			changes = append(changes, codeOf(key, 128)+" was removed")
		}
	}
	if more := len(changes) - listedTags; more > 0 {
		changes = append(changes[:listedTags], fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("Tags of %s changed: %s. They say whether it is patched, beside which others, who decides, and how many must approve.", codeOf(c.InstanceID, 40), strings.Join(changes, ", "))
}

package doctor

import (
	"context"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
)

// membersAtOnce is how many members of a channel are read at a time.
const membersAtOnce = 200

// approvals says whether an owner has fewer people who can approve than must: then nothing of theirs is ever
// installed.
func (r roll) approvals(ctx context.Context, owner string, o bot.Owner) []finding {
	if o.ApprovalsRequired <= 1 || !o.Approvers.Named() && o.Channel == "" { // else the default approvers decide
		return nil
	}
	able, err := r.able(ctx, o)
	switch {
	case err != nil:
		return []finding{warn("Mend that, then run patchbot doctor again.", "Whether %s has the %d approvers that it needs cannot be told: %v", owner, o.ApprovalsRequired, err)}
	case able < o.ApprovalsRequired:
		return failed("Name more approvers in the Terraform variable owners, or lower approvals_required.",
			"Nothing of %s can be installed: %d people must approve, and %d can.", owner, o.ApprovalsRequired, able)
	}
	return nil
}

// able counts who can approve for an owner, as far as needed. What comes by mail is one of them.
func (r roll) able(ctx context.Context, o bot.Owner) (n int, err error) {
	if o.Email != "" && (o.ApprovalPage == nil || *o.ApprovalPage) {
		n++
	}
	seen := map[string]bool{}
	count := func(ids []string, named bool) error {
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			if n >= o.ApprovalsRequired || seen[id] {
				continue
			}
			seen[id] = true
			u, err := r.slack.GetUserInfoContext(ctx, id)
			if err != nil {
				return fmt.Errorf("look up %s: %w", id, err)
			}
			if outsider := u.IsRestricted || u.IsUltraRestricted || u.IsStranger; !u.Deleted && !u.IsBot && (named || !outsider) {
				n++
			}
		}
		return nil
	}
	if err := count(o.Approvers.Users, true); err != nil {
		return n, err
	}
	for _, group := range o.Approvers.Groups {
		if n >= o.ApprovalsRequired {
			return n, nil
		}
		members, err := r.slack.GetUserGroupMembersContext(ctx, group)
		if err == nil {
			err = count(members, false)
		}
		if err != nil {
			return n, fmt.Errorf("read the group %s: %w", group, err)
		}
	}
	if o.Approvers.Named() {
		return n, nil
	}
	params := slack.GetUsersInConversationParameters{ChannelID: o.Channel, Limit: membersAtOnce}
	for first := true; n < o.ApprovalsRequired && (first || params.Cursor != ""); first = false {
		var members []string
		members, params.Cursor, err = r.slack.GetUsersInConversationContext(ctx, &params)
		if err == nil {
			err = count(members, false)
		}
		if err != nil {
			return n, fmt.Errorf("read the members of %s: %w", o.Channel, err)
		}
	}
	return n, nil
}

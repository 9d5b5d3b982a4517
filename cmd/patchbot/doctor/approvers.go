package doctor

import (
	"context"
	"maps"
	"slices"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/cmd/patchbot/installation"
)

// checkApprovers asks Slack whether those who are named as approvers are still there: nobody else
// may decide in their place.
func checkApprovers(ctx context.Context, x *examination) []finding {
	if x.slack == nil {
		return skip("the token is not valid")
	}
	if x.owners == nil {
		return skip("the owners cannot be read")
	}
	people := roll{slack: x.slack, looked: map[string]string{}}
	var findings []finding
	named := 0
	for _, name := range slices.Sorted(maps.Keys(x.owners)) {
		if a := x.owners[name].Approvers; a.Named() {
			named++
			findings = append(findings, people.findings(ctx, name, a)...)
		}
		findings = append(findings, people.approvals(ctx, name, x.owners[name])...)
	}
	if len(findings) == 0 {
		return ok("The approvers of %d owners are there.", named)
	}
	return findings
}

// roll is what Slack says of people and groups, each asked about once.
type roll struct {
	slack  installation.SlackAPI
	looked map[string]string // by id: why nobody there can decide; empty where somebody can
}

func (r roll) findings(ctx context.Context, owner string, a bot.Approvers) []finding {
	const replace = "Name others in the Terraform variable owners."
	var missing []finding
	for _, user := range a.Users {
		if why := r.of(user, func() string { return r.user(ctx, user) }); why != "" {
			missing = append(missing, warn(replace, "The approver %s of %s %s.", user, owner, why))
		}
	}
	for _, group := range a.Groups {
		if why := r.of(group, func() string { return r.group(ctx, group) }); why != "" {
			missing = append(missing, warn(replace, "The approvers' group %s of %s %s.", group, owner, why))
		}
	}
	if len(missing) == len(a.Users)+len(a.Groups) {
		return append(failed(replace, "Nobody can decide about the instances of %s: none of its approvers is there.", owner), missing...)
	}
	return missing
}

func (r roll) of(id string, look func() string) string {
	if _, known := r.looked[id]; !known {
		r.looked[id] = look()
	}
	return r.looked[id]
}

func (r roll) user(ctx context.Context, id string) string {
	u, err := r.slack.GetUserInfoContext(ctx, id)
	switch {
	case err != nil:
		return "cannot be looked up: " + err.Error()
	case u.Deleted:
		return "is deactivated"
	}
	return ""
}

func (r roll) group(ctx context.Context, id string) string {
	members, err := r.slack.GetUserGroupMembersContext(ctx, id)
	switch {
	case err != nil:
		return "cannot be read, since it was deleted or the plan has no user groups: " + err.Error()
	case len(members) == 0:
		return "has no members"
	}
	return ""
}

package doctor

import (
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestWhoHasFewerApproversThanMustApprove(t *testing.T) {
	w := slacksim.New(slacksim.Config{SigningSecret: "x"})
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	ada, lin := w.AddUser(slacksim.User{Name: "ada"}), w.AddUser(slacksim.User{Name: "lin"})
	guest, gone := w.AddUser(slacksim.User{Name: "guest", Guest: slacksim.MultiChannelGuest}), w.AddUser(slacksim.User{Name: "gone", Deleted: true})
	oncall := w.AddUserGroup(slacksim.UserGroup{Handle: "oncall", Members: []string{ada.ID, lin.ID, guest.ID}}).ID
	members := w.AddChannel(slacksim.Channel{Name: "members", BotIsMember: true, Members: []string{ada.ID, guest.ID, gone.ID}}).ID
	no := false
	const two = "Nothing of it can be installed: 2 people must approve, and 1 can."
	for name, c := range map[string]struct {
		owner bot.Owner
		want  string
	}{
		"one is enough":              {bot.Owner{Approvers: bot.Approvers{Users: []string{ada.ID}}}, ""},
		"two are named":              {bot.Owner{ApprovalsRequired: 2, Approvers: bot.Approvers{Users: []string{ada.ID, guest.ID}}}, ""},
		"one is named, one has left": {bot.Owner{ApprovalsRequired: 2, Approvers: bot.Approvers{Users: []string{ada.ID, gone.ID}}}, two},
		"the same person twice":      {bot.Owner{ApprovalsRequired: 3, Approvers: bot.Approvers{Users: []string{ada.ID}, Groups: []string{oncall}}}, "Nothing of it can be installed: 3 people must approve, and 2 can."},
		"two in a group":             {bot.Owner{ApprovalsRequired: 2, Approvers: bot.Approvers{Groups: []string{oncall}}}, ""},
		"one member of the channel":  {bot.Owner{ApprovalsRequired: 2, Channel: members}, two},
		"one, and the mail":          {bot.Owner{ApprovalsRequired: 2, Channel: members, Email: "it@example.com"}, ""},
		"one, and mail without page": {bot.Owner{ApprovalsRequired: 2, Channel: members, Email: "it@example.com", ApprovalPage: &no}, two},
		"a channel that is gone":     {bot.Owner{ApprovalsRequired: 2, Channel: "C0GONE"}, "Whether it has the 2 approvers that it needs cannot be told: read the members of C0GONE: channel_not_found"},
	} {
		var found []string
		for _, f := range checkApprovers(t.Context(), &examination{owners: map[string]bot.Owner{"it": c.owner},
			slack: slack.New("xoxb-slacksim", slack.OptionAPIURL(server.URL+"/api/"))}) {
			if f.Verdict != fine && f.Found != "The approver "+gone.ID+" of it is deactivated." {
				found = append(found, f.Found)
			}
		}
		if c.want == "" {
			require.Empty(t, found, name)
		} else {
			require.Equal(t, []string{c.want}, found, name)
		}
	}
}

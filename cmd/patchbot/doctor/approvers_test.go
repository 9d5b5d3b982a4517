package doctor

import (
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestWhichApproversAreNotThereAnyMore(t *testing.T) {
	w := slacksim.New(slacksim.Config{SigningSecret: "x"})
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	ada, gone := w.AddUser(slacksim.User{Name: "ada"}), w.AddUser(slacksim.User{Name: "gone", Deleted: true})
	oncall := w.AddUserGroup(slacksim.UserGroup{Handle: "oncall", Members: []string{ada.ID}})
	empty := w.AddUserGroup(slacksim.UserGroup{Handle: "empty", Members: []string{gone.ID}})
	found := map[string]finding{}
	for _, f := range checkApprovers(t.Context(), &examination{
		slack: slack.New("xoxb-slacksim", slack.OptionAPIURL(server.URL+"/api/")),
		owners: map[string]bot.Owner{
			"fine":     {Approvers: bot.Approvers{Users: []string{ada.ID}, Groups: []string{oncall.ID}}},
			"half":     {Approvers: bot.Approvers{Users: []string{ada.ID, gone.ID}, Groups: []string{"S0DELETED", empty.ID}}},
			"by group": {Approvers: bot.Approvers{Groups: []string{"S0DELETED"}}},
			"members":  {Channel: "C1"},
		}}) {
		found[f.Found] = f
	}
	for text, v := range map[string]verdict{
		"The approver " + gone.ID + " of half is deactivated.":                                                                             warning,
		"The approvers' group " + empty.ID + " of half has no members.":                                                                    warning,
		"The approvers' group S0DELETED of half cannot be read, since it was deleted or the plan has no user groups: no_such_subteam.":     warning,
		"Nobody can decide about the instances of by group: none of its approvers is there.":                                               failure,
		"The approvers' group S0DELETED of by group cannot be read, since it was deleted or the plan has no user groups: no_such_subteam.": warning,
	} {
		require.Equal(t, v, found[text].Verdict, "%s in %v", text, found)
		require.NotEmpty(t, found[text].Do)
	}
	require.Len(t, found, 5)
}

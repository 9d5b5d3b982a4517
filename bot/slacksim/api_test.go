package slacksim

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func TestAuthTestNamesTheBotAndItsScopes(t *testing.T) {
	o := newOffice(t)
	who, err := o.client.AuthTest()
	require.NoError(t, err)
	require.Equal(t, o.BotUserID(), who.UserID)
	require.Equal(t, o.BotID(), who.BotID)
	require.Equal(t, o.TeamID(), who.TeamID)
	require.Equal(t, "https://acme.slack.com/", who.URL)
	require.Contains(t, who.Header.Get("X-OAuth-Scopes"), "chat:write,commands")
}

func TestTokens(t *testing.T) {
	o := newOffice(t)
	_, err := o.clientWith("xoxb-wrong").AuthTest()
	require.Equal(t, "invalid_auth", code(err))

	_, none := o.postJSON(t, "/api/auth.test", "", `{}`)
	require.Equal(t, "not_authed", none.Error)

	_, inBody := o.postJSON(t, "/api/auth.test", "", `{"token":"xoxb-slacksim"}`)
	require.Equal(t, "not_authed", inBody.Error, "Slack reads no token from JSON")

	require.True(t, o.call(t, "auth.test", url.Values{}).OK, "a form may carry the token")
	_, header := o.postJSON(t, "/api/auth.test", "xoxb-slacksim", `{}`)
	require.True(t, header.OK)
}

func TestUnknownMethods(t *testing.T) {
	o := newOffice(t)
	require.Equal(t, "unknown_method", o.call(t, "chat.shout", url.Values{}).Error)
}

func TestMissingScopesSayWhatIsNeeded(t *testing.T) {
	o := newOffice(t, func(cfg *Config) { cfg.Scopes = []string{"commands", "channels:read"} })
	secret := o.AddChannel(Channel{Name: "secret", Private: true, BotIsMember: true})

	got := o.call(t, "chat.postMessage", url.Values{"channel": {o.ops.ID}, "text": {"hi"}})
	require.Equal(t, "missing_scope", got.Error)
	require.Equal(t, "chat:write", got.Needed)
	require.Equal(t, "commands,channels:read", got.Provided)

	_, err := o.client.GetUserByEmail("ada@example.com")
	require.Equal(t, "missing_scope", code(err))
	_, err = o.client.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: o.ops.ID})
	require.NoError(t, err)
	got = o.call(t, "conversations.info", url.Values{"channel": {secret.ID}})
	require.Equal(t, "groups:read", got.Needed)
}

func TestJSONBodies(t *testing.T) {
	o := newOffice(t)
	body := `{"channel":"` + o.ops.ID + `","text":"hi","blocks":[{"type":"divider"}],"thread_ts":null}`
	_, got := o.postJSON(t, "/api/chat.postMessage", o.cfg.BotToken, body)
	require.True(t, got.OK, got.Error)
	require.Contains(t, string(o.Messages(o.ops.ID)[0].Blocks), `"type":"divider"`)

	_, got = o.postJSON(t, "/api/chat.postMessage", o.cfg.BotToken, `{"channel":`)
	require.Equal(t, "invalid_json", got.Error)

	_, got = o.postJSON(t, "/api/users.info", o.cfg.BotToken, `{"user":"`+o.ada.ID+`"}`)
	require.Equal(t, "user_not_found", got.Error, "users.info reads forms only")
}

func TestCallsAreCounted(t *testing.T) {
	o := newOffice(t)
	_, _, err := o.client.PostMessage(o.ops.ID, slack.MsgOptionText("hi", false))
	require.NoError(t, err)
	_, err = o.client.GetUserInfo("U404")
	require.Equal(t, "user_not_found", code(err))
	calls := o.Calls()
	require.Len(t, calls, 2)
	require.Equal(t, "chat.postMessage", calls[0].Method)
	require.Equal(t, "user_not_found", calls[1].Error)
	require.Equal(t, o.clock.now, calls[1].At)
}

func TestPeople(t *testing.T) {
	o := newOffice(t)
	byEmail, err := o.client.GetUserByEmail("ada@example.com")
	require.NoError(t, err)
	require.Equal(t, o.ada.ID, byEmail.ID)
	byID, err := o.client.GetUserInfo(o.ada.ID)
	require.NoError(t, err)
	require.Equal(t, "Europe/Berlin", byID.TZ)
	require.Equal(t, "ada@example.com", byID.Profile.Email)

	_, err = o.client.GetUserByEmail("nobody@example.com")
	require.Equal(t, "users_not_found", code(err))

	require.True(t, o.EditUser(o.ada.ID, func(u *User) { u.Deleted = true }))
	_, err = o.client.GetUserByEmail("ada@example.com")
	require.Equal(t, "users_not_found", code(err), "a deactivated person has no email")
	byID, err = o.client.GetUserInfo(o.ada.ID)
	require.NoError(t, err)
	require.True(t, byID.Deleted)
	require.False(t, o.EditUser("U404", func(*User) {}))
}

func TestEmailsNeedTheirScope(t *testing.T) {
	o := newOffice(t, func(cfg *Config) { cfg.Scopes = []string{"users:read"} })
	u, err := o.client.GetUserInfo(o.ada.ID)
	require.NoError(t, err)
	require.Empty(t, u.Profile.Email)
}

func TestUserGroups(t *testing.T) {
	o := newOffice(t)
	g := o.AddUserGroup(UserGroup{Handle: "oncall", Members: []string{o.ada.ID, o.lin.ID}})
	o.EditUser(o.lin.ID, func(u *User) { u.Deleted = true })
	members, err := o.client.GetUserGroupMembers(g.ID)
	require.NoError(t, err)
	require.Equal(t, []string{o.ada.ID}, members)
	_, err = o.client.GetUserGroupMembers("S404")
	require.Equal(t, "no_such_subteam", code(err))
}

func TestChannels(t *testing.T) {
	o := newOffice(t)
	info, err := o.client.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: o.ops.ID})
	require.NoError(t, err)
	require.Equal(t, "ops", info.Name)
	require.True(t, info.IsMember)

	hidden := o.AddChannel(Channel{Name: "hidden", Private: true})
	_, err = o.client.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: hidden.ID})
	require.Equal(t, "channel_not_found", code(err))
	require.True(t, o.EditChannel(hidden.ID, func(ch *Channel) { ch.BotIsMember = true }))
	info, err = o.client.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: hidden.ID})
	require.NoError(t, err)
	require.True(t, info.IsPrivate)
	require.False(t, o.EditChannel("C404", func(*Channel) {}))
}

func TestMultipartForms(t *testing.T) {
	o := newOffice(t)
	r, err := http.NewRequest(http.MethodPost, o.server.URL+"/api/auth.test", nil)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "multipart/form-data")
	resp, err := client.Do(r)
	require.NoError(t, err)
	require.Equal(t, "invalid_form_data", readAnswer(t, resp).Error, "no boundary")
}

package slackchat

import "slices"

// Method is one Web API method that patchbot calls, and the scopes that it needs.
type Method struct {
	Name   string   // e.g. "chat.postMessage"
	Call   string   // slack-go's method, e.g. "PostMessageContext"
	Scopes []string // none for methods that every token may call
}

// Methods lists every Web API method that patchbot calls, the doctor's included.
func Methods() []Method {
	return []Method{
		{"auth.test", "AuthTestContext", nil},
		{"bots.info", "GetBotInfoContext", []string{"users:read"}},
		{"chat.postMessage", "PostMessageContext", []string{"chat:write"}},
		{"chat.postMessage", "PostMessageWithResponseContext", []string{"chat:write"}},
		{"chat.delete", "DeleteMessageContext", []string{"chat:write"}},
		{"chat.update", "UpdateMessageContext", []string{"chat:write"}},
		{"chat.getPermalink", "GetPermalinkContext", nil},
		{"conversations.info", "GetConversationInfoContext", []string{"channels:read", "groups:read"}},
		{"conversations.members", "GetUsersInConversationContext", []string{"channels:read", "groups:read"}},
		{"users.info", "GetUserInfoContext", []string{"users:read"}},
		{"users.lookupByEmail", "GetUserByEmailContext", []string{"users:read", "users:read.email"}},
		{"conversations.open", "OpenConversationContext", []string{"im:write"}},
		{"usergroups.users.list", "GetUserGroupMembersContext", []string{"usergroups:read"}},
		{"views.open", "OpenViewContext", nil},
		{"views.publish", "PublishViewContext", nil},
		{"views.update", "UpdateViewContext", nil},
	}
}

// Scopes lists the OAuth scopes that patchbot's token needs, sorted: those of Methods, and
// "commands" for the slash command.
func Scopes() []string {
	scopes := []string{"commands"}
	for _, m := range Methods() {
		scopes = append(scopes, m.Scopes...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

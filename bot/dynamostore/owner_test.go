package dynamostore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

var payments = bot.Owner{
	Name: "payments", Channel: "C0123456789", Email: "payments@example.com",
	Approvers: bot.Approvers{Users: []string{"U1", "U2"}, Groups: []string{"S1"}},
}

func (tb table) putOwner(t *testing.T, o bot.Owner) {
	t.Helper()
	item := key("OWNERS", o.Name)
	for name, value := range map[string]string{"channel": o.Channel, "email": o.Email} {
		if value != "" {
			item[name] = text(value)
		}
	}
	users := &types.AttributeValueMemberL{}
	for _, u := range o.Approvers.Users {
		users.Value = append(users.Value, text(u))
	}
	if len(users.Value) > 0 {
		item["approver_users"] = users
	}
	if len(o.Approvers.Groups) > 0 { // a set cannot be empty
		item["approver_groups"] = &types.AttributeValueMemberSS{Value: o.Approvers.Groups}
	}
	tb.put(t, item)
}

func (tb table) owner(t *testing.T, name string) bot.Owner {
	t.Helper()
	o, err := tb.Owner(t.Context(), name)
	require.NoError(t, err)
	return o
}

func ownerItem(t *testing.T, tb table) {
	tb.putOwner(t, payments)
	require.Equal(t, payments, tb.owner(t, "payments"))
	require.Equal(t, payments, tb.owner(t, "Payments"), "a tag's value is compared without case")
	tb.put(t, key("OWNERS", "search"))
	require.Equal(t, bot.Owner{Name: "search"}, tb.owner(t, "search"))
	tb.put(t, key("OWNERS", "Data"))
	tb.put(t, key("OWNERS", "DATA"))
	_, err := tb.Owner(t.Context(), "data")
	require.ErrorIs(t, err, bot.ErrNotFound, "which of the two is not known")
}

func ownerTurns(t *testing.T, tb table) {
	for name, atOnce := range map[string]types.AttributeValue{"share": text("25%"), "text": text("3"), "number": number(3)} {
		item := key("OWNERS", name)
		item["at_once"], item["canary"], item["hold_after"] = atOnce, &types.AttributeValueMemberBOOL{Value: true}, number(2)
		item["patch_window"], item["approvals_required"] = text("Sat 02:00 Europe/Berlin"), number(2)
		tb.put(t, item)
		o := tb.owner(t, name)
		require.Equal(t, map[string]string{"share": "25%", "text": "3", "number": "3"}[name], o.AtOnce.String())
		require.True(t, *o.Canary)
		require.Equal(t, 2, o.HoldAfter)
		require.Equal(t, 2, o.ApprovalsRequired)
		require.Equal(t, "Sat 02:00 Europe/Berlin", o.Window.String())
	}
}

func ownerEscalation(t *testing.T, tb table) {
	item := key("OWNERS", "payments")
	item["escalation_channel"], item["escalation_users"] = text("C9"), &types.AttributeValueMemberSS{Value: []string{"U9"}}
	item["escalation_groups"] = &types.AttributeValueMemberL{Value: []types.AttributeValue{text("S9")}}
	tb.put(t, item)
	require.Equal(t, bot.Escalation{Channel: "C9", Users: []string{"U9"}, Groups: []string{"S9"}}, tb.owner(t, "payments").Escalation)
}

func ownerNotified(t *testing.T, tb table) {
	for name, value := range map[string]types.AttributeValue{
		"list": &types.AttributeValueMemberL{Value: []types.AttributeValue{text("U1"), text("S1"), text("here")}},
		"set":  &types.AttributeValueMemberSS{Value: []string{"U1", "S1", "here"}},
	} {
		item := key("OWNERS", name)
		item["notify"] = value
		tb.put(t, item)
		require.Equal(t, bot.Notified{Named: true, Users: []string{"U1"}, Groups: []string{"S1"}, Here: true}, tb.owner(t, name).Notify)
	}
	item := key("OWNERS", "quiet")
	item["notify"] = &types.AttributeValueMemberL{}
	tb.put(t, item)
	require.Equal(t, bot.Notified{Named: true}, tb.owner(t, "quiet").Notify, "nobody, which is not the same as nothing said")
}

func ownerMail(t *testing.T, tb table) {
	item := key("OWNERS", "search")
	item["email"], item["email_when"], item["approval_page"] = text("search@example.com"), text("always"), &types.AttributeValueMemberBOOL{}
	tb.put(t, item)
	no := false
	require.Equal(t, bot.Owner{Name: "search", Email: "search@example.com", EmailWhen: bot.EmailAlways, ApprovalPage: &no}, tb.owner(t, "search"))
}

func ownerBackups(t *testing.T, tb table) {
	item := key("OWNERS", "archive")
	item["backup_days"] = number(90)
	tb.put(t, item)
	require.Equal(t, bot.Owner{Name: "archive", BackupDays: 90}, tb.owner(t, "archive"))
}

func unknownOwner(t *testing.T, tb table) {
	for _, name := range []string{"nobody", ""} {
		_, err := tb.Owner(t.Context(), name)
		require.ErrorIs(t, err, bot.ErrNotFound)
	}
}

func ownerCached(t *testing.T, tb table) {
	now := start
	tb.Now = func() time.Time { return now }
	tb.putOwner(t, payments)
	require.Equal(t, "C0123456789", tb.owner(t, "payments").Channel)
	tb.putOwner(t, bot.Owner{Name: "payments", Channel: "C2"})

	now = start.Add(time.Minute - time.Nanosecond)
	require.Equal(t, "C0123456789", tb.owner(t, "payments").Channel)
	now = start.Add(time.Minute)
	require.Equal(t, "C2", tb.owner(t, "payments").Channel)
}

func unknownCached(t *testing.T, tb table) {
	now := start
	tb.Now = func() time.Time { return now }
	_, err := tb.Owner(t.Context(), "payments")
	require.ErrorIs(t, err, bot.ErrNotFound)
	tb.putOwner(t, payments)
	_, err = tb.Owner(t.Context(), "payments")
	require.ErrorIs(t, err, bot.ErrNotFound)
	now = start.Add(time.Minute)
	require.Equal(t, payments, tb.owner(t, "payments"))
}

func mistakenOwner(t *testing.T, tb table) {
	null, empty := &types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberL{}
	for name, c := range map[string]struct {
		attribute string
		value     types.AttributeValue
		want      string
	}{
		"misspelled":        {"approver_user", &types.AttributeValueMemberSS{Value: []string{"U1"}}, `the attribute "approver_user" is unknown, expected channel, approver_users, approver_groups, notify, email, email_when, approval_page, at_once, canary, hold_after, escalation_channel, escalation_users, escalation_groups, patch_window, backup_days or approvals_required`},
		"mail-now-and-then": {"email_when", text("sometimes"), `the attribute "email_when" is not a string with fallback, always or never`},
		"text-as-page":      {"approval_page", text("false"), `the attribute "approval_page" is not true or false, as a boolean`},
		"escalated-by-name": {"escalation_channel", text("#leads"), `the attribute "escalation_channel" is not a string with a channel's id`},
		"escalated-to-text": {"escalation_users", text("U1"), `the attribute "escalation_users" is not a list`},
		"escalated-to-user": {"escalation_groups", &types.AttributeValueMemberSS{Value: []string{"U1"}}, `the attribute "escalation_groups" is not a list`},
		"null":              {"approver_users", null, `the attribute "approver_users" is not a list of ids of users such as U0123456789; leave it out where there are none`},
		"empty":             {"approver_groups", empty, `the attribute "approver_groups" is not a list of ids of user groups`},
		"text":              {"approver_users", text("U1"), `the attribute "approver_users" is not a list`},
		"handles":           {"approver_users", &types.AttributeValueMemberSS{Value: []string{"@ada"}}, `the attribute "approver_users" is not a list`},
		"group-for-users":   {"approver_users", &types.AttributeValueMemberSS{Value: []string{"S0123456789"}}, `the attribute "approver_users" is not a list`},
		"numbers":           {"approver_users", &types.AttributeValueMemberL{Value: []types.AttributeValue{number(7)}}, `the attribute "approver_users" is not a list`},
		"channel-by-name":   {"channel", text("#payments"), `the attribute "channel" is not a string with a channel's id such as C0123456789`},
		"none-at-once":      {"at_once", text("0"), `the attribute "at_once" is wrong: "0" is not how many are patched at once: expected a number from 1 to 1000 such as 3, or a share`},
		"list-at-once":      {"at_once", empty, `the attribute "at_once" is wrong`},
		"text-as-canary":    {"canary", text("true"), `the attribute "canary" is not true or false, as a boolean`},
		"no-failures":       {"hold_after", number(0), `the attribute "hold_after" is not a number of failures from 1 to 1000`},
		"no-approvals":      {"approvals_required", number(0), `the attribute "approvals_required" is not a number of people from 1 to 5`},
		"six-approvals":     {"approvals_required", number(6), `the attribute "approvals_required" is not a number of people from 1 to 5`},
		"text-approvals":    {"approvals_required", text("2"), `the attribute "approvals_required" is not a number of people from 1 to 5`},
		"approval-required": {"approval_required", number(2), `the attribute "approval_required" is unknown`},
		"text-failures":     {"hold_after", text("2"), `the attribute "hold_after" is not a number of failures`},
		"kept-for-ever":     {"backup_days", number(366), `the attribute "backup_days" is not a number of days from 1 to 365`},
		"no-email":          {"email", text(" "), `the attribute "email" is not a string with an address`},
		"notify-handles":    {"notify", &types.AttributeValueMemberSS{Value: []string{"@ada"}}, `the attribute "notify" is not a list of ids of users such as U0123456789`},
		"notify-text":       {"notify", text("here"), `or "here"`},
		"no-window":         {"patch_window", text("Saturday"), `the attribute "patch_window" is wrong: "Saturday": expected days, a time and a time zone`},
	} {
		item := key("OWNERS", name)
		item[c.attribute] = c.value
		tb.put(t, item)
		_, err := tb.Owner(t.Context(), name)
		var mistake *bot.OwnerError
		require.ErrorAs(t, err, &mistake, name)
		require.Equal(t, name, mistake.Name)
		require.Contains(t, mistake.Problem, c.want, name)
		require.Equal(t, strings.Contains(name, "approval"), mistake.ApprovalsRequired == bot.MaxApprovals, "nobody can tell how many were meant: %s", name)
	}
	tb.putOwner(t, payments)
	owners, mistakes, err := tb.Owners(t.Context())
	require.NoError(t, err)
	require.Equal(t, []bot.Owner{payments}, owners, "the others are still read")
	require.Len(t, mistakes, 27)
}

func allOwners(t *testing.T, tb table) {
	tb.putOwner(t, bot.Owner{Name: "search"})
	tb.putOwner(t, payments)
	tb.save(t, request(1))
	owners, mistakes, err := tb.Owners(t.Context())
	require.NoError(t, err)
	require.Empty(t, mistakes)
	require.Len(t, owners, 2)
	require.Equal(t, payments, owners[0])
	require.Equal(t, "search", owners[1].Name)
}

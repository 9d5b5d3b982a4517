package dynamostore_test

import (
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
	item["channel"], item["email"] = text(o.Channel), text(o.Email)
	users := &types.AttributeValueMemberL{}
	for _, u := range o.Approvers.Users {
		users.Value = append(users.Value, text(u))
	}
	item["approver_users"] = users
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
	tb.put(t, key("OWNERS", "search"))
	require.Equal(t, bot.Owner{Name: "search"}, tb.owner(t, "search"))
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

func malformedOwner(t *testing.T, tb table) {
	item := key("OWNERS", "payments")
	item["channel"] = &types.AttributeValueMemberL{}
	tb.put(t, item)
	_, err := tb.Owner(t.Context(), "payments")
	require.ErrorContains(t, err, "read item of owner payments")
	_, err = tb.Owners(t.Context())
	require.ErrorContains(t, err, "read item of owner payments")
}

func allOwners(t *testing.T, tb table) {
	tb.putOwner(t, bot.Owner{Name: "search"})
	tb.putOwner(t, payments)
	tb.save(t, request(1))
	owners, err := tb.Owners(t.Context())
	require.NoError(t, err)
	require.Len(t, owners, 2)
	require.Equal(t, payments, owners[0])
	require.Equal(t, "search", owners[1].Name)
}

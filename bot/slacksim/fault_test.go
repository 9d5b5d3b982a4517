package slacksim

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func TestFaultsComeInTurnAndEnd(t *testing.T) {
	o := newOffice(t)
	post := func() error {
		_, _, err := o.client.PostMessage(o.ops.ID, text("hi"))
		return err
	}
	o.Fail("chat.postMessage",
		Fault{Times: 2, Status: 429, RetryAfter: 1500 * time.Millisecond},
		Fault{Times: 1, Status: 429},
		Fault{Times: 1, Status: 503},
		Fault{Times: 1, Error: "fatal_error"},
		Fault{Times: 1, Drop: true},
	)
	var limited *slack.RateLimitedError
	for range 2 {
		require.ErrorAs(t, post(), &limited)
		require.Equal(t, 2*time.Second, limited.RetryAfter)
	}
	var status slack.StatusCodeError
	require.ErrorAs(t, post(), &status)
	require.Equal(t, 429, status.Code)
	require.ErrorAs(t, post(), &status)
	require.Equal(t, 503, status.Code)
	require.Equal(t, "fatal_error", code(post()))
	require.ErrorContains(t, post(), "EOF")
	require.Empty(t, o.Messages(o.ops.ID))
	require.NoError(t, post())
	require.Len(t, o.Messages(o.ops.ID), 1)
}

func TestFaultsLastUntilTheyAreHealed(t *testing.T) {
	o := newOffice(t)
	o.Fail(EveryMethod, Fault{Error: "token_revoked"})
	for range 3 {
		_, err := o.client.AuthTest()
		require.Equal(t, "token_revoked", code(err))
	}
	o.Fail("auth.test", Fault{Error: "account_inactive"})
	_, err := o.client.AuthTest()
	require.Equal(t, "account_inactive", code(err), "the method's own fault comes first")
	o.Heal("auth.test")
	o.Heal(EveryMethod)
	_, err = o.client.AuthTest()
	require.NoError(t, err)
}

func TestAnAnswerCanBeLostAfterItsEffect(t *testing.T) {
	o := newOffice(t)
	o.Fail("chat.postMessage", Fault{Times: 1, Drop: true, AfterEffect: true})
	_, _, err := o.client.PostMessage(o.ops.ID, text("hi"))
	require.Error(t, err)
	require.Len(t, o.Messages(o.ops.ID), 1)
}

func TestWithoutAConnectionToDropTheAnswerIsABadGateway(t *testing.T) {
	w := New(Config{})
	w.Fail("auth.test", Fault{Drop: true})
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/api/auth.test", nil))
	require.Equal(t, http.StatusBadGateway, rec.Code)
}

func TestRateLimits(t *testing.T) {
	o := newOffice(t, func(cfg *Config) { cfg.RateLimits = true })
	other := o.AddChannel(Channel{Name: "other", BotIsMember: true})
	post := func(channel string) error {
		_, _, err := o.client.PostMessage(channel, text("hi"))
		return err
	}
	var limited *slack.RateLimitedError
	require.NoError(t, post(o.ops.ID))
	require.ErrorAs(t, post(o.ops.ID), &limited, "one a second in a channel")
	require.Equal(t, time.Second, limited.RetryAfter)
	require.NoError(t, post(other.ID))
	o.clock.advance(time.Second)
	require.NoError(t, post(o.ops.ID))

	g := o.AddUserGroup(UserGroup{Handle: "oncall"})
	for range 20 {
		_, err := o.client.GetUserGroupMembers(g.ID)
		require.NoError(t, err)
	}
	o.clock.advance(10 * time.Second)
	_, err := o.client.GetUserGroupMembers(g.ID)
	require.ErrorAs(t, err, &limited, "20 a minute")
	require.Equal(t, 50*time.Second, limited.RetryAfter)
	o.clock.advance(limited.RetryAfter)
	_, err = o.client.GetUserGroupMembers(g.ID)
	require.NoError(t, err)
}

func TestRateLimitsGoByTheWorkspacesClock(t *testing.T) {
	still := time.Now()
	o := newOffice(t, func(cfg *Config) {
		cfg.RateLimits, cfg.Wall = true, func() time.Time { return still }
	})
	post := func() error {
		_, _, err := o.client.PostMessage(o.ops.ID, text("hi"))
		return err
	}
	require.NoError(t, post())
	require.Error(t, post())
	o.clock.advance(time.Second)
	require.NoError(t, post(), "a second has gone by where messages are dated, and none on the wall")
}

func TestEveryMethodHasSlacksTier(t *testing.T) {
	w := New(Config{})
	for name, perMinute := range map[string]int{
		"chat.update": 50, "users.lookupByEmail": 50, "conversations.info": 50,
		"views.open": 100, "views.publish": 100, "users.info": 100, "chat.postEphemeral": 100,
		"usergroups.users.list": 20,
	} {
		m, ok := w.method(name)
		require.True(t, ok, name)
		require.Equal(t, perMinute, m.perMinute, name)
	}
}

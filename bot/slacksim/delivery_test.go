package slacksim

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// The example of docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSlacksOwnExampleHasSlacksSignature(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow" +
		"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner" +
		"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands" +
		"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	require.Equal(t, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
		Sign(secret, "1531420618", []byte(body)))
}

func TestAClickIsDeliveredWhole(t *testing.T) {
	o := newOffice(t)
	m := o.postButton(t, o.ops.ID)
	d, err := o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, d.Status)

	got := o.app.last()
	require.Equal(t, slack.InteractionTypeBlockActions, got.Type)
	require.Equal(t, o.ada.ID, got.User.ID)
	require.Equal(t, "ada", got.User.Name)
	require.Equal(t, o.TeamID(), got.Team.ID)
	require.Equal(t, o.ops.ID, got.Channel.ID)
	require.Equal(t, "ops", got.Channel.Name)
	require.Equal(t, m.TS, got.Container.MessageTs)
	require.Equal(t, m.TS, got.Message.Timestamp)
	require.Equal(t, m.Text, got.Message.Text)
	require.Len(t, got.Message.Blocks.BlockSet, 1)
	require.Equal(t, o.cfg.AppID, got.APIAppID)
	require.Contains(t, got.ResponseURL, o.server.URL+"/actions/"+o.TeamID())

	require.Len(t, got.ActionCallback.BlockActions, 1)
	action := got.ActionCallback.BlockActions[0]
	require.Equal(t, "approve", action.ActionID)
	require.Equal(t, "decide", action.BlockID)
	require.Equal(t, "request-1", action.Value)
	require.Equal(t, "Approve", action.Text.Text)
	require.Regexp(t, `^\d{10}\.\d{6}$`, action.ActionTs)

	raw := o.app.payload()
	require.Contains(t, raw, "enterprise")
	require.Nil(t, raw["enterprise"])
	require.Equal(t, false, raw["is_enterprise_install"])
	require.Equal(t, map[string]any{"values": map[string]any{}}, raw["state"])
	require.Regexp(t, `^\d+\.\d+\.[0-9a-f]+$`, raw["trigger_id"])
	require.Equal(t, "primary", raw["actions"].([]any)[0].(map[string]any)["style"])
}

func TestAClickInAPrivateChannelHidesItsName(t *testing.T) {
	o := newOffice(t)
	secret := o.AddChannel(Channel{Name: "secret", Private: true, BotIsMember: true})
	m := o.postButton(t, secret.ID)
	_, err := o.Click(t.Context(), o.ada.ID, secret.ID, m.TS, "approve")
	require.NoError(t, err)
	require.Equal(t, "privategroup", o.app.last().Channel.Name)
}

func TestAClickInAThreadNamesTheThread(t *testing.T) {
	o := newOffice(t)
	parent := o.Say(o.ada.ID, o.ops.ID, "", "hm")
	m := o.postButton(t, o.ops.ID, slack.MsgOptionTS(parent.TS))
	_, err := o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.NoError(t, err)
	require.Equal(t, parent.TS, o.app.last().Container.ThreadTs)
	require.Equal(t, parent.TS, o.app.last().Message.ThreadTimestamp)
}

func TestAClickOnAnEphemeralMessageCarriesNoMessage(t *testing.T) {
	o := newOffice(t)
	ts, err := o.client.PostEphemeral(o.ops.ID, o.ada.ID, approveBlocks())
	require.NoError(t, err)
	_, err = o.Click(t.Context(), o.ada.ID, o.ops.ID, ts, "approve")
	require.NoError(t, err)
	require.True(t, o.app.last().Container.IsEphemeral)
	require.NotContains(t, o.app.payload(), "message")

	_, err = o.Click(t.Context(), o.lin.ID, o.ops.ID, ts, "approve")
	require.ErrorIs(t, err, ErrNotShown, "others do not see it")
}

func TestNobodyClicksWhatIsNotShown(t *testing.T) {
	o := newOffice(t)
	closed := o.AddChannel(Channel{Name: "closed", BotIsMember: true, Members: []string{o.lin.ID}})
	m, elsewhere := o.postButton(t, o.ops.ID), o.postButton(t, closed.ID)
	_, _, _, err := o.client.UpdateMessage(o.ops.ID, m.TS, text("done"))
	require.NoError(t, err)

	_, err = o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.ErrorIs(t, err, ErrNotShown, "the update took the button away")
	_, err = o.Click(t.Context(), o.ada.ID, o.ops.ID, "1.000001", "approve")
	require.ErrorIs(t, err, ErrNotShown)
	_, err = o.Click(t.Context(), o.ada.ID, closed.ID, elsewhere.TS, "approve")
	require.ErrorIs(t, err, ErrNotShown, "ada is not in the channel")
	require.Empty(t, o.app.got)

	_, err = o.ClickOn(t.Context(), o.ada.ID, m, "approve")
	require.NoError(t, err, "but her screen may still show the old message")
	require.Equal(t, "request-1", o.app.last().ActionCallback.BlockActions[0].Value)
	require.Len(t, o.app.last().Message.Blocks.BlockSet, 1)
}

func TestMenusSayWhatWasChosen(t *testing.T) {
	o := newOffice(t)
	require.True(t, o.raw(t, `[{"type":"actions","block_id":"b","elements":[
		{"type":"static_select","action_id":"when","options":[`+choice(1, 1)+`,`+choice(2, 2)+`]},
		{"type":"overflow","action_id":"more","options":[`+choice(1, 1)+`]}]}]`).OK)
	ts := o.Messages(o.ops.ID)[0].TS

	_, err := o.Choose(t.Context(), o.ada.ID, o.ops.ID, ts, "when", "üü")
	require.NoError(t, err)
	require.Equal(t, "üü", o.app.last().ActionCallback.BlockActions[0].SelectedOption.Value)
	require.Equal(t, "üü", o.app.last().BlockActionState.Values["b"]["when"].SelectedOption.Value)

	_, err = o.Choose(t.Context(), o.ada.ID, o.ops.ID, ts, "more", "ü")
	require.NoError(t, err)
	require.Equal(t, "ü", o.app.last().ActionCallback.BlockActions[0].SelectedOption.Value)
	_, err = o.Choose(t.Context(), o.ada.ID, o.ops.ID, ts, "when", "never")
	require.ErrorIs(t, err, ErrNotShown)
}

func TestAnAppThatFailsIsReportedAsThePersonSeesIt(t *testing.T) {
	o := newOffice(t)
	m := o.postButton(t, o.ops.ID)
	o.app.status = http.StatusInternalServerError
	d, err := o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	var seen *DeliveryError
	require.ErrorAs(t, err, &seen)
	require.Equal(t, "dispatch_failed", seen.Code)
	require.Equal(t, 500, seen.Status)
	require.Equal(t, 500, d.Status)
	require.EqualError(t, err, "dispatch_failed (HTTP status 500)")

	o.Install(App{Interactions: "http://127.0.0.1:1"})
	_, err = o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.ErrorAs(t, err, &seen)
	require.Equal(t, "dispatch_failed", seen.Code)
	require.Error(t, seen.Unwrap())

	o.Install(App{})
	_, err = o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.ErrorContains(t, err, "no request URL")
	o.Install(App{Interactions: ":"})
	_, err = o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.ErrorContains(t, err, "deliver to :")
}

// inProcess serves requests without a network, for tests in a bubble.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	rec, done := httptest.NewRecorder(), make(chan struct{})
	go func() {
		defer close(done)
		p.ServeHTTP(rec, r)
	}()
	select {
	case <-done:
		return rec.Result(), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func TestAnAnswerAfterThreeSecondsIsTooLate(t *testing.T) {
	for _, c := range []struct {
		name  string
		takes time.Duration
		want  string
	}{
		{"an answer after 2.9 s is in time", 2900 * time.Millisecond, ""},
		{"an answer after 3.1 s is too late", 3100 * time.Millisecond, "operation_timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					select {
					case <-time.After(c.takes):
					case <-r.Context().Done():
					}
				})
				w := New(Config{SigningSecret: secret, Client: &http.Client{Transport: inProcess{slow}}})
				w.Install(App{Events: "http://app.invalid/events"})
				_, err := w.Event(t.Context(), map[string]any{"type": "app_mention"})
				if c.want == "" {
					require.NoError(t, err)
					return
				}
				var seen *DeliveryError
				require.ErrorAs(t, err, &seen)
				require.Equal(t, c.want, seen.Code)
			})
		})
	}
}

func TestACallersDeadlineIsNotSlacks(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := o.OpenHome(ctx, o.ada.ID)
	require.ErrorContains(t, err, "dispatch_failed")
	require.ErrorIs(t, err, context.Canceled)
}

func TestDeliveriesCanBeReplayedAndTamperedWith(t *testing.T) {
	o := newOffice(t)
	m := o.postButton(t, o.ops.ID)
	d, err := o.Click(t.Context(), o.ada.ID, o.ops.ID, m.TS, "approve")
	require.NoError(t, err)
	require.Equal(t, []Delivery{d}, o.Deliveries())

	send := func(r *http.Request, err error) error {
		require.NoError(t, err)
		resp, err := client.Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return o.app.errors[len(o.app.errors)-1]
	}
	now := o.clock.now
	require.NoError(t, send(o.SignedRequest(d.URL, d.Body, now)))
	require.ErrorIs(t, send(o.SignedRequest(d.URL, d.Body, now.Add(-6*time.Minute))), slack.ErrExpiredTimestamp)

	forged, err := o.SignedRequest(d.URL, append(d.Body, "&x=y"...), now)
	require.NoError(t, err)
	forged.Header.Set("X-Slack-Signature", d.Header.Get("X-Slack-Signature"))
	require.ErrorIs(t, send(forged, nil), slack.ErrInvalidSignature)
}

package slacksim

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnElementIsFoundByItsBlock(t *testing.T) {
	o := newOffice(t)
	button := func(block, value string) map[string]any {
		return map[string]any{"type": "actions", "block_id": block, "elements": []any{map[string]any{
			"type": "button", "action_id": "more", "value": value, "text": map[string]any{"type": "plain_text", "text": "More"}}}}
	}
	blocks, err := json.Marshal([]any{button("first", "1"), button("second", "2")})
	require.NoError(t, err)
	m := o.Say(o.BotUserID(), o.ops.ID, "", "two")
	m.Blocks = blocks
	for block, value := range map[string]string{"": "1", "first": "1", "second": "2"} {
		_, err := o.Act(t.Context(), o.ada.ID, m, Element{ActionID: "more", BlockID: block})
		require.NoError(t, err)
		require.Equal(t, value, o.app.last().ActionCallback.BlockActions[0].Value, block)
	}
	_, err = o.Act(t.Context(), o.ada.ID, m, Element{ActionID: "more", BlockID: "third"})
	require.ErrorIs(t, err, ErrNotShown)
}

func TestSignaturesGoByTheWallClock(t *testing.T) {
	future := time.Now().Add(72 * time.Hour)
	w := New(Config{SigningSecret: secret, Now: func() time.Time { return future }, Wall: time.Now})
	require.Equal(t, formatTS(future), w.Say("U1", "C1", "", "hello").TS)
	w.Install(App{Events: "http://127.0.0.1:1/none"})
	d, err := w.Event(t.Context(), map[string]any{"type": "app_mention"})
	require.Error(t, err)
	require.WithinDuration(t, time.Now(), d.SentAt, time.Minute)
	require.NotEmpty(t, d.Header.Get("X-Slack-Signature"))
}

package slacksim

import (
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func TestAReplyThatIsBroadcastIsShownInTheChannelToo(t *testing.T) {
	o := newOffice(t)
	_, parent, err := o.client.PostMessage(o.ops.ID, text("parent"))
	require.NoError(t, err)
	_, _, posted, err := o.client.PostMessageWithResponse(o.ops.ID, text("it failed"), slack.MsgOptionTS(parent), slack.MsgOptionBroadcast())
	require.NoError(t, err)
	require.Equal(t, "thread_broadcast", posted.SubType)
	_, _, err = o.client.PostMessage(o.ops.ID, text("no reply"), slack.MsgOptionBroadcast())
	require.NoError(t, err)

	require.Len(t, o.Thread(o.ops.ID, parent), 1)
	require.Len(t, o.Messages(o.ops.ID), 2)
	broadcast := o.Broadcasts(o.ops.ID)
	require.Len(t, broadcast, 1)
	require.Equal(t, "it failed", broadcast[0].Text)
}

func TestTheBotDeletesWhatItPosted(t *testing.T) {
	o := newOffice(t)
	_, ts, err := o.client.PostMessage(o.ops.ID, text("a mistake"))
	require.NoError(t, err)
	_, _, err = o.client.DeleteMessage(o.ops.ID, ts)
	require.NoError(t, err)
	require.Empty(t, o.Messages(o.ops.ID))
	_, _, err = o.client.DeleteMessage(o.ops.ID, ts)
	require.EqualError(t, err, "message_not_found")
	foreign := o.Say(o.ada.ID, o.ops.ID, "", "mine")
	_, _, err = o.client.DeleteMessage(o.ops.ID, foreign.TS)
	require.EqualError(t, err, "cant_delete_message")
}

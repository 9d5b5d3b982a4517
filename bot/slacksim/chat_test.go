package slacksim

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func text(s string) slack.MsgOption { return slack.MsgOptionText(s, false) }

func TestMessagesKeepTheirOrder(t *testing.T) {
	o := newOffice(t)
	for _, s := range []string{"one", "two", "three"} {
		_, _, err := o.client.PostMessage(o.ops.ID, text(s))
		require.NoError(t, err)
	}
	got := o.Messages(o.ops.ID)
	require.Len(t, got, 3)
	require.Equal(t, "three", got[2].Text)
	require.Equal(t, o.BotUserID(), got[0].User)
	require.Regexp(t, `^\d{10}\.\d{6}$`, got[0].TS)
	require.Less(t, got[0].TS, got[1].TS, "even when the clock stands still")
	require.Less(t, got[1].TS, got[2].TS)
}

func TestThreads(t *testing.T) {
	o := newOffice(t)
	_, parent, err := o.client.PostMessage(o.ops.ID, text("parent"))
	require.NoError(t, err)
	_, reply, err := o.client.PostMessage(o.ops.ID, text("reply"), slack.MsgOptionTS(parent))
	require.NoError(t, err)
	_, _, err = o.client.PostMessage(o.ops.ID, text("to the reply"), slack.MsgOptionTS(reply))
	require.NoError(t, err)
	o.Say(o.ada.ID, o.ops.ID, parent, "thanks")

	require.Len(t, o.Messages(o.ops.ID), 1)
	thread := o.Thread(o.ops.ID, parent)
	require.Len(t, thread, 3)
	require.Equal(t, []string{"reply", "to the reply", "thanks"},
		[]string{thread[0].Text, thread[1].Text, thread[2].Text})

	require.True(t, o.Delete(o.ops.ID, parent))
	require.False(t, o.Delete(o.ops.ID, parent))
	_, _, m, err := o.client.PostMessageWithResponse(o.ops.ID, text("late"), slack.MsgOptionTS(parent))
	require.NoError(t, err)
	require.Empty(t, m.ThreadTimestamp, "the parent is gone, so the reply stands in the channel")
}

func TestPostingIsRefused(t *testing.T) {
	o := newOffice(t)
	archived := o.AddChannel(Channel{Name: "old", BotIsMember: true, Archived: true})
	foreign := o.AddChannel(Channel{Name: "foreign"})
	hidden := o.AddChannel(Channel{Name: "hidden", Private: true})
	for _, c := range []struct{ name, channel, text, want string }{
		{"in a channel that does not exist", "C404", "hi", "channel_not_found"},
		{"in a private channel without the bot", hidden.ID, "hi", "channel_not_found"},
		{"in a public channel without the bot", foreign.ID, "hi", "not_in_channel"},
		{"in an archived channel", archived.ID, "hi", "is_archived"},
		{"with nothing to say", o.ops.ID, "", "no_text"},
		{"with a channel's name", "#ops", "hi", "channel_not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := o.client.PostMessage(c.channel, text(c.text))
			require.Equal(t, c.want, code(err))
		})
	}
}

func TestChatWritePublicOpensPublicChannels(t *testing.T) {
	o := newOffice(t, func(cfg *Config) { cfg.Scopes = append(DefaultScopes(), "chat:write.public") })
	foreign := o.AddChannel(Channel{Name: "foreign"})
	_, _, err := o.client.PostMessage(foreign.ID, text("hi"))
	require.NoError(t, err)
}

func TestAUsersIDOpensDirectMessages(t *testing.T) {
	o := newOffice(t)
	channel, _, err := o.client.PostMessage(o.ada.ID, text("hi"))
	require.NoError(t, err)
	require.Regexp(t, "^D0", channel)
	require.Len(t, o.Messages(channel), 1)
	again, _, err := o.client.PostMessage(o.ada.ID, text("hi again"))
	require.NoError(t, err)
	require.Equal(t, channel, again)
	info, err := o.client.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: channel})
	require.NoError(t, err)
	require.True(t, info.IsIM)

	_, err = o.Command(t.Context(), o.ada.ID, channel, "/patch", "help")
	require.NoError(t, err)
	require.Equal(t, "directmessage", o.app.lastForm().Get("channel_name"))
	_, err = o.Command(t.Context(), o.lin.ID, channel, "/patch", "help")
	require.ErrorIs(t, err, ErrNotShown, "lin does not see ada's messages")
}

func TestLongTexts(t *testing.T) {
	o := newOffice(t)
	_, ts, err := o.client.PostMessage(o.ops.ID, text(strings.Repeat("ä", 40_001)))
	require.NoError(t, err)
	m, _ := o.Message(o.ops.ID, ts)
	require.Len(t, []rune(m.Text), 40_000, "posting cuts")

	_, _, _, err = o.client.UpdateMessage(o.ops.ID, ts, text(strings.Repeat("ä", 4_000)))
	require.NoError(t, err)
	_, _, _, err = o.client.UpdateMessage(o.ops.ID, ts, text(strings.Repeat("ä", 4_001)))
	require.Equal(t, "msg_too_long", code(err), "updating refuses")
	_, err = o.client.PostEphemeral(o.ops.ID, o.ada.ID, text(strings.Repeat("a", 40_001)))
	require.Equal(t, "msg_too_long", code(err))
}

func TestUpdatesReplaceEverythingAndKeepHistory(t *testing.T) {
	o := newOffice(t)
	m := o.postButton(t, o.ops.ID)
	require.Len(t, m.Buttons(), 1)

	_, _, _, err := o.client.UpdateMessage(o.ops.ID, m.TS, text("done"))
	require.NoError(t, err)
	now, _ := o.Message(o.ops.ID, m.TS)
	require.Equal(t, "done", now.Text)
	require.Nil(t, now.Blocks, "text without blocks deletes the blocks")
	require.Equal(t, 1, now.Edited)
	require.Equal(t, m.Text, now.History[0].Text)
	require.JSONEq(t, string(m.Blocks), string(now.History[0].Blocks))
	require.Empty(t, m.History, "what was read before does not change")

	_, _, _, err = o.client.UpdateMessage(o.ops.ID, m.TS, approveBlocks())
	require.NoError(t, err)
	now, _ = o.Message(o.ops.ID, m.TS)
	require.Equal(t, unshowable, now.Text, "a message needs a text for notifications")
	require.Equal(t, 2, now.Edited)
}

func TestUpdatingIsRefused(t *testing.T) {
	o := newOffice(t)
	_, ts, err := o.client.PostMessage(o.ops.ID, text("hi"))
	require.NoError(t, err)
	others := o.Say(o.ada.ID, o.ops.ID, "", "mine")
	update := func(channel, ts string, s string) string {
		_, _, _, err := o.client.UpdateMessage(channel, ts, text(s))
		return code(err)
	}
	require.Equal(t, "message_not_found", update(o.ops.ID, "1.000001", "x"))
	require.Equal(t, "cant_update_message", update(o.ops.ID, others.TS, "x"))
	require.Equal(t, "channel_not_found", update("C404", ts, "x"))
	require.Equal(t, "no_text", update(o.ops.ID, ts, ""))
	o.EditChannel(o.ops.ID, func(ch *Channel) { ch.Archived = true })
	require.Equal(t, "is_inactive", update(o.ops.ID, ts, "x"))
}

func TestEphemeralMessages(t *testing.T) {
	o := newOffice(t)
	closed := o.AddChannel(Channel{Name: "closed", BotIsMember: true, Members: []string{o.lin.ID}})
	ts, err := o.client.PostEphemeral(o.ops.ID, o.ada.ID, text("only you"))
	require.NoError(t, err)

	require.Len(t, o.Ephemerals(o.ada.ID), 1)
	require.Empty(t, o.Ephemerals(o.lin.ID))
	require.Empty(t, o.Messages(o.ops.ID))
	_, _, _, err = o.client.UpdateMessage(o.ops.ID, ts, text("x"))
	require.Equal(t, "message_not_found", code(err))

	_, err = o.client.PostEphemeral(closed.ID, o.ada.ID, text("x"))
	require.Equal(t, "user_not_in_channel", code(err))
	_, err = o.client.PostEphemeral(o.ops.ID, "U404", text("x"))
	require.Equal(t, "user_not_in_channel", code(err))
	_, err = o.client.PostEphemeral("C404", o.ada.ID, text("x"))
	require.Equal(t, "channel_not_found", code(err))
	_, err = o.client.PostEphemeral(o.ops.ID, o.ada.ID, text(" "))
	require.Equal(t, "no_text", code(err))
}

func TestPermalinks(t *testing.T) {
	o := newOffice(t)
	_, ts, err := o.client.PostMessage(o.ops.ID, text("hi"))
	require.NoError(t, err)
	link, err := o.client.GetPermalink(&slack.PermalinkParameters{Channel: o.ops.ID, Ts: ts})
	require.NoError(t, err)
	digits := strings.ReplaceAll(ts, ".", "")
	require.Equal(t, "https://acme.slack.com/archives/"+o.ops.ID+"/p"+digits, link)

	reply := o.Say(o.ada.ID, o.ops.ID, ts, "reply")
	require.Contains(t, o.Permalink(reply), "?thread_ts="+ts+"&cid="+o.ops.ID)
	_, err = o.client.GetPermalink(&slack.PermalinkParameters{Channel: o.ops.ID, Ts: "1.000001"})
	require.Equal(t, "message_not_found", code(err))
	_, err = o.client.GetPermalink(&slack.PermalinkParameters{Channel: "C404", Ts: ts})
	require.Equal(t, "channel_not_found", code(err))
}

func TestBlocksMustBeJSON(t *testing.T) {
	o := newOffice(t)
	require.Equal(t, "invalid_blocks_format", o.raw(t, `{"type":"divider"}`).Error)
	require.Equal(t, "invalid_blocks_format", o.raw(t, `[{]`).Error)
	require.Equal(t, "no_text", o.raw(t, `[]`).Error)
	got := o.call(t, "chat.postMessage", url.Values{"channel": {o.ops.ID}, "text": {"hi"}, "blocks": {"[]"}})
	require.True(t, got.OK)
}

func TestBlocksGetTheirIDs(t *testing.T) {
	o := newOffice(t)
	require.True(t, o.raw(t, `[{"type":"actions","elements":[
		{"type":"button","text":{"type":"plain_text","text":"Go"}}]}]`).OK)
	b := o.Messages(o.ops.ID)[0].Buttons()[0]
	require.NotEmpty(t, b.BlockID)
	require.NotEmpty(t, b.ActionID)
	require.Equal(t, "Go", b.Label)
}

func TestTimestampsAreUniqueUnderLoad(t *testing.T) {
	o := newOffice(t)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { o.Say(o.ada.ID, o.ops.ID, "", "hi") })
	}
	finish(t, "fifty people who speak at once", &all)
	seen := map[string]bool{}
	for _, m := range o.Messages(o.ops.ID) {
		seen[m.TS] = true
	}
	require.Len(t, seen, 50)
}

func TestWatchersSeeEveryChange(t *testing.T) {
	o := newOffice(t)
	var kinds []ChangeKind
	o.Watch(func(c Change) {
		kinds = append(kinds, c.Kind)
		o.Messages(c.Message.Channel) // the workspace is not locked
	})
	_, ts, err := o.client.PostMessage(o.ops.ID, text("hi"))
	require.NoError(t, err)
	_, _, _, err = o.client.UpdateMessage(o.ops.ID, ts, text("ho"))
	require.NoError(t, err)
	_, err = o.client.PostEphemeral(o.ops.ID, o.ada.ID, text("only you"))
	require.NoError(t, err)
	_, _, err = o.client.PostMessage("C404", text("never"))
	require.Error(t, err)
	o.Delete(o.ops.ID, ts)
	require.Equal(t, []ChangeKind{Posted, Updated, Posted, Deleted}, kinds)
}

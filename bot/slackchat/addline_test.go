package slackchat

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/slacksim"
)

func TestALineWhoseMessageIsGoneIsTakenBack(t *testing.T) {
	workspace, api := localSlack()
	channel := workspace.AddChannel(slacksim.Channel{Name: "payments", BotIsMember: true}).ID
	chat := NewChat(With(api), time.Now)
	m := bot.Message{Place: bot.Place{Channel: channel}, Requests: []bot.Request{states(t)["failed"]}}
	line := bot.Line{Kind: bot.LineFailed, Requests: m.Requests}
	var err error
	m.Place, err = chat.Show(t.Context(), m)
	require.NoError(t, err)

	require.NoError(t, chat.AddLine(t.Context(), m, line))
	require.Len(t, workspace.Thread(channel, m.Place.Message), 1)
	require.Len(t, workspace.Broadcasts(channel), 1, "a failure is shown in the channel, too")

	require.True(t, workspace.Delete(channel, m.Place.Message))
	before := len(workspace.Messages(channel))
	err = chat.AddLine(t.Context(), m, line)
	var refused *bot.ChatError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, bot.RemedyAnew, refused.Remedy)
	require.Len(t, workspace.Messages(channel), before, "no line stands alone in the channel")
}

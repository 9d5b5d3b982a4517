package bot_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/memstore"
)

// forgetful is a chat that takes every message and forgets it before the next line.
type forgetful struct {
	bot.Chat
	posts int
}

func (f *forgetful) Show(context.Context, bot.Message) (bot.Place, error) {
	f.posts++
	return bot.Place{Channel: "C1", Message: "1.2"}, nil
}

func (f *forgetful) AddLine(context.Context, bot.Message, bot.Line) error {
	return &bot.ChatError{Remedy: bot.RemedyAnew, Err: errors.New("thread_not_found")}
}

// TestALineThatHasNoThreadIsGivenUpInTheEnd: each try posts the message anew.
func TestALineThatHasNoThreadIsGivenUpInTheEnd(t *testing.T) {
	chat := &forgetful{}
	b := bot.Bot{Store: memstore.New(), Chat: chat, Channels: &queue{}, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	r := bot.Apply(bot.Request{}, question(), noon).Request
	r.Place, r.Outbox = bot.Place{Channel: "C1", Message: "1.1"}, bot.OutboxOf(bot.Effect{Kind: bot.EffectReply, Line: bot.LineDecided})
	r, err := b.Store.Save(t.Context(), r)
	require.NoError(t, err)
	require.NoError(t, b.ServeChannel(t.Context(), "C1"))
	r, err = b.Store.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, []bot.EffectKind{bot.EffectLookExecution}, r.Kinds())
	require.Equal(t, 1, chat.posts)
}

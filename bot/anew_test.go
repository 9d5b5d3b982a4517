package bot

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// forgetful is a chat that takes every message and forgets it before the next line.
type forgetful struct {
	Chat
	posts int
}

func (f *forgetful) Show(context.Context, Request) (Place, error) {
	f.posts++
	return Place{Channel: "C1", Message: "1.2"}, nil
}

func (f *forgetful) AddLine(context.Context, Request, Line) error {
	return &ChatError{Remedy: RemedyAnew, Err: errors.New("thread_not_found")}
}

// TestALineThatHasNoThreadIsGivenUpInTheEnd: each try posts the message anew.
func TestALineThatHasNoThreadIsGivenUpInTheEnd(t *testing.T) {
	chat := &forgetful{}
	b := Bot{Chat: chat, Now: func() time.Time { return at(3) }, Log: slog.New(slog.DiscardHandler)}
	r := askedRequest()
	r.Place, r.Outbox = Place{Channel: "C1", Message: "1.1"}, OutboxOf(reply(LineDecided))
	for range 10 {
		e, ok := r.next(at(3), nil)
		if !ok {
			break
		}
		settled, _ := b.performOne(t.Context(), r, e)
		r = settled(r).Request
	}
	require.Empty(t, r.Kinds())
	require.Equal(t, 1, chat.posts)
}

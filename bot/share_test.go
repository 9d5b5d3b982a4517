package bot_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func TestShare(t *testing.T) {
	const second = time.Second
	for name, c := range map[string]struct {
		left   time.Duration // 0: there is no end
		part   float64
		atMost time.Duration
		want   time.Duration
	}{
		"a part of what is left":                {second, 0.6, second, 600 * time.Millisecond},
		"the most there may be":                 {time.Minute, 0.6, second, second},
		"the most, of a context without an end": {0, 0.6, second, second},
		"nothing of nothing":                    {-second, 0.6, second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if c.left != 0 {
					ctx, cancel = context.WithTimeout(ctx, c.left)
				}
				defer cancel()
				start := time.Now()
				part, cancelPart := bot.Share(ctx, c.part, c.atMost)
				defer cancelPart()
				<-part.Done()
				require.Equal(t, c.want, time.Since(start))
			})
		})
	}
}

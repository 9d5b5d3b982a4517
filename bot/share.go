package bot

import (
	"context"
	"time"
)

// Share ends a context when a part of the time that it has left is over, e.g. 0.6 of it, and after
// atMost at the latest. So what comes first leaves time for what follows, whether there is much or
// little: a person waits for a few seconds, which a cold start may have half used up.
func Share(ctx context.Context, part float64, atMost time.Duration) (context.Context, context.CancelFunc) {
	if end, ok := ctx.Deadline(); ok {
		atMost = min(atMost, time.Duration(part*float64(time.Until(end))))
	}
	return context.WithTimeout(ctx, atMost)
}

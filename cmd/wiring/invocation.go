package wiring

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// reserve is kept of a function's time to save what was performed and to answer: Lambda
// kills a function whose time is up, and delivers a whole batch again.
const reserve = 5 * time.Second

// withReserve ends the context some time before Lambda's deadline, but leaves at least
// half of the time there is.
func withReserve(ctx context.Context, now time.Time) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(reserve, deadline.Sub(now)/2)))
}

// invocationLog names the invocation on every line.
func (a *App) invocationLog(ctx context.Context) *slog.Logger {
	if lambda, ok := lambdacontext.FromContext(ctx); ok {
		return a.Bot.Log.With("requestId", lambda.AwsRequestID)
	}
	return a.Bot.Log
}

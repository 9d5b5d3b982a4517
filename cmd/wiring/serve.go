package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/patchbot/patchbot/bot"
)

// batchSize is how many messages Lambda hands over at once, as the Terraform module sets it. SQS
// has no larger batches of a FIFO queue.
const batchSize = 10

// A channel's writer hands over to the next batch while others wait for it: the rest is shown then.
const (
	// sharedTime is for a batch of several channels: those that are done wait for the others, and
	// what they are signalled meanwhile waits behind it. It is longer than the 15 s that the bot
	// waits for what is to be shown next, so that nobody hands over before there is anything to do.
	sharedTime = 20 * time.Second
	// fullTime is for a full batch: behind it wait more signals of the channel, which only say
	// what its writer has seen already; ten at a time, they must not pile up for hours.
	fullTime = 10 * time.Second
)

// channelBatch is what a batch has for one channel.
type channelBatch struct {
	channel  string       // as the first signal names it; the group where none can be read
	messages []message    // in order
	signals  []bot.Signal // of the first of them, up to one that cannot be read
	err      error        // of that one
}

// serveChannels hands signals to the writers of their channels, all at once, and returns those
// messages that failed: of a channel the first and all after it, so that their order holds.
func (a *App) serveChannels(ctx context.Context, messages []message) (failed []message) {
	batches := byChannel(messages)
	ctx, cancel := withServeTime(ctx, batches, len(messages))
	defer cancel()
	failures := make([][]message, len(batches))
	var work sync.WaitGroup
	for i, batch := range batches {
		work.Go(func() { failures[i] = a.serveChannel(ctx, batch) })
	}
	work.Wait()
	for _, some := range failures {
		failed = append(failed, some...)
	}
	if len(failed) > 0 {
		if err := a.queue.deliverSoon(ctx, failed); err != nil {
			a.invocationLog(ctx).Error("cannot have signals delivered again soon", "error", err)
		}
	}
	return failed
}

// withServeTime shortens the time when others wait. Who is to tell of tags keeps all of it: what is
// told of them stands in the signals alone, and is told again with them.
func withServeTime(ctx context.Context, batches []channelBatch, messages int) (context.Context, context.CancelFunc) {
	for _, batch := range batches {
		for _, s := range batch.signals {
			if s.Tags != nil {
				return context.WithCancel(ctx)
			}
		}
	}
	switch {
	case messages >= batchSize && len(batches) == 1:
		return context.WithTimeout(ctx, fullTime)
	case len(batches) > 1:
		return context.WithTimeout(ctx, sharedTime)
	}
	return context.WithCancel(ctx)
}

// serveChannel hands the signals of one channel to its writer. One that cannot be read fails, so
// that it comes to the dead-letter queue; until then, the writer shows what there is each time.
func (a *App) serveChannel(ctx context.Context, batch channelBatch) (failed []message) {
	log := a.invocationLog(ctx).With("channel", batch.channel, "signals", len(batch.messages))
	var untold *bot.UntoldError
	err := a.Bot.ServeChannel(ctx, batch.channel, batch.signals...)
	if err != nil {
		log.Error("a channel's writer failed, its signals will be delivered again", "error", err)
	}
	switch {
	case errors.As(err, &untold):
		return batch.messages[untold.From:]
	case err != nil:
		return batch.messages
	}
	failed = batch.messages[len(batch.signals):]
	if batch.err != nil {
		log.Error("cannot read a signal", "message_id", failed[0].MessageID, "error", batch.err)
	}
	return failed
}

// byChannel sorts messages by their channel, in the order in which they came.
func byChannel(messages []message) []channelBatch {
	var batches []channelBatch
	places := map[string]int{}
	for _, m := range messages {
		i, ok := places[m.group()]
		if !ok {
			i, places[m.group()] = len(batches), len(batches)
			batches = append(batches, channelBatch{channel: m.group()})
		}
		batches[i].add(m)
	}
	return batches
}

func (b *channelBatch) add(m message) {
	b.messages = append(b.messages, m)
	if b.err != nil {
		return
	}
	s, err := readSignal(m)
	if err != nil {
		b.err = err
		return
	}
	b.signals, b.channel = append(b.signals, s), s.Channel
}

func readSignal(m message) (bot.Signal, error) {
	var s bot.Signal
	if err := json.Unmarshal([]byte(m.Body), &s); err != nil {
		return s, fmt.Errorf("decode a signal: %w", err)
	}
	if groupOf(s.Channel) != m.group() {
		return s, fmt.Errorf("a signal for channel %q is in the group %q", s.Channel, m.group())
	}
	return s, nil
}

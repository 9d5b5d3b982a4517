package slackchat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
	"github.com/patchbot/patchbot/bot/wording"
)

// visibleTo keeps the requests that whoever used a command could see in Slack anyway: nothing
// is told about those in private channels, or in direct messages, that the person is not in.
// Where that cannot be found out, nothing is told either.
func (a *App) visibleTo(ctx context.Context, c invocation, requests []bot.Request) []bot.Request {
	return slices.DeleteFunc(requests, func(r bot.Request) bool {
		if r.Approvers.Person && slices.Contains(r.Approvers.Users, c.User) {
			return false // theirs, wherever it stands
		}
		visible, err := a.isVisible(ctx, r.Place.Channel, c)
		if err != nil {
			a.Log.Warn("cannot tell who sees a channel", "request", r.ID, "error", err)
		}
		return !visible
	})
}

// The look-ups of an answer about many channels: Slack takes some 100 ms for each, allows 50 a
// minute, and waits 3 s for the whole answer. What was found out is remembered for the next try.
const (
	visibleTime = 1200 * time.Millisecond
	visiblePart = 0.6 // of the time there is
	atOnce      = 8   // also of what is loaded for an answer
)

// visibleChannels reports which of the channels that summaries stand in whoever used a command
// sees, as visibleTo does. The first ones are looked up first.
func (a *App) visibleChannels(ctx context.Context, c invocation, summaries []bot.Summary) map[string]bool {
	ctx, cancel := bot.Share(ctx, visiblePart, visibleTime)
	defer cancel()
	var channels []string
	visible := map[string]bool{}
	for _, s := range summaries {
		if s.Person != "" && s.Person == c.User { // theirs, wherever it stands
			visible[s.Channel] = true
		} else if !slices.Contains(channels, s.Channel) {
			channels = append(channels, s.Channel)
		}
	}
	sees := make([]bool, len(channels))
	eachAtOnce(len(channels), func(n int) {
		var err error
		if sees[n], err = a.isVisible(ctx, channels[n], c); err != nil {
			a.Log.Warn("cannot tell who sees a channel", "channel", channels[n], "error", err)
		}
	})
	for n, channel := range channels {
		visible[channel] = visible[channel] || sees[n]
	}
	return visible
}

// eachAtOnce calls f with every number below n, in order, some at once.
func eachAtOnce(n int, f func(i int)) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var work sync.WaitGroup
	for range min(atOnce, n) {
		work.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	work.Wait()
}

func (a *App) isVisible(ctx context.Context, channel string, c invocation) (bool, error) {
	if channel == c.Channel {
		return true, nil
	}
	if strings.HasPrefix(channel, "D") { // direct messages, which are nobody else's
		return false, nil
	}
	public, err := a.public.get(channel, a.Bot.Now(), func() (public bool, err error) {
		err = a.Chat.api(ctx, func(s *slack.Client) error {
			info, err := s.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
			if err == nil {
				public = !info.IsPrivate && !info.IsIM && !info.IsMpIM
			}
			return err
		})
		return public, err
	})
	if err != nil {
		return false, fmt.Errorf("look up channel %s: %w", channel, err)
	}
	if public {
		guest, err := a.Bot.Chat.IsOutsider(ctx, c.User) // who sees only the channels that they are in
		if err != nil || !guest {
			return err == nil, err
		}
	}
	return a.Bot.Chat.InChannel(ctx, channel, c.User)
}

// hiddenLine counts the requests of an answer that its reader does not see.
func hiddenLine(n int) string {
	return wording.Count(n, "is", "are") + " in private channels that you are not in, or that I could not check just now."
}

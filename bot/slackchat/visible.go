package slackchat

import (
	"context"
	"fmt"
	"slices"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot"
)

// visibleTo keeps the requests that whoever used a command could see in Slack anyway: nothing
// is told about those in private channels, or in direct messages, that the person is not in.
// Where that cannot be found out, nothing is told either.
func (a *App) visibleTo(ctx context.Context, c invocation, requests []bot.Request) []bot.Request {
	return slices.DeleteFunc(requests, func(r bot.Request) bool {
		visible, err := a.isVisible(ctx, r.Place.Channel, c)
		if err != nil {
			a.Log.Warn("cannot tell who sees a channel", "request", r.ID, "error", err)
		}
		return !visible
	})
}

func (a *App) isVisible(ctx context.Context, channel string, c invocation) (bool, error) {
	if channel == c.Channel {
		return true, nil
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

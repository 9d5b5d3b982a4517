package slackchat

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func TestWhatCanBeDoneAboutAnErrorOfSlack(t *testing.T) {
	code := func(s string) error { return fmt.Errorf("call: %w", slack.SlackErrorResponse{Err: s}) }
	type remedies struct{ post, update, line bot.Remedy }
	same := func(r bot.Remedy) remedies { return remedies{r, r, r} }
	for name, c := range map[string]struct {
		err   error
		want  remedies
		after time.Duration
	}{
		"a channel that is gone":              {code("channel_not_found"), same(bot.RemedyElsewhere), operatorPause},
		"a channel of another kind":           {code("restricted_action_read_only_channel"), same(bot.RemedyElsewhere), operatorPause},
		"a channel that an update finds shut": {code("is_inactive"), same(bot.RemedyElsewhere), operatorPause},
		"a code that nobody listed":           {code("ekm_access_denied_for_a_new_reason"), same(bot.RemedyElsewhere), operatorPause},
		"an app that the channel shuts out":   {code("app_access_restricted"), same(bot.RemedyElsewhere), operatorPause},
		"keys that are withheld":              {code("ekm_access_denied"), same(bot.RemedyElsewhere), operatorPause},
		"direct messages that are off":        {code("messages_tab_disabled"), same(bot.RemedyElsewhere), operatorPause},
		"no permission there":                 {code("no_permission"), same(bot.RemedyElsewhere), operatorPause},
		"a channel of threads only":           {code("restricted_action_thread_only_channel"), remedies{bot.RemedyElsewhere, bot.RemedyElsewhere, bot.RemedyDrop}, operatorPause},
		"a channel without threads":           {code("restricted_action_non_threadable_channel"), remedies{bot.RemedyElsewhere, bot.RemedyElsewhere, bot.RemedyDrop}, operatorPause},
		"a channel that moves":                {code("external_channel_migrating"), same(bot.RemedyLater), slackPause},
		"a token of another kind":             {code("not_allowed_token_type"), same(bot.RemedyNever), operatorPause},
		"a token that is not valid":           {code("invalid_auth"), same(bot.RemedyNever), operatorPause},
		"a thread that is shut":               {code("restricted_action_thread_locked"), remedies{bot.RemedyElsewhere, bot.RemedyElsewhere, bot.RemedyDrop}, operatorPause},
		"a message that takes no reply":       {code("cannot_reply_to_message"), remedies{bot.RemedyElsewhere, bot.RemedyElsewhere, bot.RemedyDrop}, operatorPause},
		"a message that was deleted":          {code("message_not_found"), remedies{bot.RemedyLater, bot.RemedyAnew, bot.RemedyAnew}, 0},
		"a thread whose message was deleted":  {code("thread_not_found"), remedies{bot.RemedyLater, bot.RemedyAnew, bot.RemedyAnew}, 0},
		"content that Slack never takes":      {code("invalid_blocks"), remedies{bot.RemedyNever, bot.RemedyNever, bot.RemedyDrop}, operatorPause},
		"a revoked token":                     {code("token_revoked"), same(bot.RemedyNever), operatorPause},
		"a fault of Slack's":                  {code("internal_error"), same(bot.RemedyLater), slackPause},
		"an update that failed":               {code("update_failed"), same(bot.RemedyLater), slackPause},
		"too many calls, with a time":         {&slack.RateLimitedError{RetryAfter: 7 * time.Second}, same(bot.RemedyHold), 7 * time.Second},
		"too many calls, without":             {slack.StatusCodeError{Code: 429}, same(bot.RemedyLater), slackPause},
		"a lost connection":                   {errors.New("connection reset"), same(bot.RemedyLater), slackPause},
	} {
		t.Run(name, func(t *testing.T) {
			remedy := func(err error) (bot.Remedy, time.Duration) {
				var refused *bot.ChatError
				require.ErrorAs(t, err, &refused)
				require.ErrorIs(t, err, c.err)
				return refused.Remedy, refused.After
			}
			var got remedies
			var after time.Duration
			got.post, _ = remedy(refusedPost(c.err))
			got.line, _ = remedy(refusedLine(c.err))
			got.update, after = remedy(refusedUpdate(c.err))
			require.Equal(t, c.want, got)
			require.Equal(t, c.after, after)
		})
	}
	require.NoError(t, refusedPost(nil))
	require.NoError(t, refusedUpdate(nil))
	require.NoError(t, refusedLine(nil))
}

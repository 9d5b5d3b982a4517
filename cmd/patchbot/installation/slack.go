package installation

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/patchbot/patchbot/bot/slackchat"
	"github.com/patchbot/patchbot/cmd/wiring"
)

// SlackAPI is what setup and doctor ask of Slack; *slack.Client implements it.
type SlackAPI interface {
	AuthTestContext(ctx context.Context) (*slack.AuthTestResponse, error)
	GetConversationInfoContext(ctx context.Context, input *slack.GetConversationInfoInput) (*slack.Channel, error)
	GetUserInfoContext(ctx context.Context, user string, options ...slack.GetUserInfoOption) (*slack.User, error)
	GetUsersInConversationContext(ctx context.Context, params *slack.GetUsersInConversationParameters) (members []string, cursor string, err error)
	GetUserGroupMembersContext(ctx context.Context, group string, options ...slack.GetUserGroupMembersOption) ([]string, error)
	PostMessageContext(ctx context.Context, channel string, options ...slack.MsgOption) (channelID, ts string, err error)
}

// NewSlack is Slack's Web API as the token sees it.
func NewSlack(token, apiURL string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(strings.TrimSuffix(apiURL, "/")+"/"), slack.OptionHTTPClient(&http.Client{Timeout: 15 * time.Second}))
}

// SlackURL is where the Web API lives, as the functions read it.
func SlackURL() string {
	if url := os.Getenv("SLACK_API_URL"); url != "" {
		return url
	}
	return wiring.DefaultSlackAPIURL
}

// Identify asks who the token is, and which scopes it lacks.
func Identify(ctx context.Context, client SlackAPI) (identity *slack.AuthTestResponse, missing []string, err error) {
	if identity, err = client.AuthTestContext(ctx); err != nil {
		return nil, nil, err
	}
	granted := strings.Split(identity.Header.Get("X-OAuth-Scopes"), ",")
	for i := range granted {
		granted[i] = strings.TrimSpace(granted[i])
	}
	for _, scope := range slackchat.Scopes() {
		if !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	return identity, missing, nil
}

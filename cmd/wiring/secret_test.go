package wiring

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseSecret(t *testing.T) {
	s, err := ParseSecret(`{"bot_token": "xoxb-1", "signing_secret": "new"}`)
	require.NoError(t, err)
	require.Equal(t, Secret{BotToken: "xoxb-1", SigningSecret: "new"}, s)
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	require.Equal(t, []string{"new"}, s.signing(now))

	s, err = ParseSecret(`{"bot_token": "xoxb-1", "signing_secret": "new", "previous_signing_secret": "old", "previous_until": "2026-11-25T09:00:01Z"}`)
	require.NoError(t, err)
	require.Equal(t, []string{"new", "old"}, s.signing(now))

	s, err = ParseSecret(`{"bot_token": "xoxb-1", "signing_secret": "new", "previous_signing_secret": "old"}`)
	require.NoError(t, err)
	require.Equal(t, []string{"new"}, s.signing(now), "one without an end stayed for ever")
}

func TestParseSecretNamesWhatIsWrongAndQuotesNothing(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"only the token":             {`xoxb-hush`, "not a JSON object"},
		"a JSON string":              {`"xoxb-hush"`, "not a JSON object"},
		"null":                       {`null`, "not a JSON object"},
		"an unfinished object":       {`{"bot_token": "xoxb-hush`, "not a JSON object"},
		"two objects":                {`{"bot_token": "xoxb-hush", "signing_secret": "hush"} {}`, "not a JSON object"},
		"no signing secret":          {`{"bot_token": "xoxb-hush"}`, "signing_secret is missing"},
		"no token":                   {`{"signing_secret": "hush"}`, "bot_token is missing"},
		"a token of another kind":    {`{"bot_token": "xoxp-hush", "signing_secret": "hush"}`, "bot_token in the secret does not begin with xoxb-"},
		"a token that is a number":   {`{"bot_token": 5432, "signing_secret": "hush"}`, "bot_token in the secret is not a string"},
		"a token that is null":       {`{"bot_token": null, "signing_secret": "hush"}`, "bot_token in the secret is not a string"},
		"an empty signing secret":    {`{"bot_token": "xoxb-hush", "signing_secret": ""}`, "signing_secret in the secret is empty"},
		"a line break at the end":    {`{"bot_token": "xoxb-hush", "signing_secret": "hush\n"}`, "signing_secret in the secret holds spaces"},
		"a member in another case":   {`{"bot_token": "xoxb-hush", "Signing_Secret": "hush"}`, "signing_secret is missing"},
		"an end that is no time":     {`{"bot_token": "xoxb-hush", "signing_secret": "hush", "previous_until": "hush"}`, "previous_until in the secret is not a time"},
		"a member that is not known": {`{"bot_token": "xoxb-hush", "signing_secret": "hush", "hush": ""}`, "members other than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseSecret(c.data)
			require.ErrorContains(t, err, c.want)
			for _, value := range []string{"hush", "5432"} {
				require.NotContains(t, err.Error(), value)
			}
		})
	}
}

func TestASecretDoesNotPrint(t *testing.T) {
	s := Secret{BotToken: "xoxb-hush", SigningSecret: "hush"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "secret", s)
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %s", s, s, s), log.String()} {
		require.NotContains(t, text, "hush")
		require.Contains(t, text, hidden)
	}
}

package setup

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/patchbot/commandtest"
	"github.com/patchbot/patchbot/cmd/patchbot/doctor"
	"github.com/patchbot/patchbot/cmd/patchbot/installationtest"
	"github.com/patchbot/patchbot/cmd/wiring"
)

func TestSetupStoresWhatSlackAccepts(t *testing.T) {
	d := installationtest.Deploy(t)
	d.Environment(t)
	d.PutSecret(`{}`)
	for name, refused := range map[string]struct {
		typed string
		want  string
	}{
		"one line":                {installationtest.BotToken + "\n", "read the signing secret"},
		"a token of another kind": {"xoxp-user\n" + installationtest.SigningSecret + "\n", "does not begin with xoxb-"},
		"a token Slack refuses":   {"xoxb-other\n" + installationtest.SigningSecret + "\n", "slack does not accept the token"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, err := commandtest.Output(t, &Command{}, strings.NewReader(refused.typed))
			require.ErrorContains(t, err, refused.want)
			require.NotContains(t, out+errs+err.Error(), installationtest.SigningSecret)
			require.Equal(t, `{}`, stored(t, d), "nothing was stored")
		})
	}

	out, errs, err := commandtest.Output(t, &Command{}, strings.NewReader(installationtest.BotToken+"\n"+installationtest.SigningSecret+"\n"))
	require.NoError(t, err)
	require.Contains(t, out, "Posted a test message")
	require.NotContains(t, out+errs, installationtest.SigningSecret)
	messages := d.Slack.Messages(d.Installation.DefaultChannel)
	require.Contains(t, messages[len(messages)-1].Text, "patchbot is installed")
	found, _, err := commandtest.Output(t, &doctor.Command{}, nil)
	require.NoError(t, err, found)
	require.NotContains(t, found, "⚠️")

	require.NotContains(t, out, "previous signing secret")

	for _, again := range []struct{ name, typed, previous string }{
		{"the same signing secret begins no rotation", installationtest.SigningSecret, ""},
		{"another signing secret is a rotation", "rotated", installationtest.SigningSecret},
		{"the same signing secret does not end the rotation", "rotated", installationtest.SigningSecret},
		{"the next rotation replaces the previous one", "rotated-again", "rotated"},
	} {
		t.Run(again.name, func(t *testing.T) {
			out, _, err := commandtest.Output(t, &Command{}, strings.NewReader(installationtest.BotToken+"\n"+again.typed+"\n"))
			require.NoError(t, err)
			require.Equal(t, again.previous != "", strings.Contains(out, "The previous signing secret is accepted, too"), out)
			secret, err := wiring.ParseSecret(stored(t, d))
			require.NoError(t, err)
			require.Equal(t, again.typed, secret.SigningSecret)
			require.Equal(t, again.previous, secret.PreviousSigningSecret)
			if again.previous != "" {
				require.WithinDuration(t, time.Now().Add(rotationTime), secret.PreviousUntil, time.Minute)
			}
		})
	}
}

func TestSetupEndsAPreviousSigningSecretAtOnce(t *testing.T) {
	d := installationtest.Deploy(t)
	d.Environment(t)
	d.PutSecret(`{"bot_token": "xoxb-kept", "signing_secret": "kept", "previous_signing_secret": "leaked", "previous_until": "2100-01-01T00:00:00Z"}`)
	for _, said := range []string{"The previous signing secret has ended.", "There is no previous signing secret."} {
		out, _, err := commandtest.Output(t, &Command{}, nil, "--revoke")
		require.NoError(t, err)
		require.Contains(t, out, said)
		require.JSONEq(t, `{"bot_token": "xoxb-kept", "signing_secret": "kept"}`, stored(t, d))
	}
}

// stored is the value of the secret.
func stored(t *testing.T, d *installationtest.Deployment) string {
	t.Helper()
	out, err := d.Account.Secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &d.Installation.SecretARN})
	require.NoError(t, err)
	return *out.SecretString
}

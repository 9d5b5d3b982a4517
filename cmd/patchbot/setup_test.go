package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/cmd/wiring"
)

func (c *clinic) setup(t *testing.T) {
	c.environment(t)
	c.putSecret(`{}`)
	for name, refused := range map[string]struct {
		typed string
		want  string
	}{
		"one line":                {goodToken + "\n", "read the signing secret"},
		"a token of another kind": {"xoxp-user\n" + signing + "\n", "does not begin with xoxb-"},
		"a token Slack refuses":   {"xoxb-other\n" + signing + "\n", "slack does not accept the token"},
	} {
		t.Run(name, func(t *testing.T) {
			status, out, errs := runCommand(t, strings.NewReader(refused.typed), "setup")
			require.NotZero(t, status)
			require.Contains(t, errs, refused.want)
			require.NotContains(t, out+errs, signing)
			require.Equal(t, "secret", c.examine()[0].Check, "nothing was stored")
		})
	}

	status, out, errs := runCommand(t, strings.NewReader(goodToken+"\n"+signing+"\n"), "setup")
	require.Zero(t, status, errs)
	require.Contains(t, out, "Posted a test message")
	require.NotContains(t, out+errs, signing)
	messages := c.slack.Messages(c.where.DefaultChannel)
	require.Contains(t, messages[len(messages)-1].Text, "patchbot is installed")
	require.Empty(t, c.examine())

	require.NotContains(t, out, "previous signing secret")

	for _, again := range []struct{ name, signing, previous string }{
		{"the same signing secret begins no rotation", signing, ""},
		{"another signing secret is a rotation", "rotated", signing},
		{"the same signing secret does not end the rotation", "rotated", signing},
		{"the next rotation replaces the previous one", "rotated-again", "rotated"},
	} {
		t.Run(again.name, func(t *testing.T) {
			status, out, errs := runCommand(t, strings.NewReader(goodToken+"\n"+again.signing+"\n"), "setup")
			require.Zero(t, status, errs)
			require.Equal(t, again.previous != "", strings.Contains(out, "The previous signing secret is accepted, too"), out)
			stored, err := c.cloud.Secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &c.where.SecretARN})
			require.NoError(t, err)
			secret, err := wiring.ParseSecret(*stored.SecretString)
			require.NoError(t, err)
			require.Equal(t, again.signing, secret.SigningSecret)
			require.Equal(t, again.previous, secret.PreviousSigningSecret)
		})
	}
}

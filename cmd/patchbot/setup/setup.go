// Package setup connects an installation with Slack: it checks and stores the bot token and
// the signing secret, and posts a test message.
package setup

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/slack-go/slack"
	"golang.org/x/term"

	"github.com/patchbot/patchbot/cmd/patchbot/installation"
	"github.com/patchbot/patchbot/cmd/patchbot/terminal"
	"github.com/patchbot/patchbot/cmd/wiring"
)

// Command connects an installation with Slack.
type Command struct {
	Name   string `default:"patchbot" help:"The installation's name: the Terraform variable name."`
	Revoke bool   `help:"Only end the previous signing secret, which else stays valid for 24 hours after a rotation."`
}

// rotationTime is how long the previous signing secret stays valid: Slack may still use it.
const rotationTime = 24 * time.Hour

// Run asks for the two secrets, checks them with Slack, stores them, and posts a test
// message. Nothing is stored before Slack has accepted the token.
func (c Command) Run(ctx context.Context, t terminal.Terminal) error {
	account, where, err := installation.Open(ctx, c.Name)
	if err != nil {
		return err
	}
	if c.Revoke {
		return revoke(ctx, t, account.Secrets, where.SecretARN)
	}
	return setup(ctx, t, account.Secrets, where, installation.SlackURL())
}

func setup(ctx context.Context, t terminal.Terminal, secrets *secretsmanager.Client, where installation.Installation, apiURL string) error {
	secret, err := askSecret(t)
	if err != nil {
		return err
	}
	client := installation.NewSlack(secret.BotToken, apiURL)
	identity, missing, err := installation.Identify(ctx, client)
	if err != nil {
		return fmt.Errorf("slack does not accept the token (%w); nothing was stored. Copy the “Bot User OAuth Token” from the app's page “Install App”", err)
	}
	if len(missing) > 0 {
		return fmt.Errorf("the token lacks the scopes %s; nothing was stored. Add them on the app's page “OAuth & Permissions”, install the app again, and use the new token", strings.Join(missing, ", "))
	}
	_, _ = fmt.Fprintf(t.Out, "✅ The token is valid for @%s in %s and has every scope.\n", identity.User, identity.Team)

	until, err := store(ctx, secrets, where.SecretARN, secret, time.Now())
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(t.Out, "✅ Stored both in", where.SecretARN)
	if !until.IsZero() {
		_, _ = fmt.Fprintf(t.Out, "   The previous signing secret is accepted, too, until %s. If it leaked, end it now:\n   patchbot setup --revoke\n", until.UTC().Format("Mon 2 Jan, 15:04 UTC"))
	}
	return postTest(ctx, t, client, where)
}

// postTest shows that the bot can speak where requests without an owner go.
func postTest(ctx context.Context, t terminal.Terminal, client installation.SlackAPI, where installation.Installation) error {
	_, _, err := client.PostMessageContext(ctx, where.DefaultChannel,
		slack.MsgOptionText("patchbot is installed. Requests about instances without an owner or a channel of their own are asked here. `/patch help` says what I know.", false))
	if err != nil {
		return fmt.Errorf("the secrets are stored, but the test message was not posted to channel %s: %w. Type /invite @patchbot there and run patchbot setup again", where.DefaultChannel, err)
	}
	_, _ = fmt.Fprintf(t.Out, "✅ Posted a test message to %s.\nNow run patchbot doctor.\n", where.DefaultChannel)
	return nil
}

// askSecret reads the bot token and the signing secret, a line each, without showing them
// where the terminal can hide them.
func askSecret(t terminal.Terminal) (wiring.Secret, error) {
	lines := bufio.NewReader(t.In)
	ask := func(what string) (string, error) {
		_, _ = fmt.Fprint(t.Err, what+": ")
		defer func() { _, _ = fmt.Fprintln(t.Err) }()
		if f, ok := t.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			typed, err := term.ReadPassword(int(f.Fd()))
			return strings.TrimSpace(string(typed)), err
		}
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		return strings.TrimSpace(line), err
	}
	var s wiring.Secret
	var err error
	if s.BotToken, err = ask("Bot User OAuth Token (page “Install App”, xoxb-…)"); err != nil {
		return s, fmt.Errorf("read the bot token: %w; expected two lines, the token and the signing secret", err)
	}
	if s.SigningSecret, err = ask("Signing Secret (page “Basic Information”)"); err != nil {
		return s, fmt.Errorf("read the signing secret: %w; expected two lines, the token and the signing secret", err)
	}
	if _, err := wiring.ParseSecret(encode(s)); err != nil {
		return s, terminal.UsageError(err.Error() + "; nothing was stored")
	}
	return s, nil
}

func encode(s wiring.Secret) string {
	members := map[string]string{"bot_token": s.BotToken, "signing_secret": s.SigningSecret}
	if s.PreviousSigningSecret != "" {
		members["previous_signing_secret"] = s.PreviousSigningSecret
		members["previous_until"] = s.PreviousUntil.UTC().Format(time.RFC3339)
	}
	data, _ := json.Marshal(members) // strings always marshal
	return string(data)
}

// store writes the secret, and says until when a previous signing secret is accepted beside
// the new one; the zero time when none is.
func store(ctx context.Context, client *secretsmanager.Client, arn string, s wiring.Secret, now time.Time) (until time.Time, err error) {
	stored, err := storedSecret(ctx, client, arn)
	if err != nil {
		return time.Time{}, fmt.Errorf("read secret %s: %w", arn, err)
	}
	s = withPrevious(s, stored, now)
	return s.PreviousUntil, put(ctx, client, arn, s)
}

func put(ctx context.Context, client *secretsmanager.Client, arn string, s wiring.Secret) error {
	value := encode(s)
	if _, err := client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &arn, SecretString: &value}); err != nil {
		return fmt.Errorf("write secret %s: %w", arn, err)
	}
	return nil
}

// withPrevious keeps the signing secret that stays valid beside the one that is being stored,
// since Slack may still use it. An unchanged one keeps the previous one, as long as that is
// valid: running setup again, say for a new token, does not end a rotation. A changed one is a
// rotation: the stored one becomes the previous one.
func withPrevious(s, stored wiring.Secret, now time.Time) wiring.Secret {
	switch {
	case stored.SigningSecret == "":
	case s.SigningSecret != stored.SigningSecret:
		s.PreviousSigningSecret, s.PreviousUntil = stored.SigningSecret, now.Add(rotationTime)
	case now.Before(stored.PreviousUntil):
		s.PreviousSigningSecret, s.PreviousUntil = stored.PreviousSigningSecret, stored.PreviousUntil
	}
	return s
}

// revoke ends the previous signing secret. Functions that run have it until they read the
// secret again.
func revoke(ctx context.Context, t terminal.Terminal, client *secretsmanager.Client, arn string) error {
	s, err := storedSecret(ctx, client, arn)
	switch {
	case err != nil:
		return fmt.Errorf("read secret %s: %w", arn, err)
	case s.SigningSecret == "":
		return fmt.Errorf("the secret %s holds nothing that could be kept; run patchbot setup", arn)
	case s.PreviousSigningSecret == "":
		_, _ = fmt.Fprintln(t.Out, "✅ There is no previous signing secret.")
		return nil
	}
	s.PreviousSigningSecret, s.PreviousUntil = "", time.Time{}
	if err := put(ctx, client, arn, s); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(t.Out, "✅ The previous signing secret has ended. Functions that run notice within five minutes.")
	return nil
}

// storedSecret reads the secret; one that was never set up, or that the functions could not
// read either, is empty.
func storedSecret(ctx context.Context, client *secretsmanager.Client, arn string) (wiring.Secret, error) {
	out, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	var empty *types.ResourceNotFoundException
	if errors.As(err, &empty) { // a secret without a value yet is not found either
		return wiring.Secret{}, nil
	}
	if err != nil {
		return wiring.Secret{}, err
	}
	s, err := wiring.ParseSecret(aws.ToString(out.SecretString))
	if err != nil {
		return wiring.Secret{}, nil
	}
	return s, nil
}

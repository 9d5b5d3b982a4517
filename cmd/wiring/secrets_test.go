package wiring

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/stretchr/testify/require"
)

const (
	secretARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:patchbot-slack-a1b2c3"
	firstKeys = `{"bot_token": "xoxb-first", "signing_secret": "first"}`
	nextKeys  = `{"bot_token": "xoxb-slacksim", "signing_secret": "next", "previous_signing_secret": "first", "previous_until": "2100-01-01T00:00:00Z"}`
)

// secretsManager is a Secrets Manager with one secret.
type secretsManager struct {
	secret *string
	err    error
	reads  int
}

func (v *secretsManager) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	v.reads++
	if *in.SecretId != secretARN {
		return nil, errors.New("no such secret")
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: v.secret}, v.err
}

func (v *secretsManager) put(secret string) { v.secret = &secret }

// clock shows the time that it is set to.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func (c *clock) pass(d time.Duration) { c.Time = c.Add(d) }

func readFirst(t *testing.T, log *slog.Logger) (*Secrets, *secretsManager, *clock) {
	t.Helper()
	v, c := &secretsManager{}, &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	v.put(firstKeys)
	s, err := ReadSecrets(t.Context(), v, secretARN, c.now, log)
	require.NoError(t, err)
	return s, v, c
}

func TestSecretsAreReadOnce(t *testing.T) {
	s, v, _ := readFirst(t, slog.New(slog.DiscardHandler))
	for range 3 {
		require.Equal(t, "xoxb-first", s.Current().BotToken)
		signing, err := s.SigningSecrets(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"first"}, signing)
	}
	require.Equal(t, 1, v.reads)
}

func TestSecretsThatCannotBeReadStopTheStart(t *testing.T) {
	for name, v := range map[string]*secretsManager{
		"Secrets Manager refuses":   {err: errors.New("AccessDeniedException")},
		"the secret is binary":      {},
		"the secret has no content": {secret: new(string)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadSecrets(t.Context(), v, secretARN, time.Now, slog.New(slog.DiscardHandler))
			require.ErrorContains(t, err, "read secret "+secretARN)
		})
	}
}

func TestASecretWithoutAValueIsLookedForAgain(t *testing.T) {
	v, c := &secretsManager{err: &types.ResourceNotFoundException{}}, &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	s, err := ReadSecrets(t.Context(), v, secretARN, c.now, slog.New(slog.DiscardHandler))
	require.NoError(t, err, "before patchbot setup")
	signing, err := s.SigningSecrets(t.Context())
	require.NoError(t, err)
	require.Empty(t, signing)

	v.err = nil
	v.put(firstKeys)
	c.pass(renewEvery)
	found, ok := s.Renew(t.Context(), s.Current())
	require.True(t, ok)
	require.Equal(t, "xoxb-first", found.BotToken)
}

func TestRenewReadsAgainAtMostOnceAMinute(t *testing.T) {
	s, v, c := readFirst(t, slog.New(slog.DiscardHandler))
	refused := s.Current()
	v.put(nextKeys)

	c.pass(renewEvery - 1)
	_, ok := s.Renew(t.Context(), refused)
	require.False(t, ok, "a minute has not passed")
	require.Equal(t, 1, v.reads)

	c.pass(1)
	newer, ok := s.Renew(t.Context(), refused)
	require.True(t, ok)
	require.Equal(t, "xoxb-slacksim", newer.BotToken)
	require.Equal(t, 2, v.reads)

	again, ok := s.Renew(t.Context(), refused)
	require.True(t, ok, "who was refused with the old one gets what somebody else has read")
	require.Equal(t, newer, again)
	require.Equal(t, 2, v.reads)

	for range 100 {
		_, ok = s.Renew(t.Context(), newer)
		require.False(t, ok)
	}
	require.Equal(t, 2, v.reads, "bad signatures cause no calls")
	c.pass(renewEvery)
	_, ok = s.Renew(t.Context(), newer)
	require.False(t, ok, "nothing has changed")
	require.Equal(t, 3, v.reads)
}

func TestRenewKeepsTheOldSecretWhenTheNewOneCannotBeRead(t *testing.T) {
	for name, spoil := range map[string]func(*secretsManager){
		"Secrets Manager refuses":     func(v *secretsManager) { v.err = errors.New("ThrottlingException") },
		"the new secret is malformed": func(v *secretsManager) { v.put(`{"bot_token": "xoxb-hush"}`) },
	} {
		t.Run(name, func(t *testing.T) {
			log := &lines{}
			s, v, c := readFirst(t, log.logger())
			spoil(v)
			c.pass(renewEvery)
			refused := s.Current()
			for range 10 {
				_, ok := s.Renew(t.Context(), refused)
				require.False(t, ok)
			}
			require.Equal(t, 2, v.reads)
			require.Equal(t, refused, s.Current())
			require.Equal(t, []string{"cannot read the secret again, the old one stays"}, log.messages(t))
			require.NotContains(t, log.String(), "hush")
		})
	}
}

func TestAWarmFunctionLooksForAnotherSecretEveryFiveMinutes(t *testing.T) {
	log := &lines{}
	s, v, c := readFirst(t, log.logger())
	v.put(`{"bot_token": "xoxb-slacksim", "signing_secret": "next"}`) // the first one leaked
	signing := func() []string {
		secrets, err := s.SigningSecrets(t.Context())
		require.NoError(t, err)
		return secrets
	}
	c.pass(readEvery - 1)
	require.Equal(t, []string{"first"}, signing())
	c.pass(1)
	require.Equal(t, []string{"next"}, signing())
	require.Equal(t, 2, v.reads)

	c.pass(readEvery)
	v.err = errors.New("ThrottlingException")
	require.Equal(t, []string{"next"}, signing(), "the old one counts while there is no other")
}

func TestThePreviousSigningSecretEndsByItself(t *testing.T) {
	s, v, c := readFirst(t, slog.New(slog.DiscardHandler))
	v.put(`{"bot_token": "xoxb-1", "signing_secret": "next", "previous_signing_secret": "first", "previous_until": "2026-11-24T10:00:00Z"}`)
	c.pass(readEvery)
	signing, err := s.SigningSecrets(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"next", "first"}, signing)
	c.pass(24*time.Hour - readEvery - 1)
	signing, err = s.SigningSecrets(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"next", "first"}, signing)
	c.pass(1)
	signing, err = s.SigningSecrets(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"next"}, signing)
}

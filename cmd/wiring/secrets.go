package wiring

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// renewEvery bounds how often the secret is read again: requests that nobody signed must
// not become calls of Secrets Manager.
const renewEvery = time.Minute

// readEvery is how old a secret may be that requests are verified with, so that one that
// leaked can be ended everywhere by writing another.
const readEvery = 5 * time.Minute

// SecretsClient is what Secrets calls; *secretsmanager.Client implements it.
type SecretsClient interface {
	GetSecretValue(ctx context.Context, in *secretsmanager.GetSecretValueInput, options ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// Secrets keeps the secret, and reads it again when Slack or a signature says that it is
// not right any more, and every five minutes. So a rotation needs no new deployment.
type Secrets struct {
	client SecretsClient
	arn    string
	now    func() time.Time
	log    *slog.Logger

	mu      sync.Mutex
	current Secret
	readAt  time.Time // of the last attempt
}

// ReadSecrets reads the secret for the first time. Before `patchbot setup` has written a
// value there is none to read: the functions start all the same, and look again when
// Slack or a signature refuses the empty one.
func ReadSecrets(ctx context.Context, client SecretsClient, arn string, now func() time.Time, log *slog.Logger) (*Secrets, error) {
	s := &Secrets{client: client, arn: arn, now: now, log: log, readAt: now()}
	var err error
	s.current, err = s.read(ctx)
	var empty *types.ResourceNotFoundException
	if errors.As(err, &empty) {
		log.Warn("the secret has no value yet, run patchbot setup", "error", err)
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Current returns the secret as it was read last.
func (s *Secrets) Current() Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// SigningSecrets lists the secrets that a request may be signed with; it is a
// slackchat.SigningSecrets. While the secret cannot be read again, the old one counts.
func (s *Secrets) SigningSecrets(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.readAt) >= readEvery {
		s.readAgain(ctx)
	}
	return s.current.signing(s.now()), nil
}

// Renew returns the secret that has taken the place of a refused one, reading it again
// unless that was done within the last minute. It reports false when there is no other.
func (s *Secrets) Renew(ctx context.Context, refused Secret) (Secret, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == refused && s.now().Sub(s.readAt) >= renewEvery {
		s.readAgain(ctx)
	}
	return s.current, s.current != refused
}

// readAgain replaces the secret, unless it cannot be read. The caller holds the lock.
func (s *Secrets) readAgain(ctx context.Context) {
	s.readAt = s.now()
	secret, err := s.read(ctx)
	if err != nil {
		s.log.Error("cannot read the secret again, the old one stays", "error", err)
		return
	}
	s.log.Info("read the secret again", "changed", secret != s.current)
	s.current = secret
}

func (s *Secrets) read(ctx context.Context) (Secret, error) {
	out, err := s.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.arn})
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %s: %w", s.arn, err)
	}
	if out.SecretString == nil {
		return Secret{}, fmt.Errorf("read secret %s: %w", s.arn, errors.New("the secret is not text"))
	}
	secret, err := ParseSecret(*out.SecretString)
	if err != nil {
		return Secret{}, fmt.Errorf("read secret %s: %w", s.arn, err)
	}
	return secret, nil
}

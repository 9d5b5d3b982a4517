package wiring

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Secret is what Slack gave us to be known by, as it is kept in Secrets Manager:
//
//	{"bot_token": "xoxb-…", "signing_secret": "…",
//	 "previous_signing_secret": "…", "previous_until": "2026-11-26T09:00:00Z"}
//
// The previous signing secret is there while it is being rotated, and ends by itself: one
// without an end is not accepted. A Secret prints and logs as a placeholder.
type Secret struct {
	BotToken              string
	SigningSecret         string
	PreviousSigningSecret string    // may be empty
	PreviousUntil         time.Time // when the previous one ends; zero: it has ended
}

const hidden = "[secret]"

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return hidden }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// signing lists the secrets that a request may be signed with now, none before the setup.
func (s Secret) signing(now time.Time) []string {
	secrets := []string{s.SigningSecret}
	if now.Before(s.PreviousUntil) {
		secrets = append(secrets, s.PreviousSigningSecret)
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}

// ParseSecret reads a secret. Its errors name members and never quote what was found,
// nor what the JSON decoder says about it.
func ParseSecret(data string) (Secret, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(data), &members); err != nil || members == nil {
		return Secret{}, errors.New(`the secret is not a JSON object {"bot_token": "…", "signing_secret": "…"}`)
	}
	var s Secret
	var until string
	errs := []error{
		member(members, "bot_token", &s.BotToken, "xoxb-", true),
		member(members, "signing_secret", &s.SigningSecret, "", true),
		member(members, "previous_signing_secret", &s.PreviousSigningSecret, "", false),
		member(members, "previous_until", &until, "", false),
	}
	if until != "" {
		var err error
		if s.PreviousUntil, err = time.Parse(time.RFC3339, until); err != nil {
			errs = append(errs, errors.New("previous_until in the secret is not a time such as 2026-11-26T09:00:00Z"))
		}
	}
	if len(members) > 0 {
		errs = append(errs, errors.New("the secret has members other than bot_token, signing_secret, previous_signing_secret and previous_until"))
	}
	if err := errors.Join(errs...); err != nil {
		return Secret{}, err
	}
	return s, nil
}

// member moves one member from the object into a field.
func member(members map[string]json.RawMessage, name string, field *string, prefix string, required bool) error {
	raw, ok := members[name]
	delete(members, name)
	switch {
	case !ok && required:
		return fmt.Errorf("%s is missing in the secret", name)
	case !ok:
		return nil
	case raw[0] != '"' || json.Unmarshal(raw, field) != nil:
		return fmt.Errorf("%s in the secret is not a string", name)
	case *field == "" && required:
		return fmt.Errorf("%s in the secret is empty", name)
	case !strings.HasPrefix(*field, prefix):
		return fmt.Errorf("%s in the secret does not begin with %s", name, prefix)
	case slices.ContainsFunc([]rune(*field), func(r rune) bool { return r <= ' ' || r > '~' }):
		return fmt.Errorf("%s in the secret holds spaces or characters that none of Slack's have", name)
	}
	return nil
}

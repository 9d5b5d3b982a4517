package bot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
)

// ViaEmail is the Actor's Via of somebody who came by a mail's link.
const ViaEmail = "email"

// MailKey is the secret in a mail's link, 32 characters of base64url. Whoever holds it may decide
// its request, once. It prints and logs as a placeholder; the store knows its SHA-256 alone.
type MailKey string

// String hides the key.
func (MailKey) String() string { return "[mail key]" }

// GoString hides the key from %#v.
func (MailKey) GoString() string { return "[mail key]" }

// LogValue hides the key from slog.
func (MailKey) LogValue() slog.Value { return slog.StringValue("[mail key]") }

// Reveal returns the key itself, for the mail's link and the page's form.
func (k MailKey) Reveal() string { return string(k) }

// keyBytes are 192 bits: nobody guesses them.
const keyBytes = 24

// keptKeys is how many links of a request work: a mail that is sent again has a new one, and the
// one before it may have arrived all the same. Each reminder sends one, of which there are ten and an
// escalation at most.
const keptKeys = 12

func newMailKey() MailKey {
	random := make([]byte, keyBytes)
	_, _ = rand.Read(random) // never fails; see its documentation
	return MailKey(base64.RawURLEncoding.EncodeToString(random))
}

func (k MailKey) hash() string {
	sum := sha256.Sum256([]byte(k))
	return hex.EncodeToString(sum[:])
}

// withKey keeps a new key's hash in place of the oldest.
func (m Mail) withKey(k MailKey) Mail {
	keys := append(m.Keys[:len(m.Keys):len(m.Keys)], k.hash())
	m.Keys = keys[max(0, len(keys)-keptKeys):]
	return m
}

// opens reports whether a key is of one of the newest links.
func (m Mail) opens(k MailKey) bool {
	hash, same := []byte(k.hash()), 0
	for _, kept := range m.Keys {
		same |= subtle.ConstantTimeCompare([]byte(kept), hash)
	}
	return same == 1
}

// ByMailKey loads the request that a mail's link is about. It returns ErrNotFound for an unknown
// request, for another key, and where no link is to decide any more; which of them, nobody is told.
func (b *Bot) ByMailKey(ctx context.Context, id string, key MailKey) (Request, error) {
	r, _, err := b.byMailKey(ctx, id, key)
	return r, err
}

func (b *Bot) byMailKey(ctx context.Context, id string, key MailKey) (Request, Owner, error) {
	if !b.ApprovalPage {
		return Request{}, Owner{}, ErrNotFound
	}
	r, err := b.load(ctx, id)
	if err != nil {
		return Request{}, Owner{}, err
	}
	if !r.Mail.opens(key) {
		return Request{}, Owner{}, fmt.Errorf("a link to request %s: %w", id, ErrNotFound)
	}
	o, err := b.owner(ctx, r.Owner)
	if err == nil && !b.opensPage(o) {
		err = fmt.Errorf("a page of owner %s: %w", r.Owner, ErrNotFound)
	}
	if err != nil {
		return Request{}, Owner{}, err
	}
	return r, o, nil
}

// NameLength is how much of a name that somebody typed is kept, in characters.
const NameLength = 80

// DecideByMail records what somebody decided who came by a mail's link: the link is what allows it,
// the name what they say of themselves. It returns what Decide does, and ErrNotFound as ByMailKey.
//
// All links of a request are one voice, for one mail went to one address. Where several approvals
// are needed, what came by mail is at most one of them: such a decider has no User.
func (b *Bot) DecideByMail(ctx context.Context, id string, key MailKey, name string, action Action) (Request, Refusal, error) {
	r, o, err := b.byMailKey(ctx, id, key)
	if err != nil {
		return r, "", err
	}
	m := mandate{owner: o, approvers: b.approversNow(o, r), actor: Actor{Via: ViaEmail, Name: Tidy(name, NameLength), Approver: true}}
	c, err := b.changeLoaded(ctx, r, b.decision(r, m, action, b.Now()))
	return c.Request, c.Answer, err
}

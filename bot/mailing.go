package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Mails are sent by the sweep alone, one after the other: what arises for an owner within a minute
// is one mail, however many requests it is about, and an address that several owners share gets a
// few mails a second at most. SNS suspends one that gets more than ten.
const mailPause = 200 * time.Millisecond

// mailSize is how many requests one mail is about, at most: with the longest titles of patches it stays
// below the 256 KiB that SNS takes.
const mailSize = 50

// mailing is what is to be told in one mail.
type mailing struct {
	owner    string
	requests []Request
}

// mailBatch sends the mails of what is due to be mailed, and does the rest of these requests' work.
func (b *Bot) mailBatch(ctx context.Context, found []Request) error {
	var mailings []*mailing
	var others []Request
	place := map[string]*mailing{}
	for _, r := range byName(found) {
		if _, due := r.mailDue(b.Now()); !due {
			others = append(others, r)
			continue
		}
		key := fmt.Sprint(r.mailAbout(b.Now()) == MailQuestion, strings.ToLower(r.Owner))
		if place[key] == nil || len(place[key].requests) == mailSize {
			place[key] = &mailing{owner: r.Owner}
			mailings = append(mailings, place[key])
		}
		place[key].requests = append(place[key].requests, r)
	}
	errs := []error{b.sweepBatch(ctx, others)}
	for _, m := range mailings {
		if !hasFor(ctx, sweepTime) || !b.sleep(ctx, mailPause) {
			break // the next sweep goes on
		}
		errs = append(errs, b.mail(ctx, *m))
	}
	return errors.Join(errs...)
}

// mail sends one mail. The hashes of its keys are saved before it goes out, and that it went out
// afterwards: after a crash between the two it goes out again, with new keys.
func (b *Bot) mail(ctx context.Context, m mailing) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTime)
	defer cancel()
	o, err := b.owner(ctx, m.owner)
	if err != nil {
		return fmt.Errorf("mail owner %s: %w", m.owner, err)
	}
	to := OwnerMail{Owner: m.owner}
	if o.Name != "" {
		to.Owner = o.Name // as its address is subscribed, whatever the tag's case
	}
	wanted := b.Emails != nil && b.emailWhen(o) != EmailNever
	prepared, errs := make([]MailItem, len(m.requests)), make([]error, len(m.requests))
	eachAtOnce(len(m.requests), sweepAtOnce, func(i int) {
		prepared[i], errs[i] = b.prepareMail(ctx, m.requests[i], wanted && b.opensPage(o))
	})
	claimed := slices.DeleteFunc(prepared, func(item MailItem) bool { return item.Request.ID == "" })
	if wanted {
		to.Items = slices.DeleteFunc(slices.Clone(claimed), func(item MailItem) bool { return item.About == "" })
	}
	if len(to.Items) > 0 {
		err = b.Emails.Email(ctx, to)
	}
	return errors.Join(errors.Join(errs...), b.settleMail(ctx, claimed, wanted, err))
}

// prepareMail claims a request and keeps the hash of the key that its mail is to have. An item
// without a request is somebody else's by now; without About there is nothing to tell. The writer of a
// channel that cannot be reached saves the same requests at the same time.
func (b *Bot) prepareMail(ctx context.Context, r Request, linked bool) (MailItem, error) {
	for {
		now := b.Now()
		if _, due := r.mailDue(now); !due || !r.claimMail(now) {
			return MailItem{}, nil
		}
		item := MailItem{About: r.mailAbout(now)}
		if item.About == MailQuestion && linked {
			item.Key = newMailKey()
			r.Mail = r.Mail.withKey(item.Key)
		}
		saved, err := b.Store.Save(ctx, r)
		if err == nil {
			item.Request = saved
			return item, nil
		}
		if !errors.Is(err, ErrConflict) {
			return MailItem{}, fmt.Errorf("claim request %s: %w", r.ID, err)
		}
		if r, err = b.load(ctx, r.ID); err != nil {
			return MailItem{}, err
		}
	}
}

// settleMail notes of claimed requests that their mail went out, if any was wanted, or, where there was
// an error, is to be tried again. What has happened since the mail was written is told by the next one.
func (b *Bot) settleMail(ctx context.Context, claimed []MailItem, wanted bool, failed error) error {
	now := b.Now()
	eachAtOnce(len(claimed), sweepAtOnce, func(i int) {
		r, about := claimed[i].Request, claimed[i].About
		if failed != nil {
			b.log(r).Error("a mail failed, will be tried again", "error", failed)
			e, _ := r.mailDue(now)
			b.report(metricsOfRetry(e)...)
		}
		r, ok := b.settle(ctx, r, nil, func(r Request) Change {
			if wanted && about != "" && failed == nil {
				r.Mail.SentAt = now
			}
			switch e, due := r.mailDue(now); {
			case !due:
			case failed != nil:
				r.postpone(e, now)
			case !wanted || about == r.mailAbout(now):
				r.without(e)
			}
			return r.with()
		})
		if ok && r.claimed() {
			b.perform(ctx, r)
		}
	})
	if failed != nil {
		return fmt.Errorf("mail about %d requests: %w", len(claimed), failed)
	}
	return nil
}

package bot

import (
	"context"
	"time"
)

// Mail is what is known of the mails about a request.
type Mail struct {
	Why    MailReason `json:",omitzero"`
	SentAt time.Time  `json:",omitzero"`  // when the newest one went out; zero: none has
	Keys   []string   `json:",omitempty"` // hashes of the keys in the newest links, the newest last; see MailKey
	Told   MailAbout  `json:",omitzero"`  // what it was last told for, after the question
	ToldOf time.Time  `json:",omitzero"`  // when what it was told of was decided, or rolled back: both may come again
}

// MailReason is why an owner is told by mail.
type MailReason string

// Every reason.
const (
	MailUnreached MailReason = "unreached" // the chat takes nothing, and will not
	MailMoved     MailReason = "moved"     // the owner's channel does not take it, so it stands in the default channel
	MailAlways    MailReason = "always"    // the owner wants mail besides the chat
)

// EmailWhen is when an owner is told by mail.
type EmailWhen string

// Every answer; empty: as the Bot says.
const (
	EmailFallback EmailWhen = "fallback" // when the chat does not reach the owner
	EmailAlways   EmailWhen = "always"   // besides the chat
	EmailNever    EmailWhen = "never"
)

// MailAbout is what a mail tells of a request.
type MailAbout string

// Everything that is mailed.
const (
	MailQuestion MailAbout = "question" // somebody is to decide
	MailDecided  MailAbout = "decided"  // somebody did, and not through a mail's link
	MailEnded    MailAbout = "ended"    // it ended as nobody wants
)

// Emails sends mails; an owner without an address gets none. Its error is worth another try.
type Emails interface {
	Email(ctx context.Context, m OwnerMail) error
}

// OwnerMail is one mail to an owner, about as many requests as there was something to tell of at
// the time: questions, or what became of them.
type OwnerMail struct {
	Owner string
	Items []MailItem // at least one; all ask, or none does
}

// MailItem is what a mail tells of one request.
type MailItem struct {
	Request Request
	About   MailAbout
	Key     MailKey // opens the request's approval page; empty: its owner has none
}

// mailed has the owner told by mail, unless that was seen to before.
func (r Request) mailed(why MailReason) Change {
	if r.Emailed {
		return r.with()
	}
	r.Emailed, r.Mail.Why = true, why
	return r.with(email)
}

// seeToMail has whoever was told by mail told there, too, that others decided, and that it ended
// badly: each once, and each roll back. Whatever changes a request comes by here.
func (r *Request) seeToMail() {
	news := r.mailNews()
	var of time.Time
	switch {
	case news == MailDecided && r.Decision != nil:
		of = r.Decision.At
	case r.Status == StatusRolledBack:
		of = r.EndedAt
	case r.Status == StatusRollBackFailed && r.RollBack != nil: // which may end so twice, first as nobody knows how
		of = r.RollBack.At
	}
	switch {
	case !r.Emailed, news == "", news == MailDecided && r.Mail.Told == MailEnded:
		return
	case news == r.Mail.Told && of.Equal(r.Mail.ToldOf), news == MailEnded && r.Mail.Told == MailEnded && of.IsZero(): // it ended, and ends once more
		return
	}
	r.Mail.Told, r.Mail.ToldOf = news, of
	r.putNow(EffectEmail)
}

// mailNews is what readers of mail alone would not hear of.
func (r Request) mailNews() MailAbout {
	switch r.Status {
	case StatusExpired, StatusNotStarted, StatusNonCompliant, StatusFailed, StatusStopped, StatusRolledBack, StatusRollBackFailed:
		return MailEnded
	case StatusApproved, StatusScheduled, StatusFrozen, StatusQueued, StatusBackingUp, StatusPatching, StatusScanning, StatusRejected:
		if r.Decision == nil || r.Decision.By.Via != ViaEmail {
			return MailDecided
		}
	case StatusAsked, StatusCompliant, StatusRehearsed, StatusRollingBack:
	}
	return ""
}

// mailAbout is what a mail that is due tells by now, empty when it is too late for that, or people
// see it in the chat.
func (r Request) mailAbout(now time.Time) MailAbout {
	_, unshown := r.Unshown()
	asked := !r.Mail.SentAt.IsZero()
	switch news := r.mailNews(); {
	case r.Status == StatusAsked && now.Before(r.AnswerBy):
		return MailQuestion
	case news == MailEnded && (asked || unshown), news == MailDecided && asked:
		return news
	}
	return ""
}

// emailWhen is when an owner is told by mail.
func (b *Bot) emailWhen(o Owner) EmailWhen {
	switch {
	case o.EmailWhen != "":
		return o.EmailWhen
	case b.EmailAlways:
		return EmailAlways
	}
	return EmailFallback
}

// opensPage reports whether the links in an owner's mail decide: only where the directory says
// where that mail goes.
func (b *Bot) opensPage(o Owner) bool {
	return b.ApprovalPage && o.Email != "" && (o.ApprovalPage == nil || *o.ApprovalPage)
}

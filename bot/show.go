package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/maruel/natural"
)

// show shows a topic, as far as one call of the chat does: a post, an edit or a line.
func (w *writer) show(ctx context.Context, t topic) error {
	requests, err := w.load(ctx, t.ids())
	if err != nil {
		return err
	}
	requests = slices.DeleteFunc(requests, func(r Request) bool {
		u, any := r.Unshown()
		paused := !u.Posted && u.After.After(w.Now()) // the chat refused it just now; others are to have their turn
		return !any || paused || u.Channel != w.channel || u.key() != t.entries[0].key()
	})
	switch {
	case len(requests) == 0: // an index was behind, which is known now
		w.calls.Add(1)
		return nil
	case !requests[0].Place.Shown():
		return w.ask(ctx, requests)
	}
	m, err := w.message(ctx, requests[0])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(m.Requests, func(r Request) bool { return r.Has(EffectRender) }) {
		return w.edit(ctx, m, t)
	}
	return w.line(ctx, m)
}

// message loads all that stands in a request's message.
func (w *writer) message(ctx context.Context, r Request) (Message, error) {
	m := Message{Digest: r.Digest, Place: r.Place, Requests: []Request{r}}
	if r.Digest == "" {
		return m, nil
	}
	d, err := w.Store.Digest(ctx, r.Digest)
	if err != nil {
		return m, fmt.Errorf("load digest %s: %w", r.Digest, err)
	}
	members, err := w.load(ctx, d.Requests)
	if err == nil && slices.ContainsFunc(members, d.awaits) { // whoever posted, or joined, was interrupted
		members, err = w.seat(ctx, d)
	}
	if err != nil {
		return m, err
	}
	members = slices.DeleteFunc(members, func(other Request) bool { return other.Digest != d.ID })
	if slices.ContainsFunc(members, func(other Request) bool { return other.ID == r.ID }) {
		m.Requests = members
	}
	return m, nil
}

// ask shows questions of one owner: in the message that was posted for others a moment ago, else
// in a new one.
func (w *writer) ask(ctx context.Context, requests []Request) error {
	if !asksTogether(requests[0]) {
		return w.post(ctx, requests)
	}
	d, err := w.Store.NewestDigest(ctx, w.channel, requests[0].Owner)
	if errors.Is(err, ErrNotFound) {
		return w.post(ctx, requests)
	}
	if err != nil {
		return fmt.Errorf("look for a digest of owner %s: %w", requests[0].Owner, err)
	}
	members, err := w.load(ctx, d.Requests)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(requests, func(r Request) bool { return d.has(r.ID) }) {
		_, err = w.seat(ctx, d) // whoever posted or joined was interrupted
		return err
	}
	if !d.takes(members, w.Now()) {
		return w.post(ctx, requests)
	}
	for _, r := range byName(requests)[:min(len(requests), DigestSize-len(d.Requests))] {
		d.Requests = append(d.Requests, r.ID)
	}
	if d, err = w.Store.SaveDigest(ctx, d); err != nil {
		return fmt.Errorf("save digest %s: %w", d.ID, err)
	}
	_, err = w.seat(ctx, d)
	return err
}

// byName sorts requests as people look for them: web-2 before web-10.
func byName(requests []Request) []Request {
	return slices.SortedStableFunc(slices.Values(requests), func(a, b Request) int {
		return cmp.Or(natural.Compare(a.Instance.Name, b.Instance.Name), cmp.Compare(a.Instance.ID, b.Instance.ID))
	})
}

// seat has all of a digest's requests point to it, and so its message edited. It returns them.
func (w *writer) seat(ctx context.Context, d Digest) ([]Request, error) {
	members, err := w.load(ctx, d.Requests)
	if err != nil {
		return nil, err
	}
	err = w.each(ctx, members, func(r Request) Change {
		if !d.awaits(r) {
			return r.with()
		}
		r.Place, r.Digest = d.Place, d.shared()
		return r.with(render)
	})
	if err != nil {
		return nil, err
	}
	return w.load(ctx, d.Requests)
}

// post posts a new message about as many requests as it lists.
func (w *writer) post(ctx context.Context, requests []Request) error {
	requests = byName(requests)[:min(len(requests), DigestSize)]
	if err := w.beforePost(ctx); err != nil {
		return err
	}
	now := w.Now()
	d := Digest{ID: digestID(requests[0].ID, now), Owner: requests[0].Owner, CreatedAt: now, Asks: asksTogether(requests[0])}
	for _, r := range requests {
		d.Requests = append(d.Requests, r.ID)
	}
	m := Message{Place: Place{Channel: w.channel}, Requests: requests}
	m.Digest = d.shared()
	place, err := w.Chat.Show(ctx, m)
	w.called()
	if err != nil {
		return w.failed(ctx, m, nil, err)
	}
	d.Place = place
	if err := w.keepDigest(ctx, d); err != nil {
		return err
	}
	shown := lastSeqs(requests)
	return w.each(ctx, requests, func(r Request) Change {
		r.Place, r.Digest = place, m.Digest
		r.shown(shown[r.ID])
		return r.with()
	})
}

// asksTogether reports whether others' questions may stand in the same message.
func asksTogether(r Request) bool { return r.Status == StatusAsked && !r.Rehearsal }

// keepDigest saves the digest of a message that was posted, if anybody is going to look for it.
func (w *writer) keepDigest(ctx context.Context, d Digest) error {
	if !d.Asks && len(d.Requests) == 1 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	if _, err := w.Store.SaveDigest(ctx, d); err != nil {
		return fmt.Errorf("save digest %s: %w", d.ID, err)
	}
	return nil
}

// edit makes a message say what its requests say now.
func (w *writer) edit(ctx context.Context, m Message, t topic) error {
	again, ok, err := w.spend(ctx, useEdit, t.kind())
	if err != nil {
		return fmt.Errorf("count an edit: %w", err)
	}
	if !ok {
		w.later[t.entries[0].key()] = again
		return nil
	}
	placed := m
	if placed.Requests, err = w.allPlaced(ctx, m.Requests); err != nil {
		return err
	}
	if !hasFor(ctx, postTime) {
		return errLater
	}
	w.calls.Add(1)
	if err := w.Chat.Update(ctx, placed); err != nil {
		return w.failed(ctx, m, nil, err)
	}
	shown := lastSeqs(m.Requests)
	return w.each(ctx, m.Requests, func(r Request) Change {
		r.shown(shown[r.ID])
		return r.with()
	})
}

func lastSeqs(requests []Request) map[string]int {
	seqs := map[string]int{}
	for _, r := range requests {
		seqs[r.ID] = r.LastSeq
	}
	return seqs
}

// each saves what showing changed of many requests, each on top of whatever was saved in the
// meantime. It goes on when the caller's time is up: forgetting what was shown would repeat it.
func (w *writer) each(ctx context.Context, requests []Request, f changeRequest) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	errs, saved := make([]error, len(requests)), make([]Request, len(requests))
	eachAtOnce(len(requests), decideAtOnce, func(i int) { saved[i], errs[i] = w.saveShown(ctx, requests[i], f) })
	for i, r := range saved {
		if errs[i] == nil {
			w.note(r)
		}
	}
	return errors.Join(errs...)
}

func (w *writer) saveShown(ctx context.Context, r Request, f changeRequest) (Request, error) {
	for {
		c := f(r)
		changed := c.filled(w.Now())
		if sameShown(r, changed) {
			return r, nil
		}
		w.calls.Add(1)
		saved, err := w.save(ctx, r, changed, c.Audit)
		if err == nil && saved.Place.Channel != w.channel {
			w.wake(ctx, saved)
		}
		if !errors.Is(err, ErrConflict) {
			if err != nil {
				err = fmt.Errorf("record what was shown of request %s: %w", r.ID, err)
			}
			return saved, err
		}
		if r, err = w.Bot.load(ctx, r.ID); err != nil {
			return r, err
		}
	}
}

// sameShown reports whether showing changed nothing of a request.
func sameShown(before, after Request) bool {
	return before.Place == after.Place && before.Digest == after.Digest && before.Emailed == after.Emailed &&
		before.Reminded.Lined.Equal(after.Reminded.Lined) &&
		before.ChatAfter.Equal(after.ChatAfter) && slices.Equal(before.Effects, after.Effects)
}

// line adds one line to a message's thread.
func (w *writer) line(ctx context.Context, m Message) error {
	line, told := nextLine(m)
	if len(told) == 0 {
		return w.each(ctx, m.Requests, Request.withoutUntold)
	}
	if err := w.beforePost(ctx); err != nil {
		return err
	}
	err := w.Chat.AddLine(ctx, m, line)
	w.called()
	if err != nil {
		return w.failed(ctx, m, told, err)
	}
	now := w.Now()
	return w.each(ctx, line.Requests, func(r Request) Change {
		r.noteLined(line.Kind, now)
		return dropLines(told)(r)
	})
}

// dropLines takes lines out of the outboxes of their requests.
func dropLines(told pendingLines) changeRequest {
	return func(r Request) Change {
		if e, ok := told[r.ID]; ok {
			r.without(e)
		}
		return r.withoutUntold()
	}
}

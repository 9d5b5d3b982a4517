package slacksim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// AnswerWithin is how long Slack waits for the app's answer: 3 s.
const AnswerWithin = 3 * time.Second

// Delivery is one request to the app and what came of it.
type Delivery struct {
	URL    string
	Header http.Header // as sent, with the signature
	Body   []byte      // as sent: a form, or JSON for events
	SentAt time.Time

	Status int    // HTTP status of the answer; 0 when there was none
	Answer []byte // body of the answer

	// Shown is the message that answers a command, if any; FieldErrors say why a
	// modal was not accepted, by block_id. Only Command and SubmitView set them.
	Shown       *Message
	FieldErrors map[string]string
}

// DeliveryError is what a person sees in Slack when the app does not answer a
// delivery as it should.
type DeliveryError struct {
	// Code is Slack's word for it: "operation_timeout" after 3 s without an
	// answer; "dispatch_failed" for no connection, a status other than 200, or
	// an answer that Slack cannot use.
	Code   string
	Status int   // HTTP status; 0 when there was no answer
	Err    error // the cause, when there is more to say
}

// Error gives the code first, as Slack's own message does.
func (e *DeliveryError) Error() string {
	text := e.Code
	if e.Status != 0 {
		text += fmt.Sprintf(" (HTTP status %d)", e.Status)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *DeliveryError) Unwrap() error { return e.Err }

// Deliveries lists everything sent to the app, in the order in which the
// answers came.
func (w *Workspace) Deliveries() []Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.deliveries)
}

// Redeliver sends the same body once more with a fresh signature, as Slack does
// with an event that it holds for lost. The retry headers say that it is the
// given attempt, e.g. 1 for the first retry.
func (w *Workspace) Redeliver(ctx context.Context, d Delivery, attempt int) (Delivery, error) {
	return w.deliver(ctx, d.URL, d.Body, http.Header{
		"X-Slack-Retry-Num":    {fmt.Sprint(attempt)},
		"X-Slack-Retry-Reason": {"http_timeout"},
	})
}

// deliver signs a body, sends it and waits for the answer. The caller must not
// hold the lock: the app may call the Web API before it answers.
func (w *Workspace) deliver(ctx context.Context, url string, body []byte, extra http.Header) (Delivery, error) {
	if url == "" {
		return Delivery{}, errors.New("deliver to the app: no request URL is set for this feature")
	}
	d := Delivery{URL: url, Body: body, SentAt: w.cfg.Wall()}
	r, err := w.SignedRequest(url, body, d.SentAt)
	if err != nil {
		return d, err
	}
	for name, values := range extra {
		r.Header[name] = values
	}
	d.Header = r.Header.Clone()
	d.Status, d.Answer, err = w.send(ctx, r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deliveries = append(w.deliveries, d)
	return d, err
}

// send does one request within the time that Slack grants. The error is a
// *DeliveryError.
func (w *Workspace) send(ctx context.Context, r *http.Request) (int, []byte, error) {
	limited, cancel := context.WithTimeout(ctx, AnswerWithin)
	defer cancel()
	resp, err := w.cfg.Client.Do(r.WithContext(limited))
	if err != nil {
		return 0, nil, sendError(ctx, limited, 0, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRequestBytes))
	switch {
	case err != nil:
		return resp.StatusCode, body, sendError(ctx, limited, resp.StatusCode, err)
	case resp.StatusCode != http.StatusOK:
		return resp.StatusCode, body, &DeliveryError{Code: "dispatch_failed", Status: resp.StatusCode}
	}
	return resp.StatusCode, body, nil
}

// sendError tells Slack's own deadline from every other failure, the caller's
// deadline included.
func sendError(outer, limited context.Context, status int, err error) error {
	code := "dispatch_failed"
	if outer.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		code = "operation_timeout"
	}
	return &DeliveryError{Code: code, Status: status, Err: err}
}

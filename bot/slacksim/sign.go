package slacksim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"
)

// Sign computes the X-Slack-Signature of a request: "v0=" and the hexadecimal
// HMAC-SHA256 over "v0:timestamp:body", keyed with the app's signing secret.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// SignedRequest makes a POST as Slack would have sent it at the given time, for
// tests that replay a Delivery or tamper with one. A body that starts with {
// goes as JSON, any other as a form. The error is that of a malformed URL.
func (w *Workspace) SignedRequest(url string, body []byte, at time.Time) (*http.Request, error) {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("deliver to %s: %w", url, err)
	}
	timestamp := fmt.Sprint(at.Unix())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if bytes.HasPrefix(body, []byte("{")) {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	r.Header.Set("X-Slack-Signature", Sign(w.cfg.SigningSecret, timestamp, body))
	return r, nil
}

package webpage_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/bot"
)

func TestWhoeverHasNoLinkLearnsNothing(t *testing.T) {
	s := open(t, "asked")
	first := s.get(s.id, strings.Repeat("x", 32))
	golden(t, "no_link", first)
	for name, c := range map[string]struct {
		id, key string
		reads   int
	}{
		"a wrong key":                 {s.id, strings.Repeat("x", 32), 1},
		"an unknown request":          {"r-aaaaaaaaaaaaaaaa", key, 1},
		"no key":                      {s.id, "", 0},
		"a key of another shape":      {s.id, key + "x", 0},
		"an id of another shape":      {"R-1'%20OR%201", key, 0},
		"a path below a request's":    {s.id + "/x", key, 0},
		"a hash in place of the key":  {s.id, "2d711642b726b04401627ca9fbac32f5", 1},
		"nothing at all":              {"", "", 0},
		"an id with a name before it": {"../" + s.id, key, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s.store.calls = 0
			answer := s.get(c.id, c.key)
			if answer.Code == http.StatusMovedPermanently || answer.Code == http.StatusTemporaryRedirect {
				return // the mux tidies the path
			}
			require.Equal(t, http.StatusNotFound, answer.Code)
			require.Equal(t, first.Body.String(), answer.Body.String())
			require.Equal(t, first.Header(), answer.Header())
			require.LessOrEqual(t, s.store.calls, c.reads)
		})
	}
	require.Empty(t, s.log.String())
}

func TestAPageThatIsSwitchedOffIsNone(t *testing.T) {
	no := false
	for name, change := range map[string]func(*site){
		"by the owner": func(s *site) {
			s.bot.Owners = bot.Directory{"payments": {Name: "payments", Email: "p@example.com", ApprovalPage: &no}}
		},
		"for everybody":              func(s *site) { s.bot.ApprovalPage = false },
		"for want of a known owner":  func(s *site) { s.bot.Owners = bot.Directory{} },
		"for want of a mail address": func(s *site) { s.bot.Owners = bot.Directory{"payments": {Name: "payments"}} },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, "asked")
			change(s)
			require.Equal(t, http.StatusNotFound, s.get(s.id, key).Code)
			require.Equal(t, http.StatusNotFound, s.ask(posted(s.id, form("approved", "Ada", ""))).Code)
			require.Nil(t, s.request(t).Decision)
		})
	}
}

func TestOnlyThePageItselfMayPost(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"from the page":       {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }, http.StatusSeeOther},
		"by a reload":         {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") }, http.StatusSeeOther},
		"from an old browser": {func(*http.Request) {}, http.StatusSeeOther},
		"with a charset": {func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		}, http.StatusSeeOther},
		"from another site":          {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		"from another of the domain": {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		"as JSON":                    {func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, http.StatusUnsupportedMediaType},
		"as nothing in particular":   {func(r *http.Request) { r.Header.Del("Content-Type") }, http.StatusUnsupportedMediaType},
		"that is no form": {func(r *http.Request) {
			r.Body = http.NoBody
			r.URL.RawQuery = "key=" + key + "&decision=approved&name=x"
		}, http.StatusNotFound},
		"by another method": {func(r *http.Request) { r.Method = http.MethodPut }, http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, "asked")
			req := posted(s.id, form("approved", "Ada", ""))
			c.change(req)
			answer := s.ask(req)
			require.Equal(t, c.status, answer.Code)
			require.Equal(t, c.status == http.StatusSeeOther, s.request(t).Decision != nil)
		})
	}
}

func TestTextFromOutsideIsOnlyText(t *testing.T) {
	hostile := "<script>alert(1)</script>\u202e\"'><img src=x onerror=alert(1)>"
	s := open(t, "asked", func(r *bot.Request) {
		r.Instance.Name, r.Instance.Platform, r.Patches[0].Title, r.Patches[0].Severity = hostile, hostile, hostile, hostile
	})
	for _, body := range []string{
		s.get(s.id, key).Body.String(),
		s.ask(posted(s.id, form("", hostile, hostile))).Body.String(),
	} {
		require.NotContains(t, body, "<script")
		require.NotContains(t, body, "<img")
		require.NotContains(t, body, "\u202e")
		require.Contains(t, body, "&lt;script&gt;")
	}
	s.ask(posted(s.id, form("rejected", hostile, hostile)))
	body := s.get(s.id, key).Body.String()
	require.NotContains(t, body, "<script")
	require.Contains(t, body, "Rejected by &lt;script&gt;")
}

func TestHeadersKeepThePageToItself(t *testing.T) {
	s := open(t, "asked")
	answer := s.get(s.id, key)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(answer.Body.String())[1]
	sum := sha256.Sum256([]byte(style))
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"X-Robots-Tag": "noindex, nofollow", "Strict-Transport-Security": "max-age=31536000", "Content-Type": "text/html; charset=utf-8",
		"Content-Security-Policy": "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	} {
		require.Equal(t, want, answer.Header().Get(name), name)
	}
	require.NotContains(t, answer.Body.String(), "?key=", "the form carries the key in its body")
}

package web_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyTheDemosOwnPageDrivesIt(t *testing.T) {
	p := open(t, 0)
	address, err := url.Parse(p.url)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		method, path string
		edit         func(*http.Request)
		status       int
	}{
		"the page":                            {http.MethodGet, "", nil, http.StatusOK},
		"the page by the name localhost":      {http.MethodGet, "", func(r *http.Request) { r.Host = "localhost:" + address.Port() }, http.StatusOK},
		"a name of elsewhere that leads here": {http.MethodGet, "", func(r *http.Request) { r.Host = "evil.example:" + address.Port() }, http.StatusMisdirectedRequest},
		"another port of this machine":        {http.MethodGet, "", func(r *http.Request) { r.Host = "127.0.0.1:1" }, http.StatusMisdirectedRequest},
		"the address without its last slash":  {http.MethodGet, "", func(r *http.Request) { r.URL.Path = strings.TrimSuffix(r.URL.Path, "/") }, http.StatusOK},
		"without the token":                   {http.MethodGet, "", func(r *http.Request) { r.URL.Path = "/" }, http.StatusNotFound},
		"with another token":                  {http.MethodGet, "events", func(r *http.Request) { r.URL.Path = "/AAAA/events" }, http.StatusNotFound},
		"an act":                              {http.MethodPost, "clock/speed", nil, http.StatusOK},
		"an act from another page":            {http.MethodPost, "clock/speed", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, http.StatusForbidden},
		"an act from nowhere":                 {http.MethodPost, "clock/speed", func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"an act as a form":                    {http.MethodPost, "clock/speed", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, http.StatusForbidden},
		"an act by following a link":          {http.MethodGet, "clock/speed", nil, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			status, text := page{t, p.url, p.World}.request(c.method, c.path, `{"speed":0}`, c.edit)
			require.Equal(t, c.status, status, text)
		})
	}
	t.Run("only this machine reaches it", func(t *testing.T) {
		host, err := net.ResolveTCPAddr("tcp", address.Host)
		require.NoError(t, err)
		require.True(t, host.IP.IsLoopback())
	})
}

package web

import (
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// contentPolicy lets the page load what this server has, and nothing else.
const contentPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard answers requests to this machine's own names that know the token, which is the first
// part of every path. A web page elsewhere knows it not; that a name of its own leads here (DNS
// rebinding) does not help it either.
func guard(port int, token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		switch given, rest, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); {
		case !here(r.Host, port):
			http.Error(w, "This demo answers to 127.0.0.1 and localhost only.", http.StatusMisdirectedRequest)
		case !found && known(given, token):
			http.Redirect(w, r, "/"+token+"/", http.StatusMovedPermanently)
		case !found || !known(given, token):
			http.Error(w, "Open the whole address that the demo printed: it ends in a token.", http.StatusNotFound)
		case r.Method == http.MethodPost && !ownPost(r):
			http.Error(w, "Only the demo's own page may act here.", http.StatusForbidden)
		default:
			r.URL.Path, r.URL.RawPath = "/"+rest, ""
			next.ServeHTTP(w, r)
		}
	})
}

func known(given, token string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
}

func here(host string, port int) bool {
	name, p, err := net.SplitHostPort(host)
	return err == nil && p == strconv.Itoa(port) && slices.Contains([]string{"127.0.0.1", "localhost"}, name)
}

// ownPost reports whether a page of this server sent the request. Browsers send Origin with
// every POST, and ask before they send JSON elsewhere.
func ownPost(r *http.Request) bool {
	return r.Header.Get("Origin") == "http://"+r.Host && r.Header.Get("Content-Type") == "application/json"
}

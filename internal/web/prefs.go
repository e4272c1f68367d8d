package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The cookies of what a reader prefers.
const (
	themeCookie = "hongyan_theme"
	keysCookie  = "hongyan_keys"
)

// preferences are the values that the cookies may have. The first stands for no cookie.
func preferences() map[string][]string {
	return map[string][]string{themeCookie: {"", "light", "dark"}, keysCookie: {"", "off"}}
}

// preference returns the value of a cookie; empty for a value that it may not have.
func preference(r *http.Request, name string) string {
	if c, err := r.Cookie(name); err == nil && slices.Contains(preferences()[name], c.Value) {
		return c.Value
	}
	return ""
}

// Prefs is POST Base + "/prefs": the form that chooses the theme ("theme") or turns off the keys of
// one letter ("keys"), and then returns to "back".
func (s *Site) Prefs(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form was not understood", http.StatusBadRequest)
		return
	}
	for field, cookie := range map[string]string{"theme": themeCookie, "keys": keysCookie} {
		if value := r.PostForm.Get(field); r.PostForm.Has(field) && slices.Contains(preferences()[cookie], value) {
			age := int(365 * 24 * time.Hour / time.Second)
			if value == "" {
				age = -1
			}
			http.SetCookie(w, &http.Cookie{ //nolint:gosec // it holds no secret, and loopback has no TLS
				Name: cookie, Value: value, Path: s.cookiePath(), MaxAge: age, HttpOnly: true, SameSite: http.SameSiteStrictMode,
			})
		}
	}
	http.Redirect(w, r, s.Back(r.PostForm.Get("back")), http.StatusSeeOther) //nolint:gosec // Back stays on this site
}

// Back returns a path of this site to return to; the start page if the given one is elsewhere.
func (s *Site) Back(given string) string {
	start := s.config.Base + "/"
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, start) ||
		strings.HasPrefix(u.Path, "//") || strings.Contains(given, "\\") || strings.Contains(u.Path, "/../") {
		return start
	}
	return u.RequestURI()
}

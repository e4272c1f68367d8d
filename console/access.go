package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// sessionTime is how long a person stays in.
	sessionTime = 12 * time.Hour
	// codeTime is how long a one-time code is valid.
	codeTime = time.Hour
	// maxSessions and maxAddresses bound what is remembered.
	maxSessions, maxAddresses = 100, 1000
	// sessionCookie is the name of the cookie.
	sessionCookie = "hongyan_console"
)

// The reasons for which somebody is not let in.
var (
	errWrong   = errors.New("console: the password or code is wrong, or the code was used or is too old")
	errTooMany = errors.New("console: too many attempts: wait a minute")
	errOutside = errors.New("console: it can be reached from outside, and has no password: set admin.password")
)

// access decides who gets in.
type access struct {
	config Config
	now    func() time.Time

	mu       sync.Mutex
	address  string // of the listener; empty until it is known
	code     string // empty if there is none
	made     time.Time
	sessions map[[sha256.Size]byte]*session
	attempts map[string]*rate.Limiter // by address
	all      *rate.Limiter
}

// session is a person who is in.
type session struct {
	began time.Time
	who   string // how the person came in: password, code or token

	mu     sync.Mutex
	flash  *flash
	change *change         // of the file, which was checked and not saved
	shown  map[string]bool // chats whose text the person has asked for
}

// flash is a sentence for the next page.
type flash struct {
	Text string
	Bad  bool
}

func newAccess(c Config, now func() time.Time) *access {
	return &access{
		config: c, now: now, sessions: map[[sha256.Size]byte]*session{}, attempts: map[string]*rate.Limiter{},
		all: rate.NewLimiter(rate.Every(time.Second), 60),
	}
}

// listens notes where the console is reached.
func (a *access) listens(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.address = address
}

// codes reports whether one-time codes are valid: only where nobody from outside reaches them.
func (a *access) codes() bool {
	ap, err := netip.ParseAddrPort(a.address)
	return a.config.Print != nil && a.config.Password == "" && err == nil && ap.Addr().Unmap().IsLoopback()
}

// url is the URL of the console. a.mu is held.
func (a *access) url() url.URL {
	host, port, err := net.SplitHostPort(a.address)
	if ip, bad := netip.ParseAddr(host); err == nil && bad == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: root}
}

// account is the URL of the page of an account, where a person can log it in; empty before the bot
// listens.
func (a *access) account(id string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.address == "" {
		return ""
	}
	u := a.url()
	return u.JoinPath("accounts", url.PathEscape(id)).String()
}

// invitation is the URL of the console, with a new code if there are any.
func (a *access) invitation() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.url()
	if a.codes() {
		a.code, a.made = rand.Text()[:16], a.now()
		u.Path += "login"
		u.RawQuery = url.Values{"code": {a.code}}.Encode()
	}
	return u.String()
}

// same compares secrets in constant time.
func same(given, secret string) bool {
	x, y := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return secret != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// enter lets a person in who knows the password or the code, and returns the id of the session.
func (a *access) enter(r *http.Request, secret string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.may(r) {
		return "", errTooMany
	}
	var who string
	switch {
	case same(secret, a.config.Password):
		who = "password"
	case a.codes() && a.now().Sub(a.made) <= codeTime && same(strings.TrimSpace(secret), a.code):
		who, a.code = "code", ""
	default:
		return "", errWrong
	}
	delete(a.attempts, remote(r))
	return a.begin(who), nil
}

// may reports whether an address may try once more.
func (a *access) may(r *http.Request) bool {
	from := remote(r)
	limit := a.attempts[from]
	if limit == nil {
		if len(a.attempts) >= maxAddresses {
			clear(a.attempts) // the limit of all holds
		}
		limit = rate.NewLimiter(rate.Every(15*time.Second), 5)
		a.attempts[from] = limit
	}
	now := a.now()
	return limit.AllowN(now, 1) && a.all.AllowN(now, 1)
}

// begin makes a session. The oldest gives way.
func (a *access) begin(who string) string {
	now := a.now()
	var oldest [sha256.Size]byte
	var began time.Time
	for id, s := range a.sessions {
		switch {
		case now.Sub(s.began) > sessionTime:
			delete(a.sessions, id)
		case began.IsZero() || s.began.Before(began):
			oldest, began = id, s.began
		}
	}
	if len(a.sessions) >= maxSessions {
		delete(a.sessions, oldest)
	}
	id := rand.Text()
	a.sessions[sha256.Sum256([]byte(id))] = &session{began: now, who: who, shown: map[string]bool{}}
	return id
}

// of is the session of a request; nil if it has none.
func (a *access) of(r *http.Request) *session {
	if scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		if !same(strings.TrimSpace(secret), a.config.Token) {
			return nil
		}
		return &session{began: a.now(), who: "token", shown: map[string]bool{}}
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.sessions[sha256.Sum256([]byte(cookie.Value))]
	if s == nil || a.now().Sub(s.began) > sessionTime {
		return nil
	}
	return s
}

// leave ends the session of a request.
func (a *access) leave(r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.sessions, sha256.Sum256([]byte(cookie.Value)))
	}
}

// check returns errOutside for a console that everybody reaches and nobody guards.
func (a *access) check(r *http.Request) error {
	if a.config.Password != "" || a.config.Token != "" {
		return nil
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return nil // it was called in the process
	}
	if ap, err := netip.ParseAddrPort(local.String()); err != nil || !ap.Addr().Unmap().IsLoopback() {
		return errOutside
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if ap, err := netip.ParseAddrPort(a.address); err == nil && !ap.Addr().Unmap().IsLoopback() {
		return errOutside
	}
	return nil
}

// cookie is the cookie of a session; an empty id ends it.
func cookie(r *http.Request, id string) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // loopback has no TLS; behind a proxy with TLS it is Secure
		Name: sessionCookie, Value: id, Path: strings.TrimSuffix(root, "/"), HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"), MaxAge: int(sessionTime.Seconds()),
	}
	if id == "" {
		c.MaxAge = -1
	}
	return c
}

// remote is the address that a request comes from, without the port.
func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// say leaves a sentence for the next page.
func (s *session) say(f flash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flash = &f
}

// said takes the sentence.
func (s *session) said() *flash {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flash
	s.flash = nil
	return f
}

// hasCodes reports whether one-time codes are valid.
func (a *access) hasCodes() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.codes()
}

// mayPrint reports whether an address may have a code printed.
func (a *access) mayPrint(r *http.Request) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.may(r)
}

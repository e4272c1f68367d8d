package alerts

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/plugin"
)

const maxBody = 1 << 20

// serve takes a request of a sender.
func (p *part) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		answer(w, http.StatusMethodNotAllowed, "error", "send a POST")
		return
	}
	s, signature := p.who(tokenOf(r)), r.Header.Get("X-Hub-Signature-256")
	refuse := func() {
		p.h.Logger().Warn("an alert was refused: no valid token", zap.String("remote", r.RemoteAddr))
		answer(w, http.StatusUnauthorized, "error", "no valid token: send Authorization: Bearer TOKEN")
	}
	if s == nil && signature == "" {
		refuse()
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		answer(w, http.StatusRequestEntityTooLarge, "error", "the body cannot be read, or is larger than 1 MB")
		return
	}
	if s == nil {
		if s = p.signed(body, signature); s == nil {
			refuse()
			return
		}
	}
	asked, err := s.parse(body, r.Header.Get("Idempotency-Key"))
	if err != nil {
		answer(w, http.StatusBadRequest, "error", err.Error())
		return
	}
	account := p.account()
	if account == "" {
		answer(w, http.StatusServiceUnavailable, "error", "no account is known that could send: name one under accounts")
		return
	}
	only := ""
	if asked.To != "" {
		if only = p.allowed(r, account, s, asked.To); only == "" {
			p.h.Logger().Warn("an alert was refused: its token is not for that chat", zap.String("sender", s.name))
			answer(w, http.StatusForbidden, "error", "this token cannot send there")
			return
		}
	}
	fresh, err := p.take(r, account, s, only, asked.Alerts)
	switch {
	case err != nil:
		p.h.Logger().Warn("an alert was not taken", zap.String("sender", s.name), zap.Error(err))
		answer(w, http.StatusServiceUnavailable, "error", "not taken, try again: "+err.Error())
	case fresh == 0:
		answer(w, http.StatusOK, "state", "repeated")
	default:
		answer(w, http.StatusAccepted, "state", "queued")
	}
}

// take puts the alerts into the queues of their chats.
func (p *part) take(r *http.Request, account string, s *sender, only string, alerts []alert) (fresh int, err error) {
	chats := map[string][]alert{}
	for _, a := range alerts {
		if a.Resolved && p.c.OnlyFiring {
			continue
		}
		to := []string{only}
		if only == "" {
			to = plugin.Chats(p.h, s.To.of(a.Level))
		}
		for _, chat := range to {
			chats[chat] = append(chats[chat], a)
		}
	}
	var errs []error
	for chat, list := range chats {
		id, err := p.h.Contacts().Find(r.Context(), account, chat)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		n, err := p.put(r.Context(), account, id, s, list)
		fresh += n
		errs = append(errs, err)
	}
	return fresh, errors.Join(errs...)
}

// allowed is the id of a chat that a sender asks for; empty if the token is not for it.
func (p *part) allowed(r *http.Request, account string, s *sender, name string) string {
	id, err := p.h.Contacts().Find(r.Context(), account, name)
	if err != nil {
		id = name
	}
	for _, chat := range plugin.Chats(p.h, s.To.all()) {
		if mine, err := p.h.Contacts().Find(r.Context(), account, chat); err == nil && mine == id {
			return id
		}
	}
	return ""
}

// account is the account that sends.
func (p *part) account() string {
	if len(p.c.Accounts) > 0 {
		return p.c.Accounts[0]
	}
	if all := p.h.Accounts(); len(all) == 1 {
		return all[0]
	}
	return ""
}

// tokenOf is the token of a request: in a header, since URLs are in the logs of proxies.
func tokenOf(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	return r.Header.Get("X-Token")
}

func answer(w http.ResponseWriter, status int, key, value string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{key: value})
}

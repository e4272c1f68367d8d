package alerts

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/alert"
)

const maxBody = 1 << 20

// serve takes a request of a sender.
func (p *part) serve(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
	case http.MethodGet:
		p.state(w, r)
		return
	default:
		w.Header().Set("Allow", "GET, POST")
		refuse(w, http.StatusMethodNotAllowed, "send a POST")
		return
	}
	s, body, ok := p.authorized(w, r)
	if !ok {
		return
	}
	id := strings.ToLower(rand.Text()[:16])
	switch allowed, err := s.Rate.TakeAt(r.Context(), p.h.Now(), p.h.Store(), "rate/"+s.name, id); {
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, "not taken, try again: "+err.Error())
		return
	case !allowed:
		w.Header().Set("Retry-After", strconv.Itoa(int(s.Rate.Per.Seconds())))
		refuse(w, http.StatusTooManyRequests, fmt.Sprintf("more than %d requests in %v: try again later", s.Rate.Most, s.Rate.Per))
		return
	}
	asked, err := s.reader.Read(body, r.Header.Get("Idempotency-Key"))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	account := p.account()
	if account == "" {
		refuse(w, http.StatusServiceUnavailable, "no account is known that could send: name one under accounts")
		return
	}
	only := ""
	if asked.To != "" {
		if only = p.allowed(r, account, s, asked.To); only == "" {
			p.h.Logger().Warn("an alert was refused: its token is not for that chat", zap.String("sender", s.name))
			refuse(w, http.StatusForbidden, "this token cannot send there")
			return
		}
	}
	by, err := p.take(r, account, s, id, only, asked.Alerts)
	switch {
	case err != nil:
		p.h.Logger().Warn("an alert was not taken", zap.String("sender", s.name), zap.Error(err))
		refuse(w, http.StatusServiceUnavailable, "not taken, try again: "+err.Error())
	case by != id:
		answer(w, http.StatusOK, map[string]string{"id": by, "state": stateRepeated})
	default:
		answer(w, http.StatusAccepted, map[string]string{"id": id, "state": stateQueued})
	}
}

// authorized is the sender of a request, and its body. If there is none, it has answered.
func (p *part) authorized(w http.ResponseWriter, r *http.Request) (s *sender, body []byte, ok bool) {
	s, signature := p.who(tokenOf(r)), r.Header.Get("X-Hub-Signature-256")
	if s != nil || signature != "" {
		var err error
		if body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
			refuse(w, http.StatusRequestEntityTooLarge, "the body cannot be read, or is larger than 1 MB")
			return nil, nil, false
		}
	}
	if s == nil && signature != "" {
		s = p.signed(body, signature)
	}
	if s == nil {
		p.h.Logger().Warn("an alert was refused: no valid token", zap.String("remote", r.RemoteAddr))
		refuse(w, http.StatusUnauthorized, "no valid token: send Authorization: Bearer TOKEN")
	}
	return s, body, s != nil
}

// state answers what has become of a request.
func (p *part) state(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := p.authorized(w, r); !ok {
		return
	}
	id, state := strings.Trim(r.URL.Path, "/"), ""
	if _, err := p.h.Store().Get(r.Context(), stateKey(id), &state); err != nil {
		refuse(w, http.StatusServiceUnavailable, "try again: "+err.Error())
		return
	}
	if state == "" {
		refuse(w, http.StatusNotFound, "no request of the last day has this id")
		return
	}
	answer(w, http.StatusOK, map[string]string{"id": id, "state": state})
}

// take puts the alerts of a request into the queues of their chats. It returns the id of the request
// that brought them: that of an earlier one, or none, if nothing is new.
func (p *part) take(r *http.Request, account string, s *sender, id, only string, alerts []alert.Alert) (by string, err error) {
	chats := map[string][]alert.Alert{}
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
	errs := []error{p.note(r.Context(), []string{id}, stateQueued)} // before it can be sent
	for chat, list := range chats {
		to, err := p.h.Contacts().Find(r.Context(), account, chat)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		one, err := p.put(r.Context(), account, to, s, id, list)
		if by != id {
			by = one
		}
		errs = append(errs, err)
	}
	if by != id {
		errs = append(errs, p.h.Store().Delete(r.Context(), stateKey(id)))
	}
	return by, errors.Join(errs...)
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

func refuse(w http.ResponseWriter, status int, why string) {
	answer(w, status, map[string]string{"error": why})
}

func answer(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

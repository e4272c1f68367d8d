package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// is tells whether the fault is of that kind. A nil fault is of none.
func (f *Fault) is(kind string) bool { return f != nil && f.Kind == kind }

// stops tells whether the call is not executed because of the fault.
func (f *Fault) stops() bool {
	return f.is(FaultRefuse) || f.is(FaultHTTP500) || f.is(FaultHTTP502) || f.is(FaultDropBefore) || f.is(FaultZombie)
}

// drops tells whether the connection ends without an answer.
func (f *Fault) drops() bool {
	return f.is(FaultDropBefore) || f.is(FaultExecuteThenDrop) || f.is(FaultZombie) && f.Delay > 0
}

// answer is what goes out instead.
func (f *Fault) answer(e *endpoint) (answer, int) {
	switch f.Kind {
	case FaultHTTP500:
		return answer{Ret: http.StatusInternalServerError, Msg: "Internal Server Error"}, http.StatusInternalServerError
	case FaultHTTP502:
		return answer{Ret: http.StatusBadGateway}, http.StatusBadGateway
	case FaultZombie:
		return e.failed(refuse("the session is dead, though it looks online (会话已失效)")), http.StatusOK
	default:
		if f.Message != "" {
			return e.failed(&refusal{msg: f.Message}), http.StatusOK
		}
		return e.failed(refuse("refused on order (a fault of the simulator)")), http.StatusOK
	}
}

// linger waits out the delay of a fault, unless the client or the simulator goes first.
func (s *Simulator) linger(ctx context.Context, f *Fault) {
	ctx, cancel := s.alive(ctx)
	defer cancel()
	sleep(ctx, f.Delay)
}

// dribble writes an answer in pieces, over the delay of a fault.
func (s *Simulator) dribble(w http.ResponseWriter, r *http.Request, f *Fault, body []byte) {
	const pieces = 10
	ctx, cancel := s.alive(r.Context())
	defer cancel()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	flush := http.NewResponseController(w)
	for i := range pieces {
		from, to := len(body)*i/pieces, len(body)*(i+1)/pieces
		if _, err := w.Write(body[from:to]); err != nil || flush.Flush() != nil || !sleep(ctx, f.Delay/pieces) {
			return
		}
	}
}

// alive is a context that ends with the request or the simulator.
func (s *Simulator) alive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	off := context.AfterFunc(s.life(), func() { cancel(errClosed) })
	return ctx, func() {
		off()
		cancel(nil)
	}
}

// about is what a call is about, as far as faults tell calls apart.
type about struct {
	appID   string
	targets []string
}

// aboutOf reads it from a body, as far as it can be told.
func aboutOf(body []byte) about {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var b map[string]any
	if d.Decode(&b) != nil {
		return about{}
	}
	a := about{appID: textOf(b["appId"])}
	for _, name := range []string{"chatroomId", "toWxid", "toUserName", "wxid", "snsId"} {
		if id := textOf(b[name]); id != "" {
			a.targets = append(a.targets, id)
		}
	}
	return a
}

// takeFault decides what goes wrong with a call; nil if nothing does.
func (s *Simulator) takeFault(endpoint string, body []byte) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.take(endpoint, aboutOf(body))
}

// emptied is an answer without what its lists had.
func emptied(data any) any {
	d := json.NewDecoder(bytes.NewReader(encode(data)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return data
	}
	return withoutItems(v)
}

func withoutItems(v any) any {
	switch v := v.(type) {
	case []any:
		return []any{}
	case map[string]any:
		for name, member := range v {
			v[name] = withoutItems(member)
		}
	}
	return v
}

// takeSkew is by how much the clock of an answer is wrong.
func (s *Simulator) takeSkew(r *http.Request) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rule := range s.faults.rules {
		if rule.Kind != FaultClockSkew || rule.Hits >= rule.Count || rule.Endpoint != faultAll && !strings.HasSuffix(r.URL.Path, rule.Endpoint) {
			continue
		}
		rule.Hits++
		return rule.Delay
	}
	return 0
}

// take decides what goes wrong with a call or a callback. Of the rules that fit, the first that is not used up happens.
func (f *faults) take(endpoint string, what about) *Fault {
	for _, r := range f.rules {
		if !r.fits(endpoint, what) || r.Hits >= r.Count || r.Probability < 1 && r.rand.Float64() >= r.Probability {
			continue
		}
		r.Hits++
		fault := r.Fault
		return &fault
	}
	return nil
}

// zombie tells whether the session of an account is dead.
func (f *faults) zombie(appID string) bool {
	for _, r := range f.rules {
		if r.Kind == FaultZombie && r.Hits < r.Count && (r.AppID == "" || r.AppID == appID) {
			return true
		}
	}
	return false
}

func (r *rule) fits(endpoint string, what about) bool {
	switch {
	case r.Kind == FaultClockSkew, r.AppID != "" && r.AppID != what.appID, r.Target != "" && !slices.Contains(what.targets, r.Target):
		return false
	case r.Kind == FaultZombie && (endpoint == "/login/checkOnline" || what.appID == ""):
		return false // a dead session still says that it is online
	default:
		return r.Endpoint == endpoint || r.Endpoint == faultAll && endpoint != faultCallback
	}
}

package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// endpoint is one call of the service's API. A new one is a line in the table of its module, and a handler.
type endpoint struct {
	path   string
	title  string  // what failed, in the words of the service
	fields []field // beside appId, which all calls have but those that are about the token
	// token means that the call is about the token, not about an account.
	token bool
	// offline means that the call works for an account that is offline.
	offline bool
	// only is the flavour that has the endpoint; empty means all.
	only string
	// handle does it, and returns the data of the answer; nil for none. It runs without the lock.
	handle func(context.Context, *request) (any, error)
}

// endpoints is the table of the whole API.
func endpoints() []endpoint {
	return slices.Concat(loginEndpoints(), contactsEndpoints(), groupEndpoints(), messageEndpoints(), forwardEndpoints())
}

func hasEndpoint(path string) bool {
	return slices.ContainsFunc(endpoints(), func(e endpoint) bool { return e.path == path })
}

// flavour is a way to reach the API: all have the same paths and bodies.
type flavour struct{ name, prefix, header string }

const gewechat = "gewechat" // the self-hosted one

func flavours() []flavour {
	return []flavour{
		{"videosapi", "/finder/v2/api", "VideosApi-token"},
		{"gewe", "/gewe/v2/api", "X-GEWE-TOKEN"},
		{gewechat, "/v2/api", "X-GEWE-TOKEN"},
	}
}

// Call is a call of the service's API that was received.
type Call struct {
	Seq      int64  `json:"seq"` // counts all calls of the simulator from 1
	Endpoint string `json:"endpoint"`
	// Body is the body as it was received; a JSON string if it was no JSON.
	Body json.RawMessage `json:"body"`
	// Ret is the ret of the answer, the HTTP status where the answer had none, and 0 if no answer went out.
	Ret int `json:"ret"`
	// Executed tells whether what it asked for was done.
	Executed bool `json:"executed"`
	// Reason is why it was refused.
	Reason string `json:"reason,omitempty"`
	// Fault is the fault that happened to it.
	Fault string `json:"fault,omitempty"`
}

// answer is the envelope around every answer.
type answer struct {
	Ret  int    `json:"ret"`
	Msg  string `json:"msg"`
	Data any    `json:"data,omitempty"`
}

// refusal is why a call was not executed. Without a code, the message is all that the answer says.
type refusal struct{ code, msg string }

// Error is the message.
func (r *refusal) Error() string { return r.msg }

// refuse is a refusal as most endpoints give it.
func refuse(format string, args ...any) error {
	return &refusal{code: "-1", msg: fmt.Sprintf(format, args...)}
}

// maxBody bounds the body of a call in bytes.
const maxBody = 16 << 20

// serve answers a call.
func (s *Simulator) serve(f flavour, e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		fault := s.takeFault(e.path)
		call := Call{Endpoint: e.path, Body: jsonOf(body)}
		status := http.StatusOK
		var a answer
		switch {
		case err != nil:
			call.Reason = "the body could not be read"
			a, status = answer{Ret: http.StatusRequestEntityTooLarge, Msg: call.Reason}, http.StatusRequestEntityTooLarge
		case fault.stops():
			call.Reason = "ordered by a fault"
			a, status = fault.answer(e)
		default:
			a, err = s.execute(r.Context(), f, e, r.Header.Get(f.header), body, fault.is(FaultOffline))
			if call.Executed = err == nil; err != nil {
				call.Reason = err.Error()
			}
		}
		if call.Ret = a.Ret; fault != nil {
			call.Fault = fault.Kind
		}
		drop := fault.is(FaultDropBefore) || fault.is(FaultExecuteThenDrop)
		if drop {
			call.Ret = 0
		}
		s.record(call)
		switch {
		case drop:
			panic(http.ErrAbortHandler) // the way to close a connection without an answer
		case fault.is(FaultSlow):
			s.linger(r.Context(), fault)
		case fault.is(FaultHTTP502):
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, badGateway)
			return
		}
		writeJSON(w, status, a)
	}
}

const badGateway = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n"

// is tells whether the fault is of that kind. A nil fault is of none.
func (f *Fault) is(kind string) bool { return f != nil && f.Kind == kind }

// stops tells whether the call is not executed because of the fault.
func (f *Fault) stops() bool {
	return f.is(FaultRefuse) || f.is(FaultHTTP500) || f.is(FaultHTTP502) || f.is(FaultDropBefore)
}

// answer is what goes out instead.
func (f *Fault) answer(e endpoint) (answer, int) {
	switch f.Kind {
	case FaultHTTP500:
		return answer{Ret: http.StatusInternalServerError, Msg: "Internal Server Error"}, http.StatusInternalServerError
	case FaultHTTP502:
		return answer{Ret: http.StatusBadGateway}, http.StatusBadGateway
	default:
		return e.failed(refuse("refused on order (a fault of the simulator)")), http.StatusOK
	}
}

// linger waits out the delay of a fault, unless the client or the simulator goes first.
func (s *Simulator) linger(ctx context.Context, f *Fault) {
	ctx, cancel := s.alive(ctx)
	defer cancel()
	sleep(ctx, f.Delay)
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

// failed is the answer for a call that was refused.
func (e *endpoint) failed(err error) answer {
	a := answer{Ret: http.StatusInternalServerError, Msg: e.title + "失败"}
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{code: "-1", msg: err.Error()}
	}
	if r.code == "" {
		a.Msg = r.msg
		return a
	}
	a.Data = struct {
		Code string `json:"code"`
		Msg  string `json:"msg"`
	}{r.code, r.msg}
	return a
}

// execute checks a call and does it.
func (s *Simulator) execute(ctx context.Context, f flavour, e endpoint, token string, body []byte, offline bool) (answer, error) {
	data, err := s.try(ctx, f, e, token, body, offline)
	if err != nil {
		return e.failed(err), err
	}
	return answer{Ret: http.StatusOK, Msg: "操作成功", Data: data}, nil
}

func (s *Simulator) try(ctx context.Context, f flavour, e endpoint, token string, body []byte, offline bool) (any, error) {
	switch token {
	case s.config.Token:
	case "":
		return nil, &refusal{msg: "header:" + f.header + " 不可为空"}
	default:
		return nil, &refusal{msg: f.header + " 不可用或已过期"}
	}
	r := &request{sim: s, endpoint: e.path}
	if err := r.read(body, e); err != nil {
		return nil, err
	}
	if !e.token {
		if err := r.login(e, offline); err != nil {
			return nil, err
		}
	}
	return e.handle(ctx, r)
}

// login finds the account of a call.
func (r *request) login(e endpoint, offline bool) error {
	s := r.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.account = s.people.byApp(r.text("appId")); r.account == nil {
		return refuse("appId: there is no device %q (设备不存在)", r.text("appId"))
	}
	if r.offline = offline || r.account.Offline; r.offline && !e.offline {
		return refuse("the account is offline (账号已离线，请重新登录)")
	}
	return nil
}

// record notes a call. Whoever got an answer finds it in the list.
func (s *Simulator) record(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Seq = int64(len(s.calls)) + 1
	s.calls = append(s.calls, c)
	s.broadcast()
}

// Calls are the API calls that were received, refused ones included, in the order in which they were done.
func (s *Simulator) Calls() []Call { return s.callsAfter(0) }

func (s *Simulator) callsAfter(after int64) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	after = min(max(after, 0), int64(len(s.calls)))
	return append([]Call{}, s.calls[after:]...)
}

// jsonOf keeps a body: as it is if it is JSON, else as a JSON string of its beginning.
func jsonOf(body []byte) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, body) == nil {
		return b.Bytes()
	}
	const most = 4 << 10
	return encode(string(body[:min(len(body), most)]))
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(encode(v), '\n'))
}

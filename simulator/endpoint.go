package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

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
type refusal struct {
	code, msg string
	numeric   bool // some calls write the code as a number
}

// Error is the message.
func (r *refusal) Error() string { return r.msg }

// refuse is a refusal as most endpoints give it.
func refuse(format string, args ...any) error {
	return &refusal{code: "-1", msg: fmt.Sprintf(format, args...)}
}

// maxBody bounds the body of a call in bytes.
const maxBody = 16 << 20

// serve answers a call.
func (s *Simulator) serve(f flavour, e *endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := e.described(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		fault := s.takeFault(e.path, body)
		c := Call{Endpoint: e.path, Body: jsonOf(body)}
		status := http.StatusOK
		var a answer
		switch {
		case err != nil:
			c.Reason = "the body could not be read"
			a, status = answer{Ret: http.StatusRequestEntityTooLarge, Msg: c.Reason}, http.StatusRequestEntityTooLarge
		case fault.stops():
			c.Reason = "ordered by a fault"
			a, status = fault.answer(e)
		default:
			call := &request{sim: s, flavour: f, endpoint: e.path, host: r.Host, token: r.Header.Get(f.header)}
			a, err = s.execute(r.Context(), e, call, body, fault)
			if c.Executed = err == nil; err != nil {
				c.Reason = err.Error()
			}
		}
		if c.Ret = a.Ret; fault != nil {
			c.Fault = fault.Kind
		}
		if fault.drops() {
			c.Ret = 0
		}
		s.record(c)
		s.reply(w, r, fault, status, a)
	}
}

// reply writes an answer, as far as a fault lets it.
func (s *Simulator) reply(w http.ResponseWriter, r *http.Request, fault *Fault, status int, a answer) {
	if skew := s.takeSkew(r); skew != 0 {
		w.Header().Set("Date", s.config.Clock().Add(skew).UTC().Format(http.TimeFormat))
	}
	switch {
	case fault.drops():
		s.linger(r.Context(), fault)
		panic(http.ErrAbortHandler) // the way to close a connection without an answer
	case fault.is(FaultSlow):
		s.linger(r.Context(), fault)
	case fault.is(FaultSlowBody):
		s.dribble(w, r, fault, append(encode(a), '\n'))
		return
	case fault.is(FaultHTTP502):
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, badGateway)
		return
	}
	writeJSON(w, status, a)
}

const badGateway = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n"

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
	var code any = r.code
	if r.numeric {
		code = json.Number(r.code)
	}
	a.Data = struct {
		Code any    `json:"code"`
		Msg  string `json:"msg"`
	}{code, r.msg}
	return a
}

// execute checks a call and does it.
func (s *Simulator) execute(ctx context.Context, e *endpoint, r *request, body []byte, fault *Fault) (answer, error) {
	data, err := s.try(ctx, e, r, body, fault)
	if err != nil {
		return e.failed(err), err
	}
	if fault.is(FaultEmpty) {
		data = emptied(data)
	}
	return answer{Ret: http.StatusOK, Msg: "操作成功", Data: data}, nil
}

func (s *Simulator) try(ctx context.Context, e *endpoint, r *request, body []byte, fault *Fault) (any, error) {
	switch {
	case r.token == s.config.Token || e.open:
	case r.token == "":
		return nil, &refusal{msg: "header:" + r.flavour.header + " 不可为空"}
	default:
		return nil, &refusal{msg: r.flavour.header + " 不可用或已过期"}
	}
	if err := r.read(body, e); err != nil {
		if e.terse {
			return nil, &refusal{msg: err.Error()}
		}
		return nil, err
	}
	if !e.token && !e.open && !e.device {
		if err := r.login(e, fault.is(FaultOffline)); err != nil {
			return nil, err
		}
	}
	r.fromAfar = s.config.RefuseLocal || fault.is(FaultRefuseLocal)
	return e.handle(ctx, r)
}

// login finds the account of a call.
func (r *request) login(e *endpoint, offline bool) error {
	s := r.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.text("appId")
	if r.account = s.people.byApp(id); r.account == nil {
		if d := s.devices.byID(id); d != nil && e.offline {
			r.offline = true // a device on which nobody is logged in
			return nil
		} else if d != nil {
			return refuse("the device has no account (账号已离线，请重新登录)")
		}
		return refuse("appId: there is no device %q (设备不存在)", id)
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
	c.Seq = s.calls.next()
	s.calls.add(c)
	s.broadcast()
}

// Calls are the API calls that were received, refused ones included, in the order in which they were done.
func (s *Simulator) Calls() []Call { return s.callsAfter(0) }

func (s *Simulator) callsAfter(after int64) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call{}, s.calls.after(after)...)
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

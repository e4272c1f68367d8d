// Package endpoint is the HTTP API of the service over a world: the endpoints of the catalogue, by
// module.
package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/history"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/trace"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// Call is a call that was received; see simulator.Call.
type Call struct {
	Seq      int64
	Endpoint string
	Body     json.RawMessage
	Ret      int
	Executed bool
	Reason   string
	Fault    string
	At       time.Time
	Millis   int64
	Answer   json.RawMessage
	Event    string
	NewMsgID uint64
}

// Config is the configuration of an API.
type Config struct {
	World       *world.World
	Faults      *faults.Set
	Out         *delivery.Poster
	Token       string
	AutoLogin   bool
	RefuseLocal bool
	History     int // how many calls it remembers
	Traces      *trace.Book
}

// API is the API of the service. The lock of the world guards it.
type API struct {
	*lifetime.Lifetime
	world  *world.World
	faults *faults.Set
	out    *delivery.Poster
	config Config
	Table  Table
	calls  history.Log[Call]
	begun  int64              // numbers the requests
	open   map[int64]struct{} // those that are not in calls yet
}

// New makes an API; see ReadTable.
func New(table Table, c Config) *API {
	a := &API{
		Lifetime: c.World.Lifetime, world: c.World, faults: c.Faults, out: c.Out, config: c, Table: table, open: map[int64]struct{}{},
	}
	a.calls.Most = c.History
	if a.config.Traces == nil {
		a.config.Traces = trace.NewBook(c.World.Lifetime)
	}
	return a
}

// answer is the envelope around every answer.
type answer struct {
	Ret  int    `json:"ret"`
	Msg  string `json:"msg"`
	Data any    `json:"data,omitempty"`
}

// refusal is the reason why a call is not executed. Without a code, its message is all that the
// answer has.
type refusal struct {
	code, msg string
	numeric   bool // some calls write the code as a number
}

// Error is the message.
func (r *refusal) Error() string { return r.msg }

// refuse returns a refusal with the code of most endpoints.
func refuse(format string, args ...any) error {
	return &refusal{code: "-1", msg: fmt.Sprintf(format, args...)}
}

// maxBody bounds the body of a call in bytes.
const maxBody = 16 << 20

// serve returns the handler of an endpoint.
func (p *API) serve(f Flavour, e *endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := e.described(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		fault := p.takeFault(e.path, body)
		c := Call{Endpoint: e.path, Body: jsonOf(body), At: p.world.Clock.Now(), Event: eventOf(r)}
		status, number := http.StatusOK, int64(0)
		var a answer
		switch {
		case err != nil:
			c.Reason = "the body could not be read"
			a, status = answer{Ret: http.StatusRequestEntityTooLarge, Msg: c.Reason}, http.StatusRequestEntityTooLarge
		case fault.Stops():
			c.Reason = "ordered by a fault"
			a, status = faultAnswer(fault, e)
		default:
			number = p.begin()
			defer p.ended(number) // if it panics
			call := &request{api: p, world: p.world, flavour: f, endpoint: e.path, host: r.Host, token: r.Header.Get(f.Header)}
			a, err = p.execute(r.Context(), e, call, body, fault)
			c.NewMsgID = call.sent
			if c.Executed = err == nil; err != nil {
				c.Reason = err.Error()
			}
		}
		if c.Ret = a.Ret; fault != nil {
			c.Fault = fault.Kind
		}
		if fault.Drops() {
			c.Ret = 0
		} else {
			c.Answer = answerOf(a)
		}
		c.Millis = p.world.Clock.Now().Sub(c.At).Milliseconds()
		p.record(number, c)
		p.reply(w, r, fault, status, a)
	}
}

// reply writes an answer, changed by a fault.
func (p *API) reply(w http.ResponseWriter, r *http.Request, fault *faults.Fault, status int, a answer) {
	if skew := p.faults.TakeSkew(r.URL.Path); skew != 0 {
		w.Header().Set("Date", p.world.Clock.Now().Add(skew).UTC().Format(http.TimeFormat))
	}
	switch {
	case fault.Drops():
		p.linger(r.Context(), fault)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	case fault.Is(faults.Slow):
		p.linger(r.Context(), fault)
	case fault.Is(faults.SlowBody):
		p.dribble(w, r, fault, append(message.EncodeJSON(a), '\n'))
		return
	case fault.Is(faults.HTTP502):
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, badGateway)
		return
	}
	WriteJSON(w, status, a)
}

const badGateway = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center>" +
	"<h1>502 Bad Gateway</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n"

// failed returns the answer to a call that is refused.
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

// execute checks a call and executes it.
func (p *API) execute(ctx context.Context, e *endpoint, r *request, body []byte, fault *faults.Fault) (answer, error) {
	data, err := p.try(ctx, e, r, body, fault)
	if err != nil {
		return e.failed(err), err
	}
	if fault.Is(faults.Empty) {
		data = emptied(data)
	}
	return answer{Ret: http.StatusOK, Msg: "操作成功", Data: data}, nil
}

func (p *API) try(ctx context.Context, e *endpoint, r *request, body []byte, fault *faults.Fault) (any, error) {
	switch {
	case r.token == p.config.Token || e.open:
	case r.token == "":
		return nil, &refusal{msg: "header:" + r.flavour.Header + " 不可为空"}
	default:
		return nil, &refusal{msg: r.flavour.Header + " 不可用或已过期"}
	}
	if err := r.read(body, e); err != nil {
		if e.terse {
			return nil, &refusal{msg: err.Error()}
		}
		return nil, err
	}
	if !e.token && !e.open && !e.device {
		if err := r.login(e, fault.Is(faults.Offline)); err != nil {
			return nil, err
		}
	}
	r.fromAfar = p.config.RefuseLocal || fault.Is(faults.RefuseLocal)
	return e.handle(ctx, r)
}

// login finds the account of a call.
func (r *request) login(e *endpoint, offline bool) error {
	w := r.world
	w.Lock()
	defer w.Unlock()
	id := r.text("appId")
	if r.account = w.People.ByApp(id); r.account == nil {
		if d := w.Devices.ByID(id); d != nil && e.offline {
			r.offline = true // no account is logged in on the device
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

// begin numbers a request that is about to be executed.
func (p *API) begin() int64 {
	p.Lock()
	defer p.Unlock()
	p.begun++
	p.open[p.begun] = struct{}{}
	return p.begun
}

// ended forgets a request that was not recorded.
func (p *API) ended(number int64) {
	p.Lock()
	defer p.Unlock()
	if _, open := p.open[number]; open {
		delete(p.open, number)
		p.Broadcast()
	}
}

// record adds a call to the log, before its answer goes out.
func (p *API) record(number int64, c Call) {
	p.Lock()
	defer p.Unlock()
	delete(p.open, number)
	c.Seq = p.calls.Next()
	p.calls.Add(c)
	p.config.Traces.Called(c.Seq, c.Event, memberOf(c.Body, "appId"), c.NewMsgID)
	p.Broadcast()
}

// maxAnswer bounds the answers that are remembered, in bytes.
const maxAnswer = 4 << 10

// answerOf returns an answer as it is remembered.
func answerOf(a answer) json.RawMessage {
	text := message.EncodeJSON(a)
	if len(text) > maxAnswer {
		return message.EncodeJSON(string(text[:maxAnswer]) + "…")
	}
	return text
}

// eventOf returns the event that a bot names in a call; empty if it names none.
func eventOf(r *http.Request) string {
	event := r.Header.Get("Hongyan-Event")
	if len(event) > 256 {
		return ""
	}
	return event
}

// memberOf returns a text of a JSON object; empty if it has none.
func memberOf(body json.RawMessage, name string) string {
	var members map[string]json.RawMessage
	var text string
	if json.Unmarshal(body, &members) != nil || json.Unmarshal(members[name], &text) != nil {
		return ""
	}
	return text
}

// Call returns the call with a number. The caller holds the lock.
func (p *API) Call(seq int64) (Call, bool) { return p.calls.At(seq) }

// LastCall returns the number of the last call. The caller holds the lock.
func (p *API) LastCall() int64 { return p.calls.Next() - 1 }

// CallsAfter returns the calls after a number, in the order in which they were executed. It waits
// for those that are being executed: who has seen the message of a call finds the call.
func (p *API) CallsAfter(after int64) []Call {
	p.Lock()
	waits := slices.Collect(maps.Keys(p.open))
	p.Unlock()
	p.WaitOpen(func() bool {
		return !slices.ContainsFunc(waits, func(number int64) bool { _, open := p.open[number]; return open })
	})
	p.Lock()
	defer p.Unlock()
	return append([]Call{}, p.calls.After(after)...)
}

// AwaitCall waits for a call, among all that were received.
func (p *API) AwaitCall(ctx context.Context, match func(Call) bool) (Call, error) {
	var found Call
	err := p.Wait(ctx, func() bool {
		i := slices.IndexFunc(p.calls.After(0), match)
		if i >= 0 {
			found = p.calls.After(0)[i]
		}
		return i >= 0
	})
	return found, err
}

// jsonOf returns a body if it is JSON, else its beginning as a JSON string.
func jsonOf(body []byte) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, body) == nil {
		return b.Bytes()
	}
	const most = 4 << 10
	return message.EncodeJSON(string(body[:min(len(body), most)]))
}

// WriteJSON answers with a status and v as JSON.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(message.EncodeJSON(v), '\n'))
}

// Routes serves the API and its downloads.
func (p *API) Routes(r chi.Router) {
	for _, f := range Flavours() {
		r.Post(f.Prefix+"/*", p.service(f))
	}
	r.Get(downloads+"*", p.download)
	r.Head(downloads+"*", p.download)
}

// service returns the handler of a flavour. Paths are case-sensitive.
func (p *API) service(f Flavour) http.HandlerFunc {
	known := map[string]http.HandlerFunc{}
	for _, e := range p.Table {
		if e.in(f) {
			known[e.path] = p.serve(f, e)
		}
	}
	return func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, f.Prefix)
		if serve, ok := known[path]; ok {
			serve(w, r)
			return
		}
		body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		p.record(0, Call{Endpoint: path, Body: jsonOf(body), Ret: http.StatusNotFound, Reason: "there is no such endpoint",
			At: p.world.Clock.Now(), Event: eventOf(r)})
		NotFound(w, r)
	}
}

// NotFound answers with 404, in the words of the service.
func NotFound(w http.ResponseWriter, r *http.Request) {
	WriteJSON(w, http.StatusNotFound, struct {
		Status int    `json:"status"`
		Error  string `json:"error"`
		Path   string `json:"path"`
	}{http.StatusNotFound, "Not Found", r.URL.Path})
}

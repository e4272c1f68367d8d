package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// faultAnswer returns the answer to a call that a fault stops.
func faultAnswer(f *faults.Fault, e *endpoint) (answer, int) {
	switch f.Kind {
	case faults.HTTP500:
		return answer{Ret: http.StatusInternalServerError, Msg: "Internal Server Error"}, http.StatusInternalServerError
	case faults.HTTP502:
		return answer{Ret: http.StatusBadGateway}, http.StatusBadGateway
	case faults.Zombie:
		return e.failed(refuse("the session is dead, though it looks online (会话已失效)")), http.StatusOK
	default:
		if f.Message != "" {
			return e.failed(&refusal{msg: f.Message}), http.StatusOK
		}
		return e.failed(refuse("refused on order (a fault of the simulator)")), http.StatusOK
	}
}

// linger waits for the delay of a fault, or until the client or the simulator ends.
func (p *API) linger(ctx context.Context, f *faults.Fault) {
	ctx, cancel := p.Until(ctx)
	defer cancel()
	wait.For(ctx, nil, f.Delay) // by real time, as the timeout of the client is
}

// dribble writes an answer in pieces, during the delay of a fault.
func (p *API) dribble(w http.ResponseWriter, r *http.Request, f *faults.Fault, body []byte) {
	const pieces = 10
	ctx, cancel := p.Until(r.Context())
	defer cancel()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	flush := http.NewResponseController(w)
	for i := range pieces {
		from, to := len(body)*i/pieces, len(body)*(i+1)/pieces
		if _, err := w.Write(body[from:to]); err != nil || flush.Flush() != nil || !wait.For(ctx, nil, f.Delay/pieces) {
			return
		}
	}
}

// aboutOf reads from a body what a call concerns.
func aboutOf(body []byte) faults.About {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var b map[string]any
	if d.Decode(&b) != nil {
		return faults.About{}
	}
	a := faults.About{AppID: textOf(b["appId"])}
	for _, name := range []string{"chatroomId", "toWxid", "toUserName", "wxid", "snsId"} {
		if id := textOf(b[name]); id != "" {
			a.Targets = append(a.Targets, id)
		}
	}
	return a
}

// takeFault returns the fault of a call, or nil.
func (p *API) takeFault(endpoint string, body []byte) *faults.Fault {
	p.Lock()
	defer p.Unlock()
	return p.faults.Take(endpoint, aboutOf(body))
}

// emptied returns an answer with empty lists.
func emptied(data any) any {
	d := json.NewDecoder(bytes.NewReader(message.EncodeJSON(data)))
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

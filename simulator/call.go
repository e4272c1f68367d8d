package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
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

// Calls are the API calls that were received, refused ones included, in the order in which they were done.
func (s *Simulator) Calls() []Call { return s.callsAfter(0) }

func (s *Simulator) callsAfter(after int64) []Call {
	calls := []Call{}
	for _, c := range s.api.CallsAfter(after) {
		calls = append(calls, Call(c))
	}
	return calls
}

// AwaitCall waits for an API call, of those received since the simulator began.
func (s *Simulator) AwaitCall(ctx context.Context, match func(Call) bool) (Call, error) {
	c, err := s.api.AwaitCall(ctx, func(c endpoint.Call) bool { return match(Call(c)) })
	if err != nil {
		return Call{}, fmt.Errorf("simulator: no such call was received: %w", err)
	}
	return Call(c), nil
}

// getCalls is GET /sim/calls.
func (s *Simulator) getCalls(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r, "after")
	after := q.after()
	if q.err != nil {
		fail(w, http.StatusBadRequest, q.err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		Calls []Call `json:"calls"`
	}{hideCallbacks(s.callsAfter(after))})
}

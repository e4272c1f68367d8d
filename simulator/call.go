package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
)

// Call is a call of the service's API.
type Call struct {
	Seq      int64  `json:"seq"` // counts all calls from 1
	Endpoint string `json:"endpoint"`
	// Body is the body as received; a JSON string if it was not JSON.
	Body json.RawMessage `json:"body"`
	// Ret is the ret of the answer, or the HTTP status if the answer has none, or 0 if there was no
	// answer.
	Ret int `json:"ret"`
	// Executed reports whether the call was executed.
	Executed bool `json:"executed"`
	// Reason is the reason why it was not executed.
	Reason string `json:"reason,omitempty"`
	// Fault is the kind of the fault that it met.
	Fault string `json:"fault,omitempty"`
	// At is when it came, and Millis how long it took to answer.
	At     time.Time `json:"at"`
	Millis int64     `json:"ms"`
	// Answer is the answer, or the beginning of a long one as a JSON string; null if there was
	// none.
	Answer json.RawMessage `json:"answer,omitempty"`
	// Event is the key of the event that the bot says it is about: "wx_a:1234".
	Event string `json:"event,omitempty"`
	// NewMsgID is the message that it has sent; 0 if none.
	NewMsgID uint64 `json:"new_msg_id,string,omitempty"`
}

// Calls returns the API calls that were received, refused ones included, in the order in which they
// were executed.
func (s *Simulator) Calls() []Call { return s.callsAfter(0) }

func (s *Simulator) callsAfter(after int64) []Call {
	calls := []Call{}
	for _, c := range s.api.CallsAfter(after) {
		calls = append(calls, Call(c))
	}
	return calls
}

// AwaitCall waits for an API call, among all since the simulator began.
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

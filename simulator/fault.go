package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
)

// The faults of API calls. With FaultZombie, calls but checkOnline are refused and no callbacks are
// posted. The delay of FaultClockSkew may be negative. FaultRefuseLocal is for setCallback only: it
// fails for loopback and private addresses.
const (
	FaultRefuse          = faults.Refuse          // ret 500, not executed
	FaultHTTP500         = faults.HTTP500         // HTTP 500 with the service's JSON, not executed
	FaultHTTP502         = faults.HTTP502         // HTTP 502 with an HTML page, not executed
	FaultSlow            = faults.Slow            // executed at once, answered after the delay
	FaultDropBefore      = faults.DropBefore      // the connection is closed, not executed
	FaultExecuteThenDrop = faults.ExecuteThenDrop // executed, then closed without an answer
	FaultOffline         = faults.Offline         // as if the account were offline
	FaultSlowBody        = faults.SlowBody        // executed at once, the answer takes the delay
	FaultZombie          = faults.Zombie          // a dead session; checkOnline says online
	FaultClockSkew       = faults.ClockSkew       // the answer's Date is wrong by the delay
	FaultEmpty           = faults.Empty           // executed, with empty lists in the answer
	FaultRefuseLocal     = faults.RefuseLocal     // setCallback refuses local addresses
)

// The faults of callbacks. FaultReorder waits for the next callback for the delay, or a second.
const (
	FaultDrop      = faults.Drop      // not posted at all
	FaultDuplicate = faults.Duplicate // posted twice; with a delay, the second time after that
	FaultDelay     = faults.Delay     // posted after the delay; its conversation waits
	FaultReorder   = faults.Reorder   // posted after the next one of its conversation
)

// Fault is a fault that the simulator injects into API calls or callbacks.
type Fault struct {
	// Endpoint is the path of an API call ("/message/postText"), "/message/*" for those of a
	// module, "*" for all, or "callback".
	Endpoint string
	// Kind is one of the Fault constants. For callbacks, FaultOffline takes the account offline and
	// posts that instead of the callback.
	Kind string
	// AppID limits the fault to an account. Empty means all.
	AppID string
	// Target limits a fault of API calls to those that concern a group, a person or a post: its id,
	// in the chatroomId, toWxid, toUserName, wxid or snsId of the call. Empty means all.
	Target string
	// Message is the msg of FaultRefuse's answer, which then has no data. Empty means that of the
	// endpoint.
	Message string
	// Delay is needed by FaultSlow, FaultSlowBody, FaultDelay and FaultClockSkew, and optional for
	// FaultDuplicate, FaultReorder and FaultZombie. With one, the calls of a FaultZombie hang that
	// long before the connection is closed.
	Delay time.Duration
	// Count is how often the fault happens. 0 means once; for FaultZombie and FaultClockSkew, until
	// the faults are cleared.
	Count int
	// Probability is how likely the fault is for each call or callback that fits. 0 means always
	// (1).
	Probability float64
	// Seed changes the decisions of Probability. 0 means one that follows from Config.Seed.
	Seed uint64
}

// FaultState is a fault and how often it has happened.
type FaultState struct {
	Fault
	ID   int
	Hits int
	// Last is when it has happened last; zero for never.
	Last time.Time
}

// AddFaults adds either all faults or none, after those in force. Of several that fit, the first
// that is not used up happens.
func (s *Simulator) AddFaults(fs ...Fault) ([]FaultState, error) {
	internal := make([]faults.Fault, len(fs))
	for i, f := range fs {
		internal[i] = faults.Fault(f)
		internal[i].Fill()
	}
	added, err := s.faults.Add(internal)
	if err != nil {
		return nil, fmt.Errorf("simulator: fault: %w", err)
	}
	return faultStates(added), nil
}

// Faults returns the faults that were added, also those that are used up.
func (s *Simulator) Faults() []FaultState { return faultStates(s.faults.All()) }

// ClearFaults removes all faults and returns how many there were.
func (s *Simulator) ClearFaults() int { return s.faults.Clear() }

func faultStates(internal []faults.State) []FaultState {
	states := []FaultState{}
	for _, f := range internal {
		states = append(states, FaultState{Fault: Fault(f.Fault), ID: f.ID, Hits: f.Hits, Last: f.Last})
	}
	return states
}

// faultRequest is a fault of the control API. A nil pointer means a missing field.
type faultRequest struct {
	Endpoint    string   `json:"endpoint"`
	Fault       string   `json:"fault"`
	AppID       string   `json:"app_id"`
	Target      string   `json:"target"`
	Message     string   `json:"message"`
	Delay       string   `json:"delay"`
	Count       *int     `json:"count"`
	Probability *float64 `json:"probability"`
	Seed        *uint64  `json:"seed"`
}

// faultsRequest is one fault, or several under "faults".
type faultsRequest struct {
	faultRequest
	Faults *[]faultRequest `json:"faults"`
}

// faultView is a fault in an answer.
type faultView struct {
	ID          int     `json:"id"`
	Endpoint    string  `json:"endpoint"`
	Fault       string  `json:"fault"`
	AppID       string  `json:"app_id,omitempty"`
	Target      string  `json:"target,omitempty"`
	Message     string  `json:"message,omitempty"`
	Delay       string  `json:"delay,omitempty"`
	Count       int     `json:"count"`
	Probability float64 `json:"probability"`
	Seed        uint64  `json:"seed"`
	Hits        int     `json:"hits"`

	Last time.Time `json:"last,omitzero"`
}

// MarshalJSON encodes the fault as GET /sim/faults has it.
func (f FaultState) MarshalJSON() ([]byte, error) {
	v := faultView{
		ID: f.ID, Endpoint: f.Endpoint, Fault: f.Kind, AppID: f.AppID, Target: f.Target, Message: f.Message, Count: f.Count,
		Probability: f.Probability, Seed: f.Seed, Hits: f.Hits, Last: f.Last,
	}
	if f.Delay != 0 {
		v.Delay = f.Delay.String()
	}
	return json.Marshal(v)
}

func (f *faultRequest) fault(s *Simulator) (faults.Fault, error) {
	fault := faults.Fault{Endpoint: f.Endpoint, Kind: f.Fault, AppID: f.AppID, Target: f.Target, Message: f.Message}
	fault.Fill()
	if f.Delay != "" {
		d, err := time.ParseDuration(f.Delay)
		if err != nil || d == 0 || d < 0 && f.Fault != FaultClockSkew {
			return fault, fmt.Errorf(`"delay" must be a time such as "2s", not %q`, f.Delay)
		}
		fault.Delay = d
	}
	if f.Count != nil {
		fault.Count = *f.Count
	}
	if f.Probability != nil {
		fault.Probability = *f.Probability
	}
	if f.Seed != nil {
		fault.Seed = *f.Seed
	}
	return fault, s.faults.Check(&fault)
}

// list returns the faults of a request, in either form.
func (f *faultsRequest) list(s *Simulator) ([]faults.Fault, error) {
	requests := []faultRequest{f.faultRequest}
	if f.Faults != nil {
		if f.faultRequest != (faultRequest{}) {
			return nil, errors.New(`give either one fault, or several under "faults"`)
		}
		if requests = *f.Faults; len(requests) == 0 {
			return nil, errors.New(`"faults" is empty; DELETE /sim/faults clears them`)
		}
	}
	var fs []faults.Fault
	for i := range requests {
		fault, err := requests[i].fault(s)
		if err != nil {
			if len(requests) > 1 {
				return nil, fmt.Errorf("faults[%d]: %w", i, err)
			}
			return nil, err
		}
		fs = append(fs, fault)
	}
	return fs, nil
}

// faultList is the answer with faults.
type faultList struct {
	Faults []FaultState `json:"faults"`
}

// postFaults is POST /sim/faults.
func (s *Simulator) postFaults(w http.ResponseWriter, r *http.Request) {
	var body faultsRequest
	err := readJSON(w, r, &body)
	var fs []faults.Fault
	if err == nil {
		fs, err = body.list(s)
	}
	var added []faults.State
	if err == nil {
		added, err = s.faults.Add(fs)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, faultList{faultStates(added)})
}

// getFaults is GET /sim/faults.
func (s *Simulator) getFaults(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("the list of faults takes no parameters"))
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, faultList{s.Faults()})
}

// deleteFault is DELETE /sim/faults/{id}.
func (s *Simulator) deleteFault(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(chi.URLParam(r, "id"))
	if err != nil || !s.faults.Remove(id) {
		fail(w, http.StatusNotFound, fmt.Errorf("there is no fault %s; GET /sim/faults lists them", chi.URLParam(r, "id")))
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, faultList{s.Faults()})
}

// deleteFaults is DELETE /sim/faults.
func (s *Simulator) deleteFaults(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("DELETE clears all faults and takes no parameters"))
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		Cleared int `json:"cleared"`
	}{s.ClearFaults()})
}

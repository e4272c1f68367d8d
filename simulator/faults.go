package simulator

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// The faults of API calls.
const (
	FaultRefuse          = "refuse"            // ret 500; not executed
	FaultHTTP500         = "http_500"          // HTTP 500 with the service's JSON; not executed
	FaultHTTP502         = "http_502"          // HTTP 502 with a gateway's HTML page; not executed
	FaultSlow            = "slow"              // executed at once, answered after the delay
	FaultDropBefore      = "drop_before"       // the connection is closed; not executed
	FaultExecuteThenDrop = "execute_then_drop" // executed, then the connection is closed without an answer
	FaultOffline         = "offline"           // as if the account were offline
	FaultSlowBody        = "slow_body"         // executed at once; the answer comes in pieces, over the delay
	FaultZombie          = "zombie"            // the account looks online and is dead: all calls but checkOnline are refused, no callbacks come
	FaultClockSkew       = "clock_skew"        // the date of the answer is wrong by the delay, which may be negative
	FaultEmpty           = "empty"             // executed, and the lists of the answer are empty
	FaultRefuseLocal     = "refuse_local"      // of setCallback: the service cannot reach loopback and private addresses
)

// The faults of callbacks.
const (
	FaultDrop      = "drop"      // not posted at all
	FaultDuplicate = "duplicate" // posted twice; with a delay, the second time after that
	FaultDelay     = "delay"     // posted after the delay; its conversation waits
	FaultReorder   = "reorder"   // posted after the next one of its conversation, for which it waits a second or the delay
)

const (
	faultAll      = "*"        // as endpoint: every API call
	faultCallback = "callback" // as endpoint: the callbacks
)

// Fault is something that is to go wrong.
type Fault struct {
	// Endpoint is the path of an API call ("/message/postText"), "*" for all of them, or "callback".
	Endpoint string
	// Kind is one of the Fault constants. FaultOffline of the callbacks means that the account goes offline, and that this is
	// posted instead.
	Kind string
	// AppID limits it to an account. Empty means all.
	AppID string
	// Target limits a fault of an API call to those about a group or a person: its id, as chatroomId, toWxid, toUserName, wxid or snsId of the call has it.
	// Empty means all.
	Target string
	// Message is what the answer of FaultRefuse says, as its only text. Empty means the endpoint's own.
	Message string
	// Delay is for FaultSlow, FaultSlowBody, FaultDelay and FaultClockSkew, which need one; FaultDuplicate and FaultReorder may have one.
	// With one, the calls of a FaultZombie hang that long, and then the connection is closed.
	Delay time.Duration
	// Count is how often it happens. 0 means once; for FaultZombie and FaultClockSkew, until the faults are cleared.
	Count int
	// Probability is how likely it happens to each call or callback that it is for. 0 means always (1).
	Probability float64
	// Seed makes other decisions for a Probability. 0 means one that follows from Config.Seed.
	Seed uint64
}

// FaultState is a fault and how often it has happened.
type FaultState struct {
	Fault
	ID   int
	Hits int
}

// rule is a fault that is in force.
type rule struct {
	FaultState
	rand *rand.Rand
}

// faults are the rules in the order in which they were added. The simulator's lock guards them.
type faults struct {
	rules []*rule
	added int
	seed  uint64
}

func apiFaults() []string {
	return []string{
		FaultRefuse, FaultHTTP500, FaultHTTP502, FaultSlow, FaultSlowBody, FaultDropBefore, FaultExecuteThenDrop, FaultOffline, FaultZombie,
		FaultClockSkew, FaultEmpty,
	}
}

func callbackFaults() []string {
	return []string{FaultDrop, FaultDuplicate, FaultDelay, FaultReorder, FaultOffline}
}

// fill puts in the defaults.
func (f *Fault) fill() {
	if f.Count == 0 {
		f.Count = 1
		if f.Kind == FaultZombie || f.Kind == FaultClockSkew {
			f.Count = math.MaxInt32
		}
	}
	if f.Probability == 0 {
		f.Probability = 1
	}
}

// check refuses what would not do what it says.
func (s *Simulator) checkFault(f *Fault) error {
	kinds := apiFaults()
	switch {
	case f.Endpoint == "":
		return errors.New(`"endpoint" is missing: the path of an API call such as /message/postText, "*" for all, or "callback"`)
	case f.Endpoint == faultCallback:
		kinds = callbackFaults()
	case f.Endpoint != faultAll && !slices.ContainsFunc(s.api, func(e *endpoint) bool { return e.path == f.Endpoint }):
		return fmt.Errorf(`there is no endpoint %q: give the path after the base URL, as in /message/postText, "*" for all, or "callback"`, f.Endpoint)
	case strings.HasSuffix(f.Endpoint, "/setCallback"):
		kinds = append(kinds, FaultRefuseLocal)
	}
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf(`there is no "fault" %q for the endpoint %q: use one of %s`, f.Kind, f.Endpoint, strings.Join(kinds, ", "))
	}
	must := []string{FaultSlow, FaultSlowBody, FaultDelay, FaultClockSkew}
	may := slices.Concat(must, []string{FaultDuplicate, FaultReorder, FaultZombie})
	switch {
	case f.Delay == 0 && slices.Contains(must, f.Kind):
		return fmt.Errorf(`the fault %q needs a "delay" such as "2s"`, f.Kind)
	case f.Delay != 0 && !slices.Contains(may, f.Kind):
		return fmt.Errorf(`the fault %q has no use for a "delay"`, f.Kind)
	case f.Delay < 0 && f.Kind != FaultClockSkew:
		return fmt.Errorf(`the "delay" of the fault %q must not be negative`, f.Kind)
	case f.Target != "" && (f.Endpoint == faultCallback || f.Kind == FaultClockSkew || f.Kind == FaultZombie):
		return fmt.Errorf(`a "target" limits API calls, and not the fault %q of %q`, f.Kind, f.Endpoint)
	case f.Message != "" && f.Kind != FaultRefuse:
		return fmt.Errorf(`the fault %q has no use for a "message"`, f.Kind)
	case f.AppID != "" && f.Kind == FaultClockSkew:
		return fmt.Errorf(`the fault %q is not about an account`, f.Kind)
	case f.Count < 1:
		return errors.New(`"count" must be at least 1`)
	case f.Probability <= 0 || f.Probability > 1:
		return errors.New(`"probability" must be more than 0 and at most 1`)
	}
	return nil
}

// AddFaults puts faults in force, after those that are. Of several that fit, the first that has not been used up happens.
// Either all are added or none.
func (s *Simulator) AddFaults(fs ...Fault) ([]FaultState, error) {
	fs = slices.Clone(fs)
	for i := range fs {
		fs[i].fill()
	}
	added, err := s.addFaults(fs)
	if err != nil {
		return nil, fmt.Errorf("simulator: fault: %w", err)
	}
	return added, nil
}

func (s *Simulator) addFaults(fs []Fault) ([]FaultState, error) {
	for i := range fs {
		if err := s.checkFault(&fs[i]); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var states []FaultState
	for _, f := range fs {
		s.faults.added++
		if f.Seed == 0 {
			f.Seed = s.faults.seed + uint64(s.faults.added) //nolint:gosec // counts from 1
		}
		r := &rule{
			FaultState: FaultState{Fault: f, ID: s.faults.added},
			rand:       rand.New(rand.NewPCG(f.Seed, 0x6661756c74)), //nolint:gosec // reproducible on purpose
		}
		s.faults.rules = append(s.faults.rules, r)
		states = append(states, r.FaultState)
	}
	return states, nil
}

// Faults lists the faults that were added, used up or not.
func (s *Simulator) Faults() []FaultState {
	s.mu.Lock()
	defer s.mu.Unlock()
	states := []FaultState{}
	for _, r := range s.faults.rules {
		states = append(states, r.FaultState)
	}
	return states
}

// ClearFaults forgets all faults and tells how many there were.
func (s *Simulator) ClearFaults() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.faults.rules)
	s.faults.rules = nil
	return n
}

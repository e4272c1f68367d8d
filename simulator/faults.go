package simulator

import (
	"errors"
	"fmt"
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
)

// The faults of callbacks.
const (
	FaultDrop      = "drop"      // not posted at all
	FaultDuplicate = "duplicate" // posted twice
	FaultDelay     = "delay"     // posted after the delay; its conversation waits
)

const (
	faultAll      = "*"        // as endpoint: every API call
	faultCallback = "callback" // as endpoint: the callbacks
)

// Fault is something that is to go wrong.
type Fault struct {
	// Endpoint is the path of an API call ("/message/postText"), "*" for all of them, or "callback".
	Endpoint string
	// Kind is one of the Fault constants.
	Kind string
	// Delay is for FaultSlow and FaultDelay, which need one.
	Delay time.Duration
	// Count is how often it happens. 0 means once.
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
	return []string{FaultRefuse, FaultHTTP500, FaultHTTP502, FaultSlow, FaultDropBefore, FaultExecuteThenDrop, FaultOffline}
}

func callbackFaults() []string { return []string{FaultDrop, FaultDuplicate, FaultDelay} }

// check refuses what would not do what it says.
func (f *Fault) check() error {
	kinds := apiFaults()
	switch {
	case f.Endpoint == "":
		return errors.New(`"endpoint" is missing: the path of an API call such as /message/postText, "*" for all, or "callback"`)
	case f.Endpoint == faultCallback:
		kinds = callbackFaults()
	case f.Endpoint != faultAll && !hasEndpoint(f.Endpoint):
		return fmt.Errorf(`there is no endpoint %q: give the path after the base URL, as in /message/postText, "*" for all, or "callback"`, f.Endpoint)
	}
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf(`there is no "fault" %q for the endpoint %q: use one of %s`, f.Kind, f.Endpoint, strings.Join(kinds, ", "))
	}
	waits := f.Kind == FaultSlow || f.Kind == FaultDelay
	switch {
	case waits && f.Delay <= 0:
		return fmt.Errorf(`the fault %q needs a "delay" such as "2s"`, f.Kind)
	case !waits && f.Delay != 0:
		return fmt.Errorf(`the fault %q has no use for a "delay"`, f.Kind)
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
	for i := range fs {
		if fs[i].Count == 0 {
			fs[i].Count = 1
		}
		if fs[i].Probability == 0 {
			fs[i].Probability = 1
		}
	}
	added, err := s.addFaults(fs)
	if err != nil {
		return nil, fmt.Errorf("simulator: fault: %w", err)
	}
	return added, nil
}

func (s *Simulator) addFaults(fs []Fault) ([]FaultState, error) {
	for i := range fs {
		if err := fs[i].check(); err != nil {
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

// takeFault decides what goes wrong with a call or a callback; nil if nothing does.
func (s *Simulator) takeFault(endpoint string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.faults.rules {
		fits := r.Endpoint == endpoint || r.Endpoint == faultAll && endpoint != faultCallback
		if !fits || r.Hits >= r.Count || r.Probability < 1 && r.rand.Float64() >= r.Probability {
			continue
		}
		r.Hits++
		f := r.Fault
		return &f
	}
	return nil
}

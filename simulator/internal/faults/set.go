package faults

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
)

// rule is a fault that is in force.
type rule struct {
	State
	rand *rand.Rand
}

// Set holds the faults in force, in the order in which they were added. The lock of its lifetime
// guards it.
type Set struct {
	*lifetime.Lifetime
	clock   clock.Clock
	rules   []*rule
	added   int
	changes int // of the rules and their hits
	seed    uint64
	known   func(path string) bool // whether the API has an endpoint
}

// NewSet makes an empty set. known reports whether the API has an endpoint with a path.
func NewSet(life *lifetime.Lifetime, c clock.Clock, seed uint64, known func(path string) bool) *Set {
	return &Set{Lifetime: life, clock: c, seed: seed, known: known}
}

// Changes counts what was added, removed and hit. The caller holds the lock.
func (s *Set) Changes() int { return s.changes }

func (s *Set) changed() {
	s.changes++
	s.Broadcast()
}

// hit counts a hit.
func (s *Set) hit(r *rule) {
	r.Hits++
	r.Last = s.clock.Now()
	s.changed()
}

// Check returns an error for a fault that cannot have its effect.
func (s *Set) Check(f *Fault) error {
	kinds := apiFaults()
	switch {
	case f.Endpoint == "":
		return errors.New(`"endpoint" is missing: the path of an API call such as /message/postText, "*" for all, or "callback"`)
	case f.Endpoint == Callbacks:
		kinds = callbackFaults()
	case f.Endpoint != AllCalls && !s.known(f.Endpoint):
		return fmt.Errorf(`there is no endpoint %q: give the path after the base URL, as in /message/postText, "/message/*" for a module, `+
			`"*" for all, or "callback"`, f.Endpoint)
	case strings.HasSuffix(f.Endpoint, "/setCallback"):
		kinds = append(kinds, RefuseLocal)
	}
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf(`there is no "fault" %q for the endpoint %q: use one of %s`, f.Kind, f.Endpoint, strings.Join(kinds, ", "))
	}
	must := []string{Slow, SlowBody, Delay, ClockSkew}
	may := slices.Concat(must, []string{Duplicate, Reorder, Zombie})
	switch {
	case f.Delay == 0 && slices.Contains(must, f.Kind):
		return fmt.Errorf(`the fault %q needs a "delay" such as "2s"`, f.Kind)
	case f.Delay != 0 && !slices.Contains(may, f.Kind):
		return fmt.Errorf(`the fault %q has no use for a "delay"`, f.Kind)
	case f.Delay < 0 && f.Kind != ClockSkew:
		return fmt.Errorf(`the "delay" of the fault %q must not be negative`, f.Kind)
	case f.Target != "" && (f.Endpoint == Callbacks || f.Kind == ClockSkew || f.Kind == Zombie):
		return fmt.Errorf(`a "target" limits API calls, and not the fault %q of %q`, f.Kind, f.Endpoint)
	case f.Message != "" && f.Kind != Refuse:
		return fmt.Errorf(`the fault %q has no use for a "message"`, f.Kind)
	case f.AppID != "" && f.Kind == ClockSkew:
		return fmt.Errorf(`the fault %q is not about an account`, f.Kind)
	case f.Count < 1:
		return errors.New(`"count" must be at least 1`)
	case f.Probability <= 0 || f.Probability > 1:
		return errors.New(`"probability" must be more than 0 and at most 1`)
	}
	return nil
}

// Add adds either all faults or none, after those in force. It takes the lock.
func (s *Set) Add(fs []Fault) ([]State, error) {
	for i := range fs {
		if err := s.Check(&fs[i]); err != nil {
			return nil, err
		}
	}
	s.Lock()
	defer s.Unlock()
	var states []State
	for _, f := range fs {
		s.added++
		if f.Seed == 0 {
			f.Seed = s.seed + uint64(s.added) //nolint:gosec // counts from 1
		}
		r := &rule{
			State: State{Fault: f, ID: s.added},
			rand:  rand.New(rand.NewPCG(f.Seed, 0x6661756c74)), //nolint:gosec // reproducible on purpose
		}
		s.rules = append(s.rules, r)
		states = append(states, r.State)
	}
	s.changed()
	return states, nil
}

// All returns the faults that were added, also those that are used up. It takes the lock.
func (s *Set) All() []State {
	s.Lock()
	defer s.Unlock()
	states := []State{}
	for _, r := range s.rules {
		states = append(states, r.State)
	}
	return states
}

// Clear removes all faults and returns how many there were. It takes the lock.
func (s *Set) Clear() int {
	s.Lock()
	defer s.Unlock()
	n := len(s.rules)
	s.rules = nil
	s.changed()
	return n
}

// Remove removes a fault, and reports whether there was one with this id. It takes the lock.
func (s *Set) Remove(id int) bool {
	s.Lock()
	defer s.Unlock()
	n := len(s.rules)
	s.rules = slices.DeleteFunc(s.rules, func(r *rule) bool { return r.ID == id })
	s.changed()
	return len(s.rules) < n
}

// About is what a call concerns, as far as faults distinguish it.
type About struct {
	AppID   string
	Targets []string
}

// TakeSkew returns the error of the clock in an answer. It takes the lock.
func (s *Set) TakeSkew(path string) time.Duration {
	s.Lock()
	defer s.Unlock()
	for _, rule := range s.rules {
		module, whole := strings.CutSuffix(rule.Endpoint, "*")
		fits := strings.HasSuffix(path, rule.Endpoint) || whole && strings.Contains(path, module)
		if rule.Kind != ClockSkew || rule.Hits >= rule.Count || !fits {
			continue
		}
		s.hit(rule)
		return rule.Delay
	}
	return 0
}

// Take returns the fault of a call or a callback, or nil: the first rule that fits and is not used
// up.
func (s *Set) Take(endpoint string, what About) *Fault {
	for _, r := range s.rules {
		if !r.fits(endpoint, what) || r.Hits >= r.Count || r.Probability < 1 && r.rand.Float64() >= r.Probability {
			continue
		}
		s.hit(r)
		fault := r.Fault
		return &fault
	}
	return nil
}

// Zombie reports whether the session of an account is dead.
func (s *Set) Zombie(appID string) bool {
	for _, r := range s.rules {
		if r.Kind == Zombie && r.Hits < r.Count && (r.AppID == "" || r.AppID == appID) {
			return true
		}
	}
	return false
}

func (r *rule) fits(endpoint string, what About) bool {
	switch {
	case r.Kind == ClockSkew, r.AppID != "" && r.AppID != what.AppID, r.Target != "" && !slices.Contains(what.Targets, r.Target):
		return false
	case r.Kind == Zombie && (endpoint == "/login/checkOnline" || what.AppID == ""):
		return false // a dead session still answers that it is online
	default:
		module, whole := strings.CutSuffix(r.Endpoint, "*")
		return r.Endpoint == endpoint || whole && strings.HasPrefix(endpoint, module) && endpoint != Callbacks
	}
}

// Package faults decides which API calls and callbacks of a simulator fail, and how.
package faults

import (
	"math"
	"time"
)

// The faults of API calls; see simulator.Fault.
const (
	Refuse          = "refuse"
	HTTP500         = "http_500"
	HTTP502         = "http_502"
	Slow            = "slow"
	DropBefore      = "drop_before"
	ExecuteThenDrop = "execute_then_drop"
	Offline         = "offline"
	SlowBody        = "slow_body"
	Zombie          = "zombie"
	ClockSkew       = "clock_skew"
	Empty           = "empty"
	RefuseLocal     = "refuse_local"
)

// The faults of callbacks.
const (
	Drop      = "drop"
	Duplicate = "duplicate"
	Delay     = "delay"
	Reorder   = "reorder"
)

// The endpoints of a fault that are not the path of an API call.
const (
	AllCalls  = "*"
	Callbacks = "callback"
)

// Fault is a fault to inject; see simulator.Fault.
type Fault struct {
	Endpoint    string
	Kind        string
	AppID       string
	Target      string
	Message     string
	Delay       time.Duration
	Count       int
	Probability float64
	Seed        uint64
}

// State is a fault and how often it has happened.
type State struct {
	Fault
	ID   int
	Hits int
	Last time.Time // of the last hit; zero for none
}

func apiFaults() []string {
	return []string{
		Refuse, HTTP500, HTTP502, Slow, SlowBody, DropBefore, ExecuteThenDrop, Offline, Zombie,
		ClockSkew, Empty,
	}
}

func callbackFaults() []string {
	return []string{Drop, Duplicate, Delay, Reorder, Offline}
}

// Fill sets the defaults.
func (f *Fault) Fill() {
	if f.Count == 0 {
		f.Count = 1
		if f.Kind == Zombie || f.Kind == ClockSkew {
			f.Count = math.MaxInt32
		}
	}
	if f.Probability == 0 {
		f.Probability = 1
	}
}

// Is reports whether the fault is of that kind. A nil fault is of none.
func (f *Fault) Is(kind string) bool { return f != nil && f.Kind == kind }

// Stops reports whether the fault keeps the call from being executed.
func (f *Fault) Stops() bool {
	return f.Is(Refuse) || f.Is(HTTP500) || f.Is(HTTP502) || f.Is(DropBefore) || f.Is(Zombie)
}

// Drops reports whether the fault closes the connection without an answer.
func (f *Fault) Drops() bool {
	return f.Is(DropBefore) || f.Is(ExecuteThenDrop) || f.Is(Zombie) && f.Delay > 0
}

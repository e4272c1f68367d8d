// Package world is the virtual world of a simulator: accounts, people and groups, their messages
// and actions, and the callbacks that these cause.
//
// The lock of [World] guards all of it: a caller of its methods holds the lock, except where a
// method takes it.
package world

import (
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/history"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// World is the state of the service.
type World struct {
	*lifetime.Lifetime
	Clock    clock.Clock
	history  int // how many unfinished uploads it remembers
	People   People
	IDs      *Generator
	faults   *faults.Set
	out      *delivery.Poster
	Messages history.Log[*Entry]
	Devices  Devices
	Moments  Moments
	videos   videos
	notices  map[noticeKey]message.Notice
	Bodies   map[string]string // names of the bytes of cdn objects, by cdn id
	given    map[string][]byte // the bytes that were given for them, by name
	Voices   Voices
}

// Config is the configuration of a World.
type Config struct {
	Accounts []*Account // with their exported fields only
	Contacts []Contact
	Groups   []*Group
	Seed     uint64
	History  int
	Clock    clock.Clock
	Lifetime *lifetime.Lifetime
	Faults   *faults.Set
	Out      *delivery.Poster
	Voices   Voices
}

// New makes a world. It keeps the accounts, contacts and groups of c.
func New(c Config) *World {
	w := &World{
		Lifetime: c.Lifetime, Clock: c.Clock, history: c.History, People: newPeople(c), IDs: newGenerator(c.Seed), faults: c.Faults,
		out: c.Out, Voices: c.Voices,
		Bodies: map[string]string{}, given: map[string][]byte{}, notices: map[noticeKey]message.Notice{},
	}
	w.Messages.Most = c.History
	w.begin()
	return w
}

// Now returns the time of a message: whole seconds, as the service has it.
func (w *World) Now() int64 { return w.Clock.Now().Unix() }

package bottest

import (
	"math"

	"github.com/hongyan-go/hongyan/simulator"
)

// Refuse lets the service refuse the sends to these chats, until Mend: nothing is sent, and the bot
// knows that.
func (s *Sim) Refuse(chats ...Chat) {
	s.tb.Helper()
	s.breakSends(simulator.FaultRefuse, chats)
}

// LoseAnswers lets the sends to these chats arrive, but cuts the connection before the answer of
// the service, until Mend: the bot cannot know whether it has sent.
func (s *Sim) LoseAnswers(chats ...Chat) {
	s.tb.Helper()
	s.breakSends(simulator.FaultExecuteThenDrop, chats)
}

// Break adds faults of the service or its callbacks; those of Refuse and LoseAnswers have words of
// their own.
func (s *Sim) Break(faults ...simulator.Fault) {
	s.tb.Helper()
	_, err := s.sim.AddFaults(faults...)
	s.must(err)
}

// Mend ends all faults.
func (s *Sim) Mend() { s.sim.ClearFaults() }

func (s *Sim) breakSends(kind string, chats []Chat) {
	s.tb.Helper()
	if len(chats) == 0 {
		s.tb.Fatalf("bottest: name the chats, as in sim.Refuse(sim.Group(\"A\"))")
	}
	for _, c := range chats {
		s.Break(simulator.Fault{Endpoint: "/message/*", Kind: kind, Target: c.ID(), Count: math.MaxInt})
	}
}

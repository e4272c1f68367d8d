package bottest

import (
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// Held returns the messages of the bot that wait for a person, oldest first, with their Target and
// the Reason.
func (s *Sim) Held() []store.Send {
	s.tb.Helper()
	s.Idle()
	ctx, cancel := s.within()
	defer cancel()
	held, err := s.bot.Held(ctx)
	s.must(err)
	return held
}

// Release lets a message go on that is held, as a person in charge does.
func (s *Sim) Release(held store.Send) {
	s.tb.Helper()
	ctx, cancel := s.within()
	defer cancel()
	s.must(s.bot.Release(ctx, outbox.GivenKey(held)))
}

// Drop gives up a message that is held.
func (s *Sim) Drop(held store.Send) {
	s.tb.Helper()
	ctx, cancel := s.within()
	defer cancel()
	s.must(s.bot.Drop(ctx, outbox.GivenKey(held)))
}

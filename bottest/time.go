package bottest

import "time"

// Now returns the time of the bot and its world, in Config.Zone.
func (s *Sim) Now() time.Time { return s.sim.Clock().Now().In(s.config.Zone) }

// Advance moves the clock by d. All that is due meanwhile happens in its order, each at its time.
func (s *Sim) Advance(d time.Duration) {
	s.tb.Helper()
	for first := true; first || d > 0; first = false { // what a busy machine does in a minute bounds an hour, not a year
		hour := min(d, time.Hour)
		d -= hour
		ctx, cancel := s.within()
		err := s.sim.Advance(ctx, hour)
		cancel()
		s.must(err)
	}
}

// At moves the clock to the next time of day in Config.Zone, such as "22:00" or "08:30:15": today
// if that is still to come, else tomorrow.
func (s *Sim) At(clock string) {
	s.tb.Helper()
	at, err := time.Parse(time.TimeOnly, clock)
	if err != nil {
		at, err = time.Parse("15:04", clock)
	}
	if err != nil {
		s.tb.Fatalf("bottest: %q is not a time of day such as 22:00", clock)
		return
	}
	now := s.Now()
	y, m, d := now.Date()
	next := func(days int) time.Time {
		return time.Date(y, m, d+days, at.Hour(), at.Minute(), at.Second(), 0, s.config.Zone)
	}
	then := next(0)
	if !then.After(now) {
		then = next(1)
	}
	s.Advance(then.Sub(now))
}

// Idle waits until nothing runs: the bot has handled every message, run what is due and sent what
// may be sent now. The expectations do so by themselves; a test that looks into its plugin calls it
// before.
func (s *Sim) Idle() {
	s.tb.Helper()
	ctx, cancel := s.within()
	defer cancel()
	s.must(s.sim.Idle(ctx))
}

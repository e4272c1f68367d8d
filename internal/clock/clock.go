// Package clock is the time that a bot and its simulator see: that of the machine, or a virtual one
// that a test moves.
package clock

import "time"

// Clock tells the time, and makes timers.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// NewTimer returns a channel that gets the time once, after d. stop ends the timer, and reports
	// whether it did so before the timer fired. It must always be called, after the work that the
	// timer started: a virtual clock does not move before that.
	NewTimer(d time.Duration) (c <-chan time.Time, stop func() bool)
}

// Or returns c, or the clock of the machine if c is nil.
func Or(c Clock) Clock {
	if c == nil {
		return machine{}
	}
	return c
}

// machine is the clock of the machine.
type machine struct{}

func (machine) Now() time.Time { return time.Now() }

func (machine) NewTimer(d time.Duration) (<-chan time.Time, func() bool) {
	t := time.NewTimer(d)
	return t.C, t.Stop
}

// Func is a clock that shows the time of a function, nil that of the machine. Its timers are those
// of the machine.
type Func func() time.Time

// Now calls the function.
func (f Func) Now() time.Time {
	if f == nil {
		return time.Now()
	}
	return f()
}

// NewTimer returns a timer of the machine.
func (f Func) NewTimer(d time.Duration) (<-chan time.Time, func() bool) { return machine{}.NewTimer(d) }

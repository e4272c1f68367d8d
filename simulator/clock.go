package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
)

// ErrRealClock is the error of Advance without Config.VirtualClock: real time cannot be moved.
var ErrRealClock = errors.New("simulator: this clock moves by itself: set Config.VirtualClock for one that Advance moves")

// Clock returns the clock of the simulator, for the configuration of a bot: its pace, schedules,
// forms and time limits then follow Advance, and Idle waits for its handlers.
func (s *Simulator) Clock() clock.Clock { return s.config.Clock }

// Advance moves a virtual clock by d, from one timer of the simulator and its bot to the next, in
// their order. Before each step and at the end it waits until nothing runs, so that what a timer
// starts ends at the time of that timer, and the same script has the same sequence. A handler may
// take any real time; if ctx ends meanwhile, the error says what still runs. Requests over HTTP
// have their usual timeouts in real time.
func (s *Simulator) Advance(ctx context.Context, d time.Duration) error {
	virtual, ok := s.config.Clock.(*clock.Virtual)
	if !ok {
		return ErrRealClock
	}
	if err := virtual.Advance(ctx, d); err != nil {
		return fmt.Errorf("simulator: advance by %v: %w", d, err)
	}
	return nil
}

// Idle waits until nothing runs: each callback is settled, and the bots with this Clock have
// handled every message, run what is due and sent what may be sent now. What waits for a later time
// does not count. With a Clock of a type of the caller's own, only callbacks count.
func (s *Simulator) Idle(ctx context.Context) error {
	tracker := clock.TrackerOf(s.config.Clock)
	if tracker == nil {
		return s.Settle(ctx)
	}
	if err := tracker.Idle(ctx); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

// maxAdvance bounds one request to move the clock.
const maxAdvance = 366 * 24 * time.Hour

// getClock answers GET /sim/clock.
func (s *Simulator) getClock(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, q.err)
		return
	}
	_, virtual := s.config.Clock.(*clock.Virtual)
	endpoint.WriteJSON(w, http.StatusOK, struct {
		Now     time.Time `json:"now"`
		Virtual bool      `json:"virtual"`
	}{s.config.Clock.Now(), virtual})
}

// postClock answers POST /sim/clock: it moves the clock, and waits until nothing runs.
func (s *Simulator) postClock(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Advance string `json:"advance"`
	}
	d, err := time.Duration(0), readJSON(w, r, &body)
	if err == nil && body.Advance != "" {
		d, err = time.ParseDuration(body.Advance)
	}
	switch {
	case err != nil:
		fail(w, http.StatusBadRequest, err)
		return
	case d < 0 || d > maxAdvance:
		fail(w, http.StatusBadRequest, fmt.Errorf("advance is a time from 0s to %v, such as 26s", maxAdvance))
		return
	case d > 0:
		err = s.Advance(r.Context(), d)
	default:
		err = s.Idle(r.Context())
	}
	switch {
	case errors.Is(err, ErrRealClock):
		fail(w, http.StatusConflict, errors.New("this clock moves by itself: start with --begins TIME for one that does not"))
	case err != nil:
		fail(w, http.StatusServiceUnavailable, err)
	default:
		s.getClock(w, r)
	}
}

// Advance moves the clock; see Simulator.Advance. It fails the test if it takes longer than Timeout
// in real time.
func (t *Test) Advance(d time.Duration) {
	t.tb.Helper()
	ctx, cancel := t.within()
	defer cancel()
	t.must(t.Simulator.Advance(ctx, d))
}

// Idles waits until nothing runs; see Simulator.Idle.
func (t *Test) Idles() {
	t.tb.Helper()
	ctx, cancel := t.within()
	defer cancel()
	t.must(t.Idle(ctx))
}

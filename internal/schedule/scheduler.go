package schedule

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	DefaultLease       = time.Minute
	DefaultMaxAttempts = 3
)

// The longest rests of a scheduler: it reads the clock again, which may have been set, and retries
// after an error of the state.
const (
	longestRest       = time.Minute
	restAfterErr      = 5 * time.Second
	restAfterConflict = 50 * time.Millisecond
	restPaused        = time.Hour      // what ends the pause here wakes the job
	farAhead          = 24 * time.Hour // no record of a correct clock lies further in the future
)

// Config of a scheduler. State is required; the zero values of the others work.
type Config struct {
	// State keeps what has run. Schedulers with the same State share their jobs.
	State store.State
	// Lease is how long after the death of a process another takes over its run. 0 means
	// DefaultLease.
	Lease time.Duration
	// MaxAttempts is how often a time is tried whose run fails, or whose process dies. 0 means
	// DefaultMaxAttempts.
	MaxAttempts int
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
	// Logger gets the failures. nil means no log.
	Logger *zap.Logger
}

// Scheduler runs jobs. Use New to make one.
type Scheduler struct {
	config Config
	owner  string

	looking context.Context //nolint:containedctx // ends when nothing new may begin
	stop    context.CancelFunc
	running context.Context //nolint:containedctx // the parent of the contexts of the runs
	abort   context.CancelCauseFunc

	mu      sync.Mutex
	started bool
	jobs    map[string]*entry
}

// entry is a job and the goroutine that runs it.
type entry struct {
	job  Schedule
	ctx  context.Context //nolint:containedctx // ends when the job is removed
	end  context.CancelFunc
	loop *wait.Loop    // of the goroutine
	wake *wait.Bell    // an operator wants something
	gone chan struct{} // closed when the goroutine has ended
	seen sighting      // of its goroutine
}

// errStopped cancels runs that have not ended when the grace period of a stop ends.
var errStopped = errors.New("schedule: the scheduler stops")

// New makes a scheduler. Nothing runs before Start.
func New(c Config) (*Scheduler, error) {
	if c.State == nil {
		return nil, errors.New("schedule: Config.State is nil: a scheduler must know what has run")
	}
	if c.Lease <= 0 {
		c.Lease = DefaultLease
	}
	if c.MaxAttempts <= 0 {
		c.MaxAttempts = DefaultMaxAttempts
	}
	c.Clock = clock.Or(c.Clock)
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	s := &Scheduler{config: c, owner: rand.Text(), jobs: map[string]*entry{}}
	s.looking, s.stop = context.WithCancel(context.Background())
	s.running, s.abort = context.WithCancelCause(context.Background())
	return s, nil
}

// Add adds a job, before or after the start. A time can be missed only after the first start with
// the job, or after a start with other times.
func (s *Scheduler) Add(j Schedule) error {
	if err := j.Check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[j.Name] != nil {
		return phrase.Errorf("schedule: there is a job %s already: give one another name", j.Name)
	}
	if s.looking.Err() != nil {
		return phrase.Errorf("schedule: job %s: %w", j.Name, errStopped)
	}
	e := &entry{job: j, wake: wait.NewBell(), gone: make(chan struct{})}
	e.ctx, e.end = context.WithCancel(s.looking)
	s.jobs[j.Name] = e
	if s.started {
		s.begin(e)
	}
	return nil
}

// Remove removes a job, and waits for its run if there is one.
func (s *Scheduler) Remove(name string) {
	s.mu.Lock()
	e, started := s.jobs[name], s.started
	delete(s.jobs, name)
	s.mu.Unlock()
	if e == nil {
		return
	}
	e.end()
	if started {
		<-e.gone
	}
}

// Start begins to run jobs. A second call does nothing.
func (s *Scheduler) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return
	}
	s.started = true
	for _, e := range s.jobs {
		s.begin(e)
	}
}

func (s *Scheduler) begin(e *entry) {
	e.loop = wait.NewLoop(s.running, s.config.Clock)
	e.loop.Hear(e.wake)
	go s.look(e) // Stop and Remove wait for it
}

// Stop begins nothing new, and waits for the runs. When ctx ends it cancels their contexts, and
// releases their times, so that another process, or the next start, takes them over at once.
func (s *Scheduler) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stop()
	var all []*entry
	if s.started {
		for _, e := range s.jobs {
			all = append(all, e)
		}
	}
	s.mu.Unlock()
	overdue := context.AfterFunc(ctx, func() { s.abort(errStopped) })
	defer overdue()
	for _, e := range all {
		<-e.gone
	}
	s.abort(nil)
	return nil
}

// look runs a job at its times until it is removed.
func (s *Scheduler) look(e *entry) {
	defer close(e.gone)
	defer e.loop.End()
	for {
		rest, err := s.step(e.ctx, e)
		if e.ctx.Err() != nil {
			return
		}
		switch {
		case errors.Is(err, store.ErrConflict): // another process was faster
			rest = restAfterConflict
		case err != nil:
			s.config.Logger.Error("a schedule cannot go on, trying again", zap.String("job", e.job.Name), zap.Error(err))
			rest = restAfterErr
		}
		if clock.Settable(s.config.Clock) {
			rest = min(rest, longestRest)
		}
		if !e.loop.Rest(e.ctx, rest, nil) {
			return
		}
	}
}

// step does what is due now, and returns how long to rest after it.
func (s *Scheduler) step(ctx context.Context, e *entry) (time.Duration, error) {
	job := e.job
	r, revision, err := s.load(ctx, job)
	if err != nil {
		return 0, err
	}
	w, _, err := loadWish(ctx, s.config.State, job.Name)
	if err != nil {
		return 0, err
	}
	now := s.config.Clock.Now()
	most := s.config.Lease
	if r.Owner == "" {
		most = s.rest(r.Attempts)
	}
	left := e.left(r, revision, now, most)
	if times := job.Times.String(); r.Times != times && left == 0 { // new, or changed
		r = record{Times: times, Last: now.UTC().Truncate(time.Second), Asked: r.Asked}
		_, err := s.save(ctx, job, r, revision)
		return 0, err
	}
	switch {
	case left > 0:
		return left, nil // another process runs it, or it has failed and rests
	case r.Due.IsZero() && job.Times.skips(r.Last, now), r.Due.After(now.Add(farAhead)):
		s.config.Logger.Error("the clock was ahead when a job ran last, and has been set back: its times count from now on",
			zap.String("job", job.Name))
		_, err := s.save(ctx, job, record{Times: r.Times, Last: now.UTC().Truncate(time.Second), Asked: r.Asked}, revision)
		return 0, err
	case w.Asked.After(r.Asked) && (r.Due.IsZero() || w.Paused): // what is to be tried again waits no longer than that
		r.Due, r.Asked, r.Attempts = w.Asked, w.Asked, 0
	case w.Paused && !r.asked():
		return restPaused, nil
	case r.Due.IsZero():
		last := later(r.Last, w.Since)
		if r.Due = job.CatchUp.due(job.Times, last, now).UTC(); r.Due.IsZero() {
			return job.Times.Next(job.Times.from(last, now)).Sub(now), nil
		}
	case r.Attempts >= s.config.MaxAttempts:
		s.config.Logger.Error("a job was given up for this time", zap.String("job", job.Name), zap.Time("due", r.Due),
			zap.Int("attempts", r.Attempts))
		_, err := s.save(ctx, job, r.done(), revision)
		return 0, err
	}
	r.Owner, r.Until, r.Attempts = s.owner, now.Add(s.config.Lease).UTC(), r.Attempts+1
	if revision, err = s.save(ctx, job, r, revision); err != nil {
		return 0, err
	}
	return 0, s.run(e, r, revision) //nolint:contextcheck // a stop lets a run finish
}

package schedule

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/store"
)

// errLost cancels a run whose claim is over.
var errLost = errors.New("schedule: another process may have taken over")

// run runs a job for a claimed time, and stores the result.
func (s *Scheduler) run(e *entry, r record, revision uint64) error {
	job := e.job
	ctx, cancel := context.WithCancelCause(e.loop.With(s.running))
	defer cancel(nil)
	beat := make(chan struct{})
	ended := make(chan struct{})
	loop := wait.NewLoop(s.running, s.config.Clock)
	go func() { // ends with beat, and is waited for
		defer close(ended)
		defer loop.End()
		r, revision = s.hold(ctx, cancel, loop, beat, job, r, revision)
	}()
	err := call(ctx, job, r.Due)
	close(beat)
	<-ended

	log := s.config.Logger.With(zap.String("job", job.Name), zap.Time("due", r.Due))
	now := s.config.Clock.Now()
	switch {
	case err == nil:
		r = r.done()
	case s.running.Err() != nil: // the stop, not the job, made it fail
		r.Owner, r.Until, r.Attempts = "", now.UTC(), r.Attempts-1
	default:
		log.Error("a job failed", zap.Int("attempt", r.Attempts), zap.Error(err))
		r.Owner, r.Until = "", now.Add(s.rest(r.Attempts)).UTC()
	}
	// The result is stored even if a stop has cancelled the run.
	_, saveErr := s.save(context.WithoutCancel(ctx), job, r, revision)
	if errors.Is(saveErr, store.ErrConflict) {
		log.Error("a job went on although another process had taken over: it did not look at its context in time")
		return nil
	}
	return saveErr
}

// rest returns the time before the next attempt.
func (s *Scheduler) rest(attempts int) time.Duration {
	return s.config.Lease / 2 * time.Duration(attempts)
}

// hold renews the claim until beat is closed, and cancels the run when it cannot.
func (s *Scheduler) hold(
	ctx context.Context, cancel context.CancelCauseFunc, loop *wait.Loop, beat <-chan struct{}, job Schedule, r record, revision uint64,
) (record, uint64) {
	for {
		loop.Rest(context.WithoutCancel(ctx), s.config.Lease/3, beat)
		select {
		case <-beat:
			return r, revision
		default:
		}
		longer := r
		longer.Until = s.config.Clock.Now().Add(s.config.Lease).UTC()
		next, err := s.save(context.WithoutCancel(ctx), job, longer, revision)
		switch {
		case err == nil:
			r, revision = longer, next
		case errors.Is(err, store.ErrConflict), !s.config.Clock.Now().Before(r.Until):
			cancel(errLost)
		}
	}
}

// call runs the job. A panic becomes an error.
func call(ctx context.Context, job Schedule, due time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = phrase.Errorf("schedule: job %s panicked: %v\n%s", job.Name, p, debug.Stack())
		}
	}()
	return job.Run(ctx, due.In(job.Times.zone))
}

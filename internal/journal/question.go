package journal

import (
	"context"
	"errors"

	"github.com/hongyan-go/hongyan/store"
)

// Step counts a question, and returns how it was answered. It reports false if it was not: it is
// the open question then.
func (r *Run[S]) Step(handler string) (Step, bool) {
	r.asked++
	if r.asked > len(r.form.Steps) {
		return Step{}, false
	}
	s := r.form.Steps[r.asked-1]
	r.skipTo(handler, s.Sends)
	return s, true
}

// Asked reports whether an earlier run sent the open question. If so, it skips the sends up to it.
func (r *Run[S]) Asked(handler string) bool {
	if r.form.Asked {
		r.skipTo(handler, len(r.form.Sends))
	}
	return r.form.Asked
}

// Record closes the open question, and stores that before the handler goes on. After ErrTooLarge
// the question is open as it was.
func (r *Run[S]) Record(ctx context.Context, s Step) error {
	f := r.form
	open := *f
	s.Sends, _ = r.sent()
	f.Steps = append(f.Steps, s)
	f.Answer, f.Asked, f.Tries = nil, false, 0
	err := r.save(ctx)
	if errors.Is(err, ErrTooLarge) {
		*f = open
	}
	return err
}

// Wait stores the open question until its answer comes: q.Timeout from now. An AskedAt that is
// zero or ahead of the clock means now. The run is over after it.
func (r *Run[S]) Wait(ctx context.Context, q Question) error {
	if f := r.form; f.Status != Waiting { // otherwise it is stored: the message came twice
		now := r.journal.now()
		q.Deadline = now.Add(q.Timeout)
		if q.AskedAt.IsZero() {
			q.AskedAt = now
		}
		q.AskedAt = store.Bound(q.AskedAt, now, 0)
		f.Status, f.Asked, f.Question = Waiting, true, q
		if err := r.journal.remind(ctx, r.key, q.Deadline); err != nil {
			return err
		}
		if err := r.save(ctx); err != nil {
			return err
		}
	}
	if err := r.leave(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = true
	return nil
}

// End stores of a form only that it has ended.
func (r *Run[S]) End(ctx context.Context, f *Form[S]) error {
	f.end()
	revision, err := r.journal.save(ctx, r.key, f, r.revision)
	if err != nil {
		return err
	}
	r.form, r.revision = nil, revision
	return nil
}

// save stores the form with the sends so far.
func (r *Run[S]) save(ctx context.Context) error {
	_, r.form.Sends = r.sent()
	revision, err := r.journal.save(ctx, r.key, r.form, r.revision)
	if err == nil {
		r.revision = revision
	}
	return err
}

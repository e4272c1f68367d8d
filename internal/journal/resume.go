package journal

import (
	"context"
	"time"
)

// Message is a message as the journal knows it.
type Message struct {
	ID      string    // the same each time it is delivered
	Written time.Time // zero if unknown
}

// Verdict is what a message means for a stored form.
type Verdict int

// The verdicts.
const (
	Unrelated Verdict = iota // the message is not for the form
	Abandoned                // the same, and the form has ended now: the run with its last answer was given up
	Handled                  // the message began or answered a form that has ended since
	Repeated                 // the message began or answered the form: its handler may not have finished
	InTime                   // the message is an answer, if the question takes its kind
)

// Judge decides what a message means for the form that Open returned. A form whose time is over
// ends here, with the text that say sends.
func (r *Run[S]) Judge(ctx context.Context, f *Form[S], m Message, say Say[S]) (Verdict, error) {
	again := m.ID == f.Start || m.ID == f.Last // the process died before the message counted as handled
	switch {
	case f.Status == Done, f.Status == Expiring:
		if again {
			return Handled, nil
		}
		return Unrelated, nil
	case again:
		return Repeated, nil
	case f.Status == Failed:
		return Unrelated, nil
	case f.Status == Running: // messages come in order: the run before this one was given up, and may be a dead letter
		f.Status = Failed
		revision, err := r.journal.save(ctx, r.key, f, r.revision)
		r.revision = revision
		return Abandoned, err
	case r.journal.late(f, m.Written):
		revision, err := r.journal.expire(ctx, r.key, f, r.revision, say)
		r.revision = revision
		return Unrelated, err
	case f.precedes(m.Written):
		return Unrelated, nil
	}
	return InTime, nil
}

// Accept stores an answer, and begins the run with it. On an error the form is as it was.
func (r *Run[S]) Accept(ctx context.Context, f *Form[S], id string, answer []byte) error {
	next := *f
	next.Status, next.Answer, next.Last, next.Deadline = Running, answer, id, time.Time{}
	revision, err := r.journal.save(ctx, r.key, &next, r.revision)
	if err != nil {
		return err
	}
	*f, r.revision = next, revision
	r.Replay(f)
	return nil
}

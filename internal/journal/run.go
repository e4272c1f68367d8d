package journal

import (
	"context"
	"errors"
	"sync"

	"github.com/hongyan-go/hongyan/store"
)

// Run is what one execution knows of its form and its sends. The zero value is a run without a
// form. Sends may come from several goroutines, all else from one.
type Run[S any] struct {
	journal  Journal[S]
	key      string
	revision uint64   // of the stored form; 0 if there is none
	form     *Form[S] // nil before the first question
	asked    int      // questions of this run

	mu       sync.Mutex
	sends    []Result[S]    // of this run and those before it
	ordinal  int            // sends of this run
	ordinals map[string]int // sends by handler: several may get one message
	waiting  bool

	left *place[S] // where the form was before Move
}

// place is a stored form.
type place[S any] struct {
	key      string
	revision uint64
	form     *Form[S]
}

// Open reads the stored form at a key, where the form of this run will be stored, too. It is nil if
// there is none. An entry that is ErrUnreadable may be replaced by a new form.
func (r *Run[S]) Open(ctx context.Context, j Journal[S], key string) (*Form[S], error) {
	r.journal, r.key = j, key
	f, revision, err := j.Load(ctx, key)
	r.revision = revision
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return f, err
}

// Begin begins a form. The run must have been opened.
func (r *Run[S]) Begin(f *Form[S]) {
	f.Status = Running
	r.form = f
}

// Replay begins another run of a form.
func (r *Run[S]) Replay(f *Form[S]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.form, r.sends = f, f.Sends
}

// Leave forgets the form and the sends of a handler that has passed the message on.
func (r *Run[S]) Leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.form, r.asked, r.sends, r.ordinal, r.waiting = nil, 0, nil, 0, false
}

// Move has the form of this run, or the one that it will begin, wait at another key: its next
// question is for somebody else. A form that waits there already, since an earlier run of the
// same message came this far, goes on. over means that this run ends here: another one has the
// answer, or has ended the form. The form at the old key ends when Wait has stored the one at the
// new.
func (r *Run[S]) Move(ctx context.Context, j Journal[S], key string) (over bool, err error) {
	if r.key == key && r.form != nil {
		return false, nil
	}
	f, revision, err := j.Load(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return false, err
	case f.Status != Waiting:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.waiting = true
		return true, nil
	}
	if r.form != nil {
		r.left = &place[S]{r.key, r.revision, r.form}
	}
	r.journal, r.key, r.revision = j, key, revision
	switch {
	case f != nil:
		r.Replay(f)
	case r.form != nil:
		moved := *r.form
		r.form = &moved
	}
	return false, nil
}

// leave ends the form at the key that the run has moved from.
func (r *Run[S]) leave(ctx context.Context) error {
	if r.left == nil {
		return nil
	}
	r.left.form.end()
	_, err := r.journal.save(ctx, r.left.key, r.left.form, r.left.revision)
	if err == nil {
		r.left = nil
	}
	return err
}

// Form is the form of this run; nil before its first question and after End.
func (r *Run[S]) Form() *Form[S] { return r.form }

// Waiting reports whether the run is over, as its question has no answer yet.
func (r *Run[S]) Waiting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waiting
}

// Next counts a send of a handler. ordinal is its number among the sends of that handler, from 1;
// place is for Note. known is its result if an earlier run did it; nil if this one has to.
func (r *Run[S]) Next(handler string) (ordinal, place int, known *Result[S]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance(handler, 1)
	if place = r.ordinal - 1; place < len(r.sends) {
		known = &r.sends[place]
	}
	return r.ordinals[handler], place, known
}

// Note records the result of the send at a place.
func (r *Run[S]) Note(place int, sent *S, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.grow(place + 1)
	r.sends[place] = Result[S]{Sent: sent, Failed: err != nil}
}

// Last is what the latest send of this run returned; nil if that is unknown.
func (r *Run[S]) Last() *S {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ordinal == 0 || r.ordinal > len(r.sends) {
		return nil
	}
	return r.sends[r.ordinal-1].Sent
}

// skipTo goes on after the first n sends of the run, which an earlier one did.
func (r *Run[S]) skipTo(handler string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance(handler, n-r.ordinal)
	r.grow(n)
}

func (r *Run[S]) advance(handler string, n int) {
	if r.ordinals == nil {
		r.ordinals = map[string]int{}
	}
	r.ordinals[handler] += n
	r.ordinal += n
}

func (r *Run[S]) grow(n int) {
	for len(r.sends) < n {
		r.sends = append(r.sends, Result[S]{})
	}
}

// sent is the number of sends so far, and the results of those that have ended.
func (r *Run[S]) sent() (int, []Result[S]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ordinal, r.sends[:min(r.ordinal, len(r.sends))]
}

package sqlite

import (
	"fmt"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// flushAfter is how long a committed transaction that no caller waits for may be in the memory of
// the operating system only. A crash of the process loses nothing of it, one of the machine does.
const flushAfter = 100 * time.Millisecond

// gatherFor is how long a flush waits if only one new message asks for it: the request that its
// handler makes needs a flush, too, and usually comes within this time, so that both share one.
const gatherFor = 500 * time.Microsecond

// flusher puts committed transactions on stable storage, in their order, on a goroutine of its own:
// the writer commits without a flush, and goes on meanwhile. One flush serves all callers that wait
// when it begins.
type flusher struct {
	writer *writer
	log    *os.File
	sync   func(*os.File) error
	wake   chan struct{} // of capacity 1
	closed chan struct{} // closed after the last transaction

	mu        sync.Mutex
	waiting   []*op
	committed promise // of the last transaction
	flushed   int64   // commits on stable storage
	failed    error   // of the first flush that failed: no change is accepted after it
	flushes   int64
	warned    bool // that the promise cannot be written was logged
}

// newFlusher opens the log.
func newFlusher(w *writer) (*flusher, error) {
	log, err := os.OpenFile(w.store.config.Path+"-wal", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &flusher{
		writer: w, log: log, sync: syncData, wake: make(chan struct{}, 1), closed: make(chan struct{}),
		committed: w.committed,
	}, nil
}

// err is why nothing can be stored any more. The pages of a flush that failed may be lost although
// the next one succeeds, so there is no way to go on.
func (f *flusher) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// commit takes over after a transaction: the changes that have to be durable are answered after a
// flush, the others now.
func (f *flusher) commit(to promise, batch []*op) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.committed = to
	stored := f.flushed == to.commits
	wait := false
	for _, o := range batch {
		if o.durable && !stored && o.err == nil {
			f.waiting = append(f.waiting, o)
			wait = true
			continue
		}
		close(o.done)
	}
	if wait || !stored {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
}

// run flushes until closed is closed, and then once more.
func (f *flusher) run() {
	later := time.NewTimer(0)
	later.Stop()
	defer later.Stop()
	var due time.Time // of later; zero while it is stopped
	within := func(d time.Duration) {
		if at := time.Now().Add(d); due.IsZero() || at.Before(due) {
			due = at
			later.Reset(d)
		}
	}
	flush := func() {
		due = time.Time{}
		later.Stop()
		f.flush()
	}
	for {
		select {
		case <-f.wake:
			switch f.wanted() {
			case atOnce:
				flush()
			case soon:
				within(gatherFor)
			case sometime:
				within(flushAfter)
			}
		case <-later.C:
			flush()
		case <-f.closed:
			f.flush()
			return
		}
	}
}

// when is how soon a flush must begin.
type when int

const (
	atOnce when = iota
	soon
	sometime
)

// wanted returns how soon a flush must begin for those who wait.
func (f *flusher) wanted() when {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case len(f.waiting) == 0:
		return sometime
	case len(f.waiting) == 1 && f.waiting[0].followed:
		return soon
	default:
		return atOnce
	}
}

// flush puts what is committed on stable storage, writes the promise, and answers who waits.
func (f *flusher) flush() {
	f.mu.Lock()
	batch, to, err := f.waiting, f.committed, f.failed
	f.waiting = nil
	stored := f.flushed == to.commits
	f.mu.Unlock()
	if err == nil && !stored {
		err = f.store(to)
	}
	if err == nil {
		err = f.writer.store.present()
	}
	for _, o := range batch {
		o.err = err
		close(o.done)
	}
}

// store flushes the log and writes the promise.
func (f *flusher) store(to promise) error {
	err := f.sync(f.log)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.failed = fmt.Errorf("sqlite: %s: the disk did not store what was written: check the disk, then start the bot again: %w (%w)",
			f.writer.store.config.Path, store.ErrUnavailable, err)
		f.writer.store.config.Logger.Error("nothing is stored or acknowledged any more", zap.Error(f.failed))
		return f.failed
	}
	f.flushes++
	select {
	case f.writer.store.moves <- struct{}{}:
	default:
	}
	f.flushed = to.commits
	if err := f.writer.keepPromise(to); err != nil && !f.warned {
		f.warned = true
		f.writer.store.config.Logger.Error("cannot write the promise file: a later loss would not be detected", zap.Error(err))
	}
	return nil
}

// Flushes returns how often the log was flushed since the store was opened.
func (s *Store) Flushes() int64 {
	f := s.writer.flush
	if f == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.flushes
}

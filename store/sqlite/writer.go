package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/hongyan-go/hongyan/store"
)

// The limits of the writer.
const (
	queued    = 1024                   // changes in the queue; further callers block
	batchOps  = 256                    // changes in one transaction
	pollOther = 500 * time.Millisecond // interval of the check for changes by other processes
	pageSize  = 4096
)

// op is a queued change.
type op struct {
	// run makes the change. It returns an error of the store contract before it changes anything;
	// the tx keeps errors of SQLite. It may run more than once.
	run     func(*tx) error
	durable bool // it is answered after a flush; otherwise after the transaction
	// followed says that another durable change is likely to follow at once.
	followed bool
	err      error
	done     chan struct{}
}

// writer makes all changes, on one connection.
type writer struct {
	store *Store
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*statement
	ops   chan *op
	epoch uint64
	meta  meta     // as of the last transaction
	flush *flusher // nil in maintenance, where each transaction is flushed
	// ctx is never done: a transaction serves many callers and is not bound to the context of one.
	ctx context.Context //nolint:containedctx // of the writer's goroutine, not of a call

	stopped chan struct{} // closed when run has ended
	seen    int64         // data_version: changes when another process has changed the file
	refuses error         // why it accepts no changes; nil if it does

	promise     *os.File      // nil in maintenance
	committed   promise       // of the last transaction
	last        time.Time     // the clock at the last transaction; far in the future at the start
	dirty       atomic.Bool   // the log may hold changes that are not in the file
	checkpoints chan struct{} // asks for a checkpoint between two transactions
	full        bool          // the disk was full, and the log has not been moved since
}

func openWriter(ctx context.Context, s *Store) (*writer, error) {
	query := url.Values{
		"_auto_vacuum": {"INCREMENTAL"},
		"_synchronous": {"NORMAL"}, // the flusher flushes the log
		"_pragma": {
			"cache_size(-8000)",            // kilobytes
			"journal_size_limit(67108864)", // bytes to which a grown log is truncated
			"wal_autocheckpoint(0)",        // the checkpointer does it
		},
	}
	if s.config.Maintenance {
		query.Set("_synchronous", "FULL")
	}
	if s.config.MaxBytes > 0 {
		query.Add("_pragma", fmt.Sprintf("max_page_count(%d)", max(s.config.MaxBytes/pageSize, 1)))
	}
	// fdatasync is as durable as fsync and does not write the file's timestamps; the SQLite
	// packages of Linux distributions use it, too. Where it is unavailable, fsync stays.
	if _, err := driver.Fdatasync(true); err != nil && !errors.Is(err, driver.ErrFdatasyncUnavailable) {
		return nil, err
	}
	db, err := connect(s.config.Path, query)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return &writer{
		store: s, db: db, conn: conn, stmts: map[string]*statement{}, ops: make(chan *op, queued),
		checkpoints: make(chan struct{}), stopped: make(chan struct{}),
		ctx: context.WithoutCancel(ctx), last: time.Unix(math.MaxInt32, 0).AddDate(1000, 0, 0),
	}, nil
}

func (w *writer) close() {
	for _, stmt := range w.stmts {
		_ = stmt.Close()
	}
	if w.refuses != nil { // it has no connection
		return
	}
	if w.flush != nil {
		_ = w.flush.log.Close()
	}
	if w.promise != nil {
		_ = w.promise.Close()
	}
	_ = w.conn.Close()
	_ = w.db.Close()
}

// do passes a change to the writer and waits until it is committed: every later read sees it, and
// it is on stable storage no later than any change after it. If ctx ends first, the outcome is not
// known.
func (w *writer) do(ctx context.Context, run func(*tx) error) error {
	return w.wait(ctx, &op{run: run})
}

// doDurable is like do, but waits until the change is on stable storage.
func (w *writer) doDurable(ctx context.Context, run func(*tx) error) error {
	return w.wait(ctx, &op{run: run, durable: true})
}

// doFollowed is like doDurable, for a change that another durable one is likely to follow at once.
func (w *writer) doFollowed(ctx context.Context, run func(*tx) error) error {
	return w.wait(ctx, &op{run: run, durable: true, followed: true})
}

func (w *writer) wait(ctx context.Context, o *op) error {
	if err := w.send(ctx, o); err != nil {
		return err
	}
	select {
	case <-o.done:
		return o.err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stopped:
		return o.late()
	}
}

// finish is like do, but does not stop waiting when ctx ends, so the outcome is always known.
func (w *writer) finish(ctx context.Context, run func(*tx) error) error {
	o := &op{run: run}
	if err := w.send(ctx, o); err != nil {
		return err
	}
	select {
	case <-o.done:
		return o.err
	case <-w.stopped:
		return o.late()
	}
}

func (w *writer) send(ctx context.Context, o *op) error {
	if w.store.isClosed() {
		return store.ErrClosed
	}
	if w.refuses != nil {
		return w.refuses
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	o.done = make(chan struct{})
	select {
	case w.ops <- o:
		return nil
	case <-w.store.closed:
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// late returns the outcome of a change after the writer has ended; the change may have been in its
// last batch.
func (o *op) late() error {
	select {
	case <-o.done:
		return o.err
	default:
		return store.ErrClosed
	}
}

// run is the goroutine of the writer. When the store closes, it commits what is queued and returns.
func (w *writer) run() {
	defer close(w.stopped)
	if w.flush != nil {
		var flushing sync.WaitGroup
		flushing.Go(w.flush.run)
		defer flushing.Wait()
		defer close(w.flush.closed)
	}
	poll := time.NewTicker(pollOther)
	defer poll.Stop()
	batch := make([]*op, 0, batchOps)
	for {
		select {
		case o := <-w.ops:
			runtime.Gosched() // others that are ready share the transaction
			w.commit(w.fill(append(batch[:0], o)))
		case <-w.checkpoints:
			_, _ = w.checkpoint(w.conn) // the checkpointer tries again, and logs
		case <-poll.C:
			w.store.relock()
			if w.changedByOthers() {
				w.store.state.recent.clear()
				w.store.inbox.wake.broadcast()
			}
		case <-w.store.closed:
			for batch = w.fill(batch[:0]); len(batch) > 0; batch = w.fill(batch[:0]) {
				w.commit(batch)
			}
			w.store.inbox.wake.broadcast()
			return
		}
	}
}

// fill adds queued changes to a batch.
func (w *writer) fill(batch []*op) []*op {
	for len(batch) < batchOps {
		select {
		case o := <-w.ops:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

// commit makes the changes of a batch and answers their callers. If one fails, each change gets its
// own transaction, so that only that one fails.
func (w *writer) commit(batch []*op) {
	if w.full {
		w.makeRoom()
	}
	err := w.transact(batch)
	if code(err) == lib.SQLITE_FULL && w.makeRoom() {
		err = w.transact(batch)
	}
	switch {
	case err == nil:
	case len(batch) > 1 && ofOneChange(err):
		for _, o := range batch {
			if err := w.transact([]*op{o}); err != nil {
				o.err = explain(w.store.config.Path, err)
			}
		}
	default:
		err = explain(w.store.config.Path, err)
		for _, o := range batch {
			o.err = err
		}
	}
	if w.flush != nil {
		w.flush.commit(w.committed, batch)
		return
	}
	for _, o := range batch {
		close(o.done)
	}
}

// ofOneChange reports whether a single change may have caused an error, for example by being too
// big. Other errors concern the file or the disk.
func ofOneChange(err error) bool {
	if errors.Is(err, ErrGone) || errors.Is(err, ErrLocked) {
		return false
	}
	switch code(err) {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_IOERR, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB,
		lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY:
		return false
	default:
		return true
	}
}

// transact runs changes in one transaction. On an error none of them is stored.
func (w *writer) transact(batch []*op) error {
	if err := w.store.present(); err != nil {
		return err
	}
	if w.flush != nil {
		if err := w.flush.err(); err != nil {
			return err
		}
	}
	return w.conn.Raw(func(conn any) error {
		err := w.try(conn.(connection), batch)
		if errors.Is(err, errStale) {
			w.meta = meta{}
			err = w.try(conn.(connection), batch)
		}
		return err
	})
}

// try runs changes in one transaction.
func (w *writer) try(conn connection, batch []*op) error {
	t := &tx{writer: w, conn: conn, now: w.store.config.Clock.Now()}
	err := t.begin()
	if wall := t.now.Round(0); err == nil && wall.Before(w.last) && !w.store.config.Maintenance {
		w.store.setBack(t)
		err = t.err
	}
	for _, o := range batch {
		if err != nil {
			break
		}
		o.err = o.run(t)
		err = t.err
	}
	if err == nil {
		err = t.commit()
	}
	if err != nil {
		t.rollback()
		return err
	}
	w.last, w.meta = t.now.Round(0), t.meta
	if t.wrote {
		w.committed.commits, w.committed.at = t.meta.commits, t.now
		w.dirty.Store(true)
	}
	for _, do := range t.then {
		do()
	}
	if t.ready {
		w.store.inbox.wake.broadcast()
	}
	return nil
}

// changedByOthers reports whether another process has changed the file since the last call.
func (w *writer) changedByOthers() bool {
	var version int64
	if err := w.conn.QueryRowContext(w.ctx, `PRAGMA data_version`).Scan(&version); err != nil {
		return false
	}
	changed := version != w.seen
	w.seen = version
	return changed
}

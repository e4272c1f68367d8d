package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"time"

	"go.uber.org/zap"
	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/hongyan-go/hongyan/store"
)

// The bounds of the writer.
const (
	queued    = 1024                   // changes that wait; their callers wait then, too
	batchOps  = 256                    // changes in one transaction
	pollOther = 500 * time.Millisecond // how often the writer looks for changes by other processes
	pageSize  = 4096
)

// op is a change that waits for the writer.
type op struct {
	// run makes the change. It returns an error of the contract before it has changed anything; errors of SQLite are the tx's matter. It may
	// run more than once.
	run  func(*tx) error
	err  error
	done chan struct{}
}

// writer makes all changes, on one connection.
type writer struct {
	store *Store
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	ops   chan *op
	epoch uint64
	// ctx is never done: a transaction serves many callers, and ends with none of them.
	ctx context.Context //nolint:containedctx // of the writer's goroutine, not of a call

	stopped chan struct{} // closed when run has ended
	seen    int64         // data_version: changes when another process has changed the file
	refuses error         // why it takes no changes; nil if it does

	promise *os.File  // nil in maintenance
	id      string    // of the file
	last    time.Time // the clock at the last transaction; far ahead at the start
	unmoved bool      // the log has what the file has not
	full    bool      // the disk was, and the log has not been moved since
	silent  bool      // that the promise cannot be written was said
}

func openWriter(ctx context.Context, s *Store) (*writer, error) {
	query := url.Values{
		"_auto_vacuum": {"INCREMENTAL"},
		"_synchronous": {"FULL"},
		"_pragma": {
			"cache_size(-8000)",            // kilobytes
			"journal_size_limit(67108864)", // what is kept of a WAL that has grown
			"wal_autocheckpoint(4000)",     // pages: fewer, longer checkpoints
		},
	}
	if s.config.MaxBytes > 0 {
		query.Add("_pragma", fmt.Sprintf("max_page_count(%d)", max(s.config.MaxBytes/pageSize, 1)))
	}
	// As every distribution's SQLite does: as durable as fsync, without the price of the file's timestamps. Where it is not to be had, fsync stays.
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
		store: s, db: db, conn: conn, stmts: map[string]*sql.Stmt{}, ops: make(chan *op, queued), stopped: make(chan struct{}),
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
	if w.promise != nil {
		_ = w.promise.Close()
	}
	_ = w.conn.Close()
	_ = w.db.Close()
}

// do hands a change to the writer and waits until it is stored. When ctx ends first, it is not known whether it will be.
func (w *writer) do(ctx context.Context, run func(*tx) error) error {
	o, err := w.send(ctx, run)
	if err != nil {
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

// finish is do without a way out: the outcome is always known.
func (w *writer) finish(ctx context.Context, run func(*tx) error) error {
	o, err := w.send(ctx, run)
	if err != nil {
		return err
	}
	select {
	case <-o.done:
		return o.err
	case <-w.stopped:
		return o.late()
	}
}

func (w *writer) send(ctx context.Context, run func(*tx) error) (*op, error) {
	if w.store.isClosed() {
		return nil, store.ErrClosed
	}
	if w.refuses != nil {
		return nil, w.refuses
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o := &op{run: run, done: make(chan struct{})}
	select {
	case w.ops <- o:
		return o, nil
	case <-w.store.closed:
		return nil, store.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// late is the outcome of a change after the writer has ended: it may have been the last.
func (o *op) late() error {
	select {
	case <-o.done:
		return o.err
	default:
		return store.ErrClosed
	}
}

// run is the goroutine of the writer. It ends with the store, after what waits then.
func (w *writer) run() {
	defer close(w.stopped)
	poll := time.NewTicker(pollOther)
	defer poll.Stop()
	checkpoint := time.NewTicker(checkpointEvery)
	defer checkpoint.Stop()
	batch := make([]*op, 0, batchOps)
	for {
		select {
		case o := <-w.ops:
			w.commit(w.fill(append(batch[:0], o)))
		case <-checkpoint.C:
			w.checkpointInTime()
		case <-poll.C:
			w.store.relock()
			if w.changedByOthers() {
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

// fill adds what waits to a batch.
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

// commit makes the changes of a batch and answers. If one of them fails, each gets a transaction of its own, so that it fails alone.
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
	for _, o := range batch {
		close(o.done)
	}
}

// ofOneChange tells whether an error may come from one change, such as one that is too big. The others are of the file or the disk.
func ofOneChange(err error) bool {
	if errors.Is(err, ErrGone) || errors.Is(err, ErrLocked) {
		return false
	}
	switch code(err) {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_IOERR, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY:
		return false
	default:
		return true
	}
}

// transact runs changes in one transaction. An error means that none of them is stored.
func (w *writer) transact(batch []*op) error {
	if err := w.store.present(); err != nil {
		return err
	}
	t := &tx{writer: w, now: w.store.config.Now()}
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
	w.last = t.now.Round(0)
	if t.ready {
		w.store.inbox.wake.broadcast()
	}
	if !t.wrote {
		return nil
	}
	return w.answerable(t)
}

// answerable keeps what is promised by the answers to a transaction. It reports files that were deleted while it was stored: then it may be nowhere.
func (w *writer) answerable(t *tx) error {
	w.unmoved = true
	if w.promise != nil {
		if err := w.keepPromise(promise{w.id, t.meta.commits, t.now}); err != nil && !w.silent {
			w.silent = true
			w.store.config.Logger.Error("how much is stored cannot be noted: a later loss would not be noticed", zap.Error(err))
		}
	}
	return w.store.present()
}

// changedByOthers tells whether another process has changed the file since the last time.
func (w *writer) changedByOthers() bool {
	var version int64
	if err := w.conn.QueryRowContext(w.ctx, `PRAGMA data_version`).Scan(&version); err != nil {
		return false
	}
	changed := version != w.seen
	w.seen = version
	return changed
}

// statement is a prepared statement of the writer's connection.
func (w *writer) statement(text string) (*sql.Stmt, error) {
	if stmt := w.stmts[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(w.ctx, text)
	if err == nil {
		w.stmts[text] = stmt
	}
	return stmt, err
}

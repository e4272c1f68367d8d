// Package sqlite is the store back end in a single SQLite file. What was acknowledged survives a
// crash, and the file can be read with any SQLite tool. One goroutine writes. It combines all
// waiting changes into one transaction and answers when the transaction is on stable storage, so
// concurrent callers share a disk flush. Reads use a separate connection pool and do not wait for
// writes.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	driver "modernc.org/sqlite"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// FileName is the name of the file in a data directory.
const FileName = "hongyan.db"

// The defaults of Config.
const (
	defaultRemember   = 7 * 24 * time.Hour
	defaultMaxPending = 5_000_000
	defaultCheckFor   = 300 * time.Millisecond
)

// The settings of the connections.
const (
	busyTimeout = 5 * time.Second // how long a change waits for the transaction of another process
	readers     = 4
)

// Config of a store. Path is required; the zero values of all others work.
type Config struct {
	// Path is the file. It is created, with its directory, if it does not exist. Only the owner can
	// read it.
	Path string
	// Remember is how long keys of the inbox and final sends are kept. 0 means 7 days.
	Remember time.Duration
	// MaxPending limits the items that are not done; beyond it Append returns store.ErrFull. 0
	// means 5,000,000.
	MaxPending int
	// MaxBytes limits the size of the file; changes that need more return store.ErrFull. 0 means no
	// limit but the disk.
	MaxBytes int64
	// CheckFor limits how long Open looks for damage after a crash. 0 means 300 ms.
	CheckFor time.Duration
	// Maintenance opens a file that a bot may be using, for inspection and repair: the store hands
	// out no work, and the file must exist.
	Maintenance bool
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
	// Logger receives what an operator should know. nil means no logs.
	Logger *zap.Logger
}

func (c Config) withDefaults() Config {
	if c.Remember == 0 {
		c.Remember = defaultRemember
	}
	if c.MaxPending == 0 {
		c.MaxPending = defaultMaxPending
	}
	if c.CheckFor == 0 {
		c.CheckFor = defaultCheckFor
	}
	c.Clock = clock.Or(c.Clock)
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	return c
}

// Store is a store.Store in a file. Make it with Open.
type Store struct {
	config Config
	lock   *os.File               // nil in maintenance; owned by the writer's goroutine, like log and files
	log    *os.File               // the log, locked as well: a lock file can be deleted
	files  map[string]os.FileInfo // the files that SQLite has open, by their suffix to Path
	read   *sql.DB
	reads  sync.Map // the prepared statements of read, by their text
	writer *writer
	inbox  *inbox
	ledger *ledger
	state  *state
	logs   *log

	wasPresent atomic.Int64 // when all files were there, in Unix nanoseconds; 0 if they are not

	lockLost bool // another process holds the lock file

	moves chan struct{} // tells the checkpointer that the log has grown; of capacity 1

	closing sync.Once
	closed  chan struct{} // closed when no new call may begin
	owned   sync.WaitGroup
	err     error // the result of Close
}

var _ store.Store = (*Store)(nil)

// Open opens the file, or creates it. It returns ErrLocked if another process uses it, ErrCorrupt
// if it is damaged, ErrLost as well if acknowledged changes are missing, and ErrNewer if a newer
// version of this module has written it. With Config.Maintenance, missing changes are only a
// warning. Leases of an earlier process end; their attempts count.
func Open(ctx context.Context, c Config) (*Store, error) {
	c = c.withDefaults()
	if c.Path == "" {
		return nil, fmt.Errorf("sqlite: Config.Path is empty: set the file, such as data/%s", FileName)
	}
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	c.Path = path
	s := &Store{config: c, closed: make(chan struct{}), moves: make(chan struct{}, 1)}
	err = s.open(ctx)
	var checkpoints *sql.DB
	if err == nil && !c.Maintenance {
		checkpoints, err = s.openCheckpoints()
	}
	if err != nil {
		s.release()
		return nil, explain(path, err)
	}
	s.inbox, s.ledger, s.state, s.logs = newInbox(s), &ledger{s}, &state{s, newRecent(!c.Maintenance)}, &log{s}
	s.owned.Go(s.writer.run)
	if !c.Maintenance {
		s.owned.Go(func() { s.checkpointing(s.writer.ctx, checkpoints) })
		s.owned.Go(s.housekeeping)
	}
	return s, nil
}

// open takes the lock, opens the connections, and upgrades the file.
func (s *Store) open(ctx context.Context) error {
	if s.config.Maintenance {
		if _, err := os.Stat(s.config.Path); err != nil {
			return fmt.Errorf("there is no store to open: %w", err)
		}
		if err := s.checkPromise(ctx); err != nil {
			s.config.Logger.Warn("the store is opened for maintenance in spite of an error", zap.Error(err))
		}
	} else if err := s.own(ctx); err != nil {
		return err
	}
	w, err := openWriter(ctx, s)
	if err != nil {
		return err
	}
	s.writer = w
	if s.read, err = connect(s.config.Path, url.Values{"_query_only": {"1"}}); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if !s.config.Maintenance {
		if s.log, err = lockLog(s.config.Path); err != nil {
			return err
		}
	}
	return s.identify()
}

// own takes the locks for this process and checks that no acknowledged changes are missing.
func (s *Store) own(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(s.config.Path), 0o700); err != nil {
		return err
	}
	lock, err := takeLock(s.config.Path)
	if err != nil {
		return err
	}
	s.lock = lock
	log, err := lockLog(s.config.Path)
	if err != nil {
		return err
	}
	if log != nil { // not in use; SQLite may replace it, and open locks the new one
		_ = log.Close()
	}
	if err := s.checkPromise(ctx); err != nil {
		return err
	}
	return makeFile(s.config.Path)
}

// makeFile creates an empty file that only its owner can read. SQLite gives its other files the
// same mode.
func makeFile(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil // opening and closing it would release the locks that SQLite holds on it
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's
	if err != nil {
		return err
	}
	return f.Close()
}

// connect returns a pool of connections to the file.
func connect(path string, query url.Values) (*sql.DB, error) {
	if !query.Has("mode") {
		query.Set("mode", "rw")
	}
	query.Set("_busy_timeout", strconv.FormatInt(busyTimeout.Milliseconds(), 10))
	query.Set("_error_rc", "1")
	slashed := filepath.ToSlash(path)
	if slashed[0] != '/' {
		slashed = "/" + slashed // a drive letter
	}
	dsn := url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}
	connector, err := driver.NewConnector(dsn.String())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// Inbox implements store.Store.
func (s *Store) Inbox() store.Inbox { return s.inbox }

// Ledger implements store.Store.
func (s *Store) Ledger() store.Ledger { return s.ledger }

// State implements store.Store.
func (s *Store) State() store.State { return s.state }

// Log implements store.Store.
func (s *Store) Log() store.Log { return s.logs }

// Durable implements store.Store.
func (s *Store) Durable() bool { return true }

// Flush implements store.Store.
func (s *Store) Flush(ctx context.Context) error {
	return s.writer.doDurable(ctx, func(*tx) error { return nil })
}

// Close implements store.Store. Changes that have begun are completed; a waiting Lease returns
// store.ErrClosed.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		s.owned.Wait()
		if !s.config.Maintenance {
			s.err = s.writer.markClean()
		}
		s.release()
	})
	return s.err
}

// release frees what open acquired.
func (s *Store) release() {
	if s.read != nil {
		_ = s.read.Close()
	}
	if s.writer != nil {
		s.writer.close()
	}
	for _, f := range []*os.File{s.log, s.lock} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// isClosed reports whether Close was called.
func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// query reads rows and calls scan for each. It sees every change that was answered before it
// started.
func (s *Store) query(ctx context.Context, scan func(scanner) error, text string, args ...any) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	if err := s.lately(); err != nil {
		return err
	}
	stmt, err := s.prepared(ctx, text)
	var rows *sql.Rows
	if err == nil {
		rows, err = stmt.QueryContext(ctx, args...)
	}
	if err == nil {
		defer rows.Close()
		for err == nil && rows.Next() {
			err = scan(rows)
		}
		if err == nil {
			err = rows.Err()
		}
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil && s.isClosed():
		return store.ErrClosed
	}
	return explain(s.config.Path, err)
}

// prepared returns the prepared statement of a text. The number of texts is bounded.
func (s *Store) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := s.reads.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.read.PrepareContext(ctx, text) //nolint:sqlclosecheck // closed with the pool
	if err != nil {
		return nil, err
	}
	if known, loaded := s.reads.LoadOrStore(text, stmt); loaded {
		return known.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

// scanner is a row.
type scanner interface{ Scan(into ...any) error }

// Path returns the absolute path of the file.
func (s *Store) Path() string { return s.config.Path }

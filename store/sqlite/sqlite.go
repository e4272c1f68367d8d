// Package sqlite is the store back end in one SQLite file: what was acknowledged survives a crash, and a person can look into it.
//
// One goroutine writes. It takes all changes that wait, makes one transaction of them, and answers when the transaction is on stable
// storage: the more callers, the more share one flush of the disk. Reads use connections of their own and do not wait for it.
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
	"time"

	"go.uber.org/zap"
	driver "modernc.org/sqlite"

	"github.com/hongyan-go/hongyan/store"
)

// FileName is what the file is called in a data directory.
const FileName = "hongyan.db"

// The defaults of Config.
const (
	DefaultRemember   = 7 * 24 * time.Hour
	DefaultMaxPending = 5_000_000
	DefaultCheckFor   = 300 * time.Millisecond
)

// How long a change waits for another process to end its own, and how many connections read.
const (
	busyTimeout = 5 * time.Second
	readers     = 4
)

// Config of a store. Path is required; the zero values of all others work.
type Config struct {
	// Path is the file. It is made, with its directory, if it is not there, for nobody but its owner to read.
	Path string
	// Remember is how long a key of the inbox, and a send that is final, is known. 0 means DefaultRemember.
	Remember time.Duration
	// MaxPending bounds the items that are not done; Append returns store.ErrFull beyond. 0 means DefaultMaxPending.
	MaxPending int
	// MaxBytes bounds the file; what needs more room is store.ErrFull. 0 means that only the disk bounds it.
	MaxBytes int64
	// CheckFor bounds how long Open looks for damage after a crash. 0 means DefaultCheckFor.
	CheckFor time.Duration
	// Maintenance opens a file beside the bot that works on it, for looking and for mending: the store hands out no work, and the file must exist.
	Maintenance bool
	// Now is the clock. nil means time.Now.
	Now func() time.Time
	// Logger tells what a person should know. nil means nobody.
	Logger *zap.Logger
}

func (c Config) withDefaults() Config {
	if c.Remember == 0 {
		c.Remember = DefaultRemember
	}
	if c.MaxPending == 0 {
		c.MaxPending = DefaultMaxPending
	}
	if c.CheckFor == 0 {
		c.CheckFor = DefaultCheckFor
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	return c
}

// Store is a store.Store in a file. Make it with Open.
type Store struct {
	config Config
	lock   *os.File               // nil in maintenance; of the writer's goroutine, like the two below
	log    *os.File               // the log, locked as well: a lock file can be deleted
	files  map[string]os.FileInfo // those that SQLite has open, by what is added to Path
	read   *sql.DB
	writer *writer
	inbox  *inbox
	ledger *ledger
	state  *state

	lockLost bool // another process has the lock file now

	closing sync.Once
	closed  chan struct{} // closed when nothing new may begin
	owned   sync.WaitGroup
	err     error // of Close
}

var _ store.Store = (*Store)(nil)

// Open opens the file, or makes it. It returns ErrLocked if a bot works on it, ErrCorrupt if it is damaged, ErrLost as well if less is there than was
// stored, and ErrNewer if a newer version of this module has written it. A store that has lost something is opened for Maintenance, with a warning. Leases of an earlier process are void, their attempts count.
func Open(ctx context.Context, c Config) (*Store, error) {
	c = c.withDefaults()
	if c.Path == "" {
		return nil, fmt.Errorf("sqlite: Config.Path is empty: give the file, such as data/%s", FileName)
	}
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	c.Path = path
	s := &Store{config: c, closed: make(chan struct{})}
	if err := s.open(ctx); err != nil {
		s.release()
		return nil, explain(path, err)
	}
	s.inbox, s.ledger, s.state = newInbox(s), &ledger{s}, &state{s}
	s.owned.Go(s.writer.run)
	if !c.Maintenance {
		s.owned.Go(s.housekeeping)
	}
	return s, nil
}

// open takes the lock and the connections, and brings the file up to date.
func (s *Store) open(ctx context.Context) error {
	if s.config.Maintenance {
		if _, err := os.Stat(s.config.Path); err != nil {
			return fmt.Errorf("there is no store to look into: %w", err)
		}
		if err := s.checkPromise(ctx); err != nil {
			s.config.Logger.Warn("the store is looked into all the same", zap.Error(err))
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

// own makes the file this process's own, unless it has lost what it had stored.
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
	if log != nil { // not in use; SQLite may put another in its place, which is locked then
		_ = log.Close()
	}
	if err := s.checkPromise(ctx); err != nil {
		return err
	}
	return makeFile(s.config.Path)
}

// makeFile makes an empty file that only its owner can read. SQLite gives its other files the same mode.
func makeFile(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil // must not be opened and closed: that would end the locks that SQLite has on it
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's
	if err != nil {
		return err
	}
	return f.Close()
}

// connect makes a pool of connections to the file.
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

// Durable implements store.Store.
func (s *Store) Durable() bool { return true }

// Close implements store.Store. Changes that have begun are finished; a waiting Lease returns store.ErrClosed.
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

// release gives back what open took.
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

// isClosed tells whether Close was called.
func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// query reads rows: scan is called for each. Reads see everything that was answered before them.
func (s *Store) query(ctx context.Context, scan func(scanner) error, text string, args ...any) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	if err := s.present(); err != nil {
		return err
	}
	rows, err := s.read.QueryContext(ctx, text, args...)
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

// scanner is a row.
type scanner interface{ Scan(into ...any) error }

// Times are nanoseconds since 1970 in the file, and 0 for the zero time.
func toNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNano(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}

// Path is where the file is.
func (s *Store) Path() string { return s.config.Path }

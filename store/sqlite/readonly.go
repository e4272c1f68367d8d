package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/hongyan-go/hongyan/store"
)

// ErrReadOnly means that the store was opened with OpenReadOnly and accepts no changes.
var ErrReadOnly = errors.New("sqlite: opened read-only, because its disk accepts no writes: make room on the disk first")

// OpenReadOnly opens a file that no bot uses where Open with Config.Maintenance cannot, such as on
// a full disk: to share a file between processes SQLite has to write an index next to it, even for
// reads. OpenReadOnly locks the file exclusively and writes nothing; every change returns
// ErrReadOnly and store.ErrFull. Only Path and Now of the Config are used.
func OpenReadOnly(ctx context.Context, c Config) (*Store, error) {
	c = c.withDefaults()
	c.Maintenance = true
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	c.Path = path
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("sqlite: there is no store to open: %w", err)
	}
	s := &Store{config: c, closed: make(chan struct{})}
	s.writer = &writer{store: s, refuses: fmt.Errorf("%w (%w)", ErrReadOnly, store.ErrFull)}
	if err := s.openReadOnly(ctx); err != nil {
		s.release()
		return nil, explain(path, err)
	}
	s.inbox, s.ledger, s.state, s.logs = newInbox(s), &ledger{s}, &state{s, newRecent(!c.Maintenance)}, &log{s}
	return s, nil
}

// openReadOnly opens the only connection. In exclusive locking mode SQLite keeps the index of the
// log in memory.
func (s *Store) openReadOnly(ctx context.Context) error {
	db, err := connect(s.config.Path, url.Values{"_pragma": {"locking_mode(EXCLUSIVE)"}, "_query_only": {"1"}})
	if err != nil {
		return err
	}
	s.read = db
	db.SetMaxOpenConns(1)
	var conn *sql.Conn
	if conn, err = db.Conn(ctx); err != nil {
		return err
	}
	defer conn.Close()
	s.writer.conn = conn
	defer func() { s.writer.conn = nil }()
	return s.writer.migrate(ctx, false)
}

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

// ErrLooking means that a store was opened to be looked at only: it takes no changes.
var ErrLooking = errors.New("sqlite: opened to be looked at only, as its disk takes nothing: make room on the disk first")

// Look opens a file that no bot works on where Open with Maintenance cannot, such as on a full disk: even to read, SQLite needs room for a file
// beside it if other processes may read at the same time. Look takes the file for itself instead, and writes nothing: every change is ErrLooking and
// store.ErrFull. Of the Config only Path and Now count.
func Look(ctx context.Context, c Config) (*Store, error) {
	c = c.withDefaults()
	c.Maintenance = true
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	c.Path = path
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("sqlite: there is no store to look into: %w", err)
	}
	s := &Store{config: c, closed: make(chan struct{})}
	s.writer = &writer{store: s, refuses: fmt.Errorf("%w (%w)", ErrLooking, store.ErrFull)}
	if err := s.look(ctx); err != nil {
		s.release()
		return nil, explain(path, err)
	}
	s.inbox, s.ledger, s.state = newInbox(s), &ledger{s}, &state{s}
	return s, nil
}

// look opens the only connection. In this locking mode SQLite keeps the index of the log in memory.
func (s *Store) look(ctx context.Context) error {
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

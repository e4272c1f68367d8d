package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	driver "modernc.org/sqlite"

	"github.com/hongyan-go/hongyan/store"
)

// The tables. seq is the place in the log. chats.id is part of the index of the words.
const schema = `
CREATE TABLE meta (
	id     INTEGER PRIMARY KEY CHECK (id = 1),
	source TEXT NOT NULL,    -- the store whose log this is
	cursor INTEGER NOT NULL, -- the last line of its log that is here
	base   INTEGER NOT NULL, -- what is added to its places: another store began anew
	keep   INTEGER NOT NULL, -- how long the bot keeps a message, in nanoseconds
	paired INTEGER NOT NULL  -- from here on, the index of the words has who wrote in which chat, and stretches
);
INSERT INTO meta VALUES (1, '', 0, 0, 0, 0);

CREATE TABLE chats (
	id      INTEGER PRIMARY KEY,
	account TEXT NOT NULL,
	chat    TEXT NOT NULL,
	type    TEXT NOT NULL,
	name    TEXT NOT NULL,
	UNIQUE (account, chat)
);
CREATE INDEX chats_chat ON chats (chat);

CREATE TABLE messages (
	seq     INTEGER PRIMARY KEY,
	chat    INTEGER NOT NULL,
	time    INTEGER NOT NULL, -- milliseconds
	key     TEXT NOT NULL UNIQUE,
	sender  TEXT NOT NULL,
	called  TEXT NOT NULL,
	kind    TEXT NOT NULL,
	text    TEXT NOT NULL,
	size    INTEGER NOT NULL,
	self    INTEGER NOT NULL,
	quote   TEXT NOT NULL,
	state   TEXT NOT NULL, -- of a message of the bot
	send    TEXT NOT NULL, -- its key in the ledger
	source  TEXT NOT NULL,
	revoked INTEGER NOT NULL
);
CREATE INDEX messages_chat ON messages (chat, time, seq);
CREATE INDEX messages_time ON messages (time, seq);
CREATE INDEX messages_sender ON messages (sender, seq) WHERE sender <> '';
CREATE INDEX messages_send ON messages (send) WHERE send <> '';
CREATE INDEX messages_open ON messages (state, time) WHERE state IN ('sending', 'unknown');

CREATE TABLE spans (
	block INTEGER PRIMARY KEY, -- places, blockSize of them
	first INTEGER NOT NULL,    -- the time of the oldest and the newest message there, in milliseconds
	last  INTEGER NOT NULL
);

CREATE TABLE media (
	seq  INTEGER PRIMARY KEY,
	wxid TEXT NOT NULL,
	body BLOB NOT NULL
);

CREATE VIRTUAL TABLE words USING fts5 (terms, singles, place, content = '', contentless_delete = 1, tokenize = 'ascii');
PRAGMA user_version = 2;
`

// upgrade makes a file of version 1 one of version 2. Its messages stay as they are in the index.
const upgrade = `
ALTER TABLE meta ADD COLUMN paired INTEGER NOT NULL DEFAULT 0;
UPDATE meta SET paired = (SELECT coalesce(max(seq), 0) + 1 FROM messages);
CREATE TABLE spans (block INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
INSERT INTO spans SELECT seq / 4096, min(time), max(time) FROM messages GROUP BY 1;
PRAGMA user_version = 2;
`

// version is that of the tables.
const version = 2

const (
	busyTimeout = 5 * time.Second
	readers     = 4
)

// ErrClosed means that the history was closed.
var ErrClosed = errors.New("history: closed")

// File answers questions about what was said. Make it with Open.
type File struct {
	back store.Store
	keep time.Duration
	now  func() time.Time

	write, read *sql.DB // the same one in memory

	lines  atomic.Int64 // that were added since the log was followed
	looked atomic.Int64 // when it was followed, in Unix nanoseconds

	mu      sync.Mutex // one follows the log at a time
	tidied  time.Time
	closing sync.Once
	err     error
}

// Open opens the file of the history of a store, or makes one; keep is how long a message is kept,
// 0 meaning as long as the bot does whose file it is, and now the clock. An empty path keeps it in
// memory. Several processes may have one file open.
func Open(ctx context.Context, path string, back store.Store, keep time.Duration, now func() time.Time) (*File, error) {
	f := &File{back: back, keep: keep, now: now}
	if err := f.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("history: %s: %w", path, err), f.Close())
	}
	return f, nil
}

func (f *File) open(ctx context.Context, path string) (err error) {
	if path == "" {
		if f.write, err = connect("file::memory:?_txlock=immediate&_pragma=secure_delete(1)"); err != nil {
			return err
		}
		f.write.SetMaxOpenConns(1)
		f.read = f.write
		return f.prepare(ctx)
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := makeFile(path); err != nil {
		return err
	}
	slashed := filepath.ToSlash(path)
	if slashed[0] != '/' {
		slashed = "/" + slashed // a drive letter
	}
	// What the log has is not lost with the last transactions of the file, so that need not be
	// flushed.
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "journal_mode(wal)", "synchronous(normal)",
		"secure_delete(1)", "cache_size(-16000)"}
	dsn := func(query url.Values) string {
		query["_pragma"] = append(pragmas, query["_pragma"]...)
		return (&url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}).String()
	}
	if f.write, err = connect(dsn(url.Values{"_txlock": {"immediate"}})); err != nil {
		return err
	}
	f.write.SetMaxOpenConns(1)
	if err := f.prepare(ctx); err != nil {
		return err
	}
	if f.read, err = connect(dsn(url.Values{"_pragma": {"query_only(1)"}})); err != nil {
		return err
	}
	f.read.SetMaxOpenConns(readers)
	f.read.SetMaxIdleConns(readers)
	return nil
}

// makeFile makes an empty file that only its owner can read. One that is there is not opened: to
// close it would release the locks that SQLite holds on it in this process.
func makeFile(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	made, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's
	if err != nil {
		return err
	}
	return made.Close()
}

func connect(dsn string) (*sql.DB, error) {
	connector, err := driver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// prepare makes the tables of a new file, and changes those of an older version.
func (f *File) prepare(ctx context.Context) error {
	tx, err := f.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	var found int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&found); err != nil {
		return err
	}
	switch {
	case found > version:
		return fmt.Errorf("it is of a newer version of this program (%d, this one knows %d): use that", found, version)
	case found < version:
		change := schema
		if found > 0 {
			change = upgrade
		}
		if _, err := tx.ExecContext(ctx, change); err != nil {
			return err
		}
	}
	if f.keep > 0 {
		_, err = tx.ExecContext(ctx, `UPDATE meta SET keep = ?`, int64(f.keep))
	} else if err = tx.QueryRowContext(ctx, `SELECT keep FROM meta`).Scan(&f.keep); f.keep == 0 {
		f.keep = defaultKeep
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the file. A second Close does nothing.
func (f *File) Close() error {
	f.closing.Do(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		var errs []error
		if f.read != nil && f.read != f.write {
			errs = append(errs, f.read.Close())
		}
		if f.write != nil {
			errs = append(errs, f.write.Close())
		}
		if err := errors.Join(errs...); err != nil {
			f.err = fmt.Errorf("history: %w", err)
		}
	})
	return f.err
}

// logKeep is how long the log keeps a line.
func (f *File) logKeep() time.Duration {
	if shared, ok := f.back.(interface{ Shared() bool }); ok && shared.Shared() {
		return f.keep
	}
	return min(f.keep, logKept)
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// newest are the tables of a new file, as all migrations would make them, at half the price.
// Each lane that has items has a row in lanes. head is its oldest item; due is when the head may be
// leased: 0 for now, a time for later, -1 while it is leased (leases are in memory). Row counts are
// kept in meta, because counting a million rows takes too long.
const newest = `
CREATE TABLE meta (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	epoch    INTEGER NOT NULL, -- how often the file was opened for work
	clean    INTEGER NOT NULL, -- 1 if it was closed in order
	items    INTEGER NOT NULL, -- how many rows items, dead and keys have
	dead     INTEGER NOT NULL,
	keys     INTEGER NOT NULL,
	revision INTEGER NOT NULL, -- the last one that an entry got
	file     TEXT NOT NULL DEFAULT '',   -- of the file; a backup has another
	commits  INTEGER NOT NULL DEFAULT 0  -- how many transactions have changed something
);
INSERT INTO meta VALUES (1, 0, 1, 0, 0, 0, 0, lower(hex(randomblob(8))), 0);

CREATE TABLE items (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
	lane     TEXT NOT NULL,
	key      TEXT NOT NULL,
	received INTEGER NOT NULL,
	body     BLOB
);
CREATE INDEX items_lane ON items (lane, seq);

CREATE TABLE lanes (
	lane     TEXT PRIMARY KEY,
	head     INTEGER NOT NULL,
	due      INTEGER NOT NULL,
	attempts INTEGER NOT NULL, -- of the head
	delay    INTEGER NOT NULL DEFAULT 0 -- how far ahead a time in due was when it was set
) WITHOUT ROWID;
CREATE INDEX lanes_due ON lanes (due, head);

CREATE TABLE keys (
	key TEXT PRIMARY KEY,
	at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX keys_at ON keys (at);

CREATE TABLE dead (
	seq      INTEGER PRIMARY KEY,
	lane     TEXT NOT NULL,
	key      TEXT NOT NULL,
	received INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	reason   TEXT NOT NULL,
	stack    TEXT NOT NULL,
	buried   INTEGER NOT NULL,
	body     BLOB
);

CREATE TABLE sends (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	key        TEXT NOT NULL UNIQUE,
	account    TEXT NOT NULL,
	target     TEXT NOT NULL,
	endpoint   TEXT NOT NULL,
	class      TEXT NOT NULL,
	source     TEXT NOT NULL,
	event      TEXT NOT NULL,
	state      TEXT NOT NULL,
	attempts   INTEGER NOT NULL,
	reason     TEXT NOT NULL,
	not_before INTEGER NOT NULL,
	expires    INTEGER NOT NULL,
	created    INTEGER NOT NULL,
	updated    INTEGER NOT NULL,
	revision   INTEGER NOT NULL,
	result     BLOB,
	body       BLOB
);
CREATE INDEX sends_state ON sends (state, seq);
CREATE INDEX sends_updated ON sends (updated);

CREATE TABLE entries (
	key      TEXT PRIMARY KEY,
	revision INTEGER NOT NULL,
	expires  INTEGER NOT NULL,
	value    BLOB,
	ttl      INTEGER NOT NULL DEFAULT 0 -- how far ahead expires was when it was set
);
CREATE INDEX entries_expires ON entries (expires) WHERE expires > 0;
` + logTables

// migrations[i] upgrades a file from version i to version i+1 in one transaction. A released
// migration never changes.
func migrations() []string {
	return []string{`
CREATE TABLE meta (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	epoch    INTEGER NOT NULL, -- how often the file was opened for work
	clean    INTEGER NOT NULL, -- 1 if it was closed in order
	items    INTEGER NOT NULL, -- how many rows items, dead and keys have
	dead     INTEGER NOT NULL,
	keys     INTEGER NOT NULL,
	revision INTEGER NOT NULL  -- the last one that an entry got
);
INSERT INTO meta VALUES (1, 0, 1, 0, 0, 0, 0);

CREATE TABLE items (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
	lane     TEXT NOT NULL,
	key      TEXT NOT NULL,
	received INTEGER NOT NULL,
	body     BLOB
);
CREATE INDEX items_lane ON items (lane, seq);

CREATE TABLE lanes (
	lane     TEXT PRIMARY KEY,
	head     INTEGER NOT NULL,
	due      INTEGER NOT NULL,
	attempts INTEGER NOT NULL -- of the head
) WITHOUT ROWID;
CREATE INDEX lanes_due ON lanes (due, head);

CREATE TABLE keys (
	key TEXT PRIMARY KEY,
	at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX keys_at ON keys (at);

CREATE TABLE dead (
	seq      INTEGER PRIMARY KEY,
	lane     TEXT NOT NULL,
	key      TEXT NOT NULL,
	received INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	reason   TEXT NOT NULL,
	stack    TEXT NOT NULL,
	buried   INTEGER NOT NULL,
	body     BLOB
);

CREATE TABLE sends (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	key        TEXT NOT NULL UNIQUE,
	account    TEXT NOT NULL,
	target     TEXT NOT NULL,
	endpoint   TEXT NOT NULL,
	class      TEXT NOT NULL,
	source     TEXT NOT NULL,
	event      TEXT NOT NULL,
	state      TEXT NOT NULL,
	attempts   INTEGER NOT NULL,
	reason     TEXT NOT NULL,
	not_before INTEGER NOT NULL,
	expires    INTEGER NOT NULL,
	created    INTEGER NOT NULL,
	updated    INTEGER NOT NULL,
	revision   INTEGER NOT NULL,
	result     BLOB,
	body       BLOB
);
CREATE INDEX sends_state ON sends (state, seq);
CREATE INDEX sends_updated ON sends (updated);

CREATE TABLE entries (
	key      TEXT PRIMARY KEY,
	revision INTEGER NOT NULL,
	expires  INTEGER NOT NULL,
	value    BLOB
);
CREATE INDEX entries_expires ON entries (expires) WHERE expires > 0;
`, `
ALTER TABLE meta ADD COLUMN file TEXT NOT NULL DEFAULT '';           -- of the file; a backup has another
ALTER TABLE meta ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;    -- how many transactions have changed something
UPDATE meta SET file = lower(hex(randomblob(8)));
ALTER TABLE lanes ADD COLUMN delay INTEGER NOT NULL DEFAULT 0;     -- how far ahead a time in due was when it was set
ALTER TABLE entries ADD COLUMN ttl INTEGER NOT NULL DEFAULT 0;     -- the same of expires
`, logTables}
}

// prepare upgrades the file, ends the leases of an earlier process, and checks for damage if that
// process did not close the file.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.writer.migrate(ctx, !s.config.Maintenance); err != nil {
		return err
	}
	if s.config.Maintenance {
		return nil
	}
	var clean bool
	if err := s.writer.conn.QueryRowContext(ctx, `SELECT clean FROM meta`).Scan(&clean); err != nil {
		return err
	}
	if !clean {
		if err := s.check(ctx); err != nil {
			return err
		}
	}
	if err := s.writer.begin(ctx); err != nil {
		return err
	}
	return s.writer.openPromise(ctx)
}

// check looks for damage for at most Config.CheckFor. A small file is checked completely; damage in
// the rest of a large one is found when its page is read.
func (s *Store) check(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, s.config.CheckFor)
	defer cancel()
	started := time.Now()
	var verdict string
	err := s.read.QueryRowContext(limited, `PRAGMA quick_check(1)`).Scan(&verdict)
	switch {
	case limited.Err() != nil && ctx.Err() == nil:
		s.config.Logger.Info("the store was not closed cleanly; it is too large to be checked completely",
			zap.String("file", s.config.Path))
		return nil
	case err != nil:
		return err
	case verdict != "ok":
		return corrupt(s.config.Path, errors.New(verdict))
	}
	s.config.Logger.Info("the store was not closed cleanly; it was checked and is intact",
		zap.String("file", s.config.Path), zap.Duration("took", time.Since(started)))
	return nil
}

// migrate upgrades the file to the version of this module. If may is false, it only checks the
// version.
func (w *writer) migrate(ctx context.Context, may bool) error {
	var version, tables int
	err := w.conn.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).
		Scan(&version, &tables)
	if err != nil {
		return err
	}
	steps, path := migrations(), w.store.config.Path
	switch {
	case version > len(steps):
		return fmt.Errorf("%w: %s has version %d, this program knows up to %d: use the newer program, or a backup from before the upgrade",
			ErrNewer, path, version, len(steps))
	case version == 0 && tables > 0:
		return fmt.Errorf("sqlite: %s is a database of some other program: choose another path", path)
	case version < len(steps) && !may:
		return fmt.Errorf("sqlite: %s has version %d, this program needs %d: start the bot once to upgrade the file",
			path, version, len(steps))
	}
	if may { // only now is it known to be our file
		if _, err := w.conn.ExecContext(ctx, `PRAGMA journal_mode = WAL`); err != nil {
			return err
		}
	}
	if version == 0 {
		if err := w.step(ctx, newest, len(steps)); err != nil {
			return fmt.Errorf("the tables: %w", err)
		}
		return nil
	}
	for ; version < len(steps); version++ {
		if err := w.step(ctx, steps[version], version+1); err != nil {
			return fmt.Errorf("the upgrade to version %d: %w", version+1, err)
		}
	}
	return nil
}

// step runs one migration.
func (w *writer) step(ctx context.Context, text string, version int) error {
	tx, err := w.conn.BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("%s; PRAGMA user_version = %d", text, version)); err != nil {
		return err
	}
	return tx.Commit()
}

// begin starts a new epoch: it ends the leases of an earlier process and makes new fences higher
// than its fences.
func (w *writer) begin(ctx context.Context) error {
	tx, err := w.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	if _, err := tx.ExecContext(ctx, `UPDATE lanes SET due = 0 WHERE due = -1`); err != nil {
		return err
	}
	var epoch uint64
	err = tx.QueryRowContext(ctx, `UPDATE meta SET epoch = epoch + 1, clean = 0, commits = commits + 1 RETURNING epoch`).Scan(&epoch)
	if err != nil {
		return err
	}
	w.epoch = epoch
	return tx.Commit()
}

// markClean records that the file was closed cleanly. A deleted file was not.
func (w *writer) markClean() error {
	err := w.store.present()
	if err == nil {
		_, err = w.conn.ExecContext(w.ctx, `UPDATE meta SET clean = 1`)
	}
	if err == nil {
		err = w.promise.Sync()
	}
	return explain(w.store.config.Path, err)
}

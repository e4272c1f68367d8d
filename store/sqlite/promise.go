package sqlite

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"
)

// promiseSize is the fixed length of the promise file, so that each write replaces the previous one
// completely.
const promiseSize = 96

// promise states how many transactions of the database with this id are on stable storage.
//
// SQLite ignores everything from the first damaged byte of its log on, without an error, because it
// cannot tell damage from a transaction that a crash cut off. The promise is therefore kept in a
// separate file and written after each flush of the log, before it is answered. It is flushed only
// now and then: a crash of the process loses nothing of it, and a crash of the machine may leave an
// older promise, which states less than what is stored and never more.
type promise struct {
	id      string
	commits int64
	at      time.Time
}

func promisePath(path string) string { return path + ".promise" }

func (p promise) encode() []byte {
	text := fmt.Sprintf("hongyan-promise 1 %s %d %d", p.id, p.commits, toNano(p.at))
	text = fmt.Sprintf("%s %08x", text, crc32.ChecksumIEEE([]byte(text)))
	return fmt.Appendf(nil, "%-*s\n", promiseSize-1, text)
}

// errUnreadable means that the promise was damaged by a crash of the machine or by another program.
var errUnreadable = errors.New("it cannot be read")

// readPromise reads the promise of a file. It returns the zero value if there is none.
func readPromise(path string) (promise, error) {
	data, err := os.ReadFile(promisePath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return promise{}, nil
	}
	if err != nil {
		return promise{}, err
	}
	text := strings.TrimSpace(string(data))
	body, sum, _ := cutLast(text, " ")
	var p promise
	var nano int64
	if _, err := fmt.Sscanf(body, "hongyan-promise 1 %s %d %d", &p.id, &p.commits, &nano); err != nil ||
		sum != fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body))) {
		return promise{}, errUnreadable
	}
	p.at = fromNano(nano)
	return p, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// checkPromise compares the promise with the database and changes nothing. It opens the file
// read-only, because SQLite would otherwise checkpoint what is left of the log and remove it.
func (s *Store) checkPromise(ctx context.Context) error {
	p, err := readPromise(s.config.Path)
	switch {
	case errors.Is(err, errUnreadable):
		s.config.Logger.Warn("the promise file cannot be read, so lost changes cannot be detected; the store continues with what is there",
			zap.String("file", promisePath(s.config.Path)))
		return nil
	case err != nil:
		return err
	case p.commits == 0:
		return nil
	}
	if _, err := os.Stat(s.config.Path); errors.Is(err, fs.ErrNotExist) {
		return lost(s.config.Path, p, "the file is not there")
	} else if err != nil {
		return err
	}
	db, err := connect(s.config.Path, url.Values{"mode": {"ro"}})
	if err != nil {
		return err
	}
	defer db.Close()
	var tables, meta, columns int
	var there promise
	var last int64
	err = db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_schema), (SELECT count(*) FROM sqlite_schema WHERE name = 'meta'),
		(SELECT count(*) FROM pragma_table_info('meta') WHERE name IN ('file', 'commits'))`).Scan(&tables, &meta, &columns)
	if err == nil && columns == 2 {
		err = db.QueryRowContext(ctx, `SELECT file, commits, coalesce((SELECT max(at) FROM keys), 0) FROM meta`).
			Scan(&there.id, &there.commits, &last)
	}
	switch {
	case err != nil:
		return err
	case tables == 0:
		return lost(s.config.Path, p, "the file is empty")
	case meta == 0:
		return nil // a file of another program, which migrate reports
	case columns < 2:
		return lost(s.config.Path, p, "the file is of an older version than the one that was here")
	case there.id != p.id:
		s.config.Logger.Warn("the file is not the one that was used last; it may be a backup. It lacks what the other file stored since",
			zap.String("file", s.config.Path), zap.Time("last stored", p.at))
		return nil
	case there.commits < p.commits:
		what := fmt.Sprintf("the last %d of its %d changes are missing", p.commits-there.commits, p.commits)
		if last > 0 {
			what += "; the last message that is present arrived at " + fromNano(last).Format(time.RFC3339)
		}
		return lost(s.config.Path, p, what)
	}
	return nil
}

func lost(path string, p promise, what string) error {
	return fmt.Errorf("%w: %s: %s; changes were stored up to %s. Messages that were acknowledged are gone, and the service "+
		"does not post them again. If %s-wal was deleted, changed, or left out of a copy, put it back; otherwise put the last backup "+
		"(hongyan backup) in place of the file. "+
		"To go on with what is there, remove %s (%w)", ErrLost, path, what, p.at.Format(time.RFC3339), path, promisePath(path), ErrCorrupt)
}

// openPromise opens or creates the promise file, flushes what is in the log, and writes the current
// promise. From now on the flusher does it.
func (w *writer) openPromise(ctx context.Context) error {
	path := promisePath(w.store.config.Path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's
	if err != nil {
		return err
	}
	w.promise = f
	w.committed.at = w.store.config.Clock.Now()
	if err := w.conn.QueryRowContext(ctx, `SELECT file, commits FROM meta`).Scan(&w.committed.id, &w.committed.commits); err != nil {
		return err
	}
	if w.flush, err = newFlusher(w); err != nil {
		return err
	}
	if err := w.flush.store(w.committed); err != nil {
		return err
	}
	if err := f.Truncate(promiseSize); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return flush(filepath.Dir(path))
}

func (w *writer) keepPromise(p promise) error {
	_, err := w.promise.WriteAt(p.encode(), 0)
	return err
}

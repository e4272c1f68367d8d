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

// promiseSize is the length of the file of a promise, so that each write covers the one before in whole.
const promiseSize = 96

// promise says what was answered: so many transactions of the database with this id are on stable storage.
//
// SQLite leaves out what follows the first damaged byte of its log, silently, as it cannot tell damage from a transaction that a crash cut off. So the
// promise lies in a file of its own, written after each transaction, before it is answered. It is flushed now and then only: a crash of the process
// loses none of it, and one of the machine makes it old, which promises less, and never more than is there.
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

// errUnreadable is a promise that a crash of the machine, or another program, has left in no good state.
var errUnreadable = errors.New("it cannot be read")

// readPromise reads the promise of a file; the zero value if there is none.
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

// checkPromise compares what was promised with what is there, and changes nothing: the file is opened to be read only, as SQLite would otherwise move
// what is left of the log, and remove it.
func (s *Store) checkPromise(ctx context.Context) error {
	p, err := readPromise(s.config.Path)
	switch {
	case errors.Is(err, errUnreadable):
		s.config.Logger.Warn("what was promised cannot be read: whether the store has lost something is not known; it goes on with what is there",
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
		err = db.QueryRowContext(ctx, `SELECT file, commits, coalesce((SELECT max(at) FROM keys), 0) FROM meta`).Scan(&there.id, &there.commits, &last)
	}
	switch {
	case err != nil:
		return err
	case tables == 0:
		return lost(s.config.Path, p, "the file is empty")
	case meta == 0:
		return nil // of some other program, which is said later
	case columns < 2:
		return lost(s.config.Path, p, "the file is of an older version than the one that was here")
	case there.id != p.id:
		s.config.Logger.Warn("another file is in the place of the one that was worked on last, such as a backup: what that one had stored since is not in it",
			zap.String("file", s.config.Path), zap.Time("last stored", p.at))
		return nil
	case there.commits < p.commits:
		what := fmt.Sprintf("the last %d of its %d changes are missing", p.commits-there.commits, p.commits)
		if last > 0 {
			what += "; the last message that is there came at " + fromNano(last).Format(time.RFC3339)
		}
		return lost(s.config.Path, p, what)
	}
	return nil
}

func lost(path string, p promise, what string) error {
	return fmt.Errorf("%w: %s: %s, of what was stored up to %s. Messages that were acknowledged are gone, and the service does not post them again. "+
		"Was %s-wal deleted, changed, or left out of a copy? Then put it back; or put the last backup (hongyan backup) in place of the file. "+
		"To go on with what is there, remove %s (%w)", ErrLost, path, what, p.at.Format(time.RFC3339), path, promisePath(path), ErrCorrupt)
}

// openPromise makes the file of the promise, or opens it, and writes what holds now.
func (w *writer) openPromise(ctx context.Context) error {
	path := promisePath(w.store.config.Path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's
	if err != nil {
		return err
	}
	w.promise = f
	var commits int64
	if err := w.conn.QueryRowContext(ctx, `SELECT file, commits FROM meta`).Scan(&w.id, &commits); err != nil {
		return err
	}
	if err := w.keepPromise(promise{w.id, commits, w.store.config.Now()}); err != nil {
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

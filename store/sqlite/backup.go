package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/hongyan-go/hongyan/store"
)

// Backup writes a consistent copy of the file to path, which must not exist. The bot may keep
// running.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.isClosed() {
		return store.ErrClosed
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("sqlite: %s exists: choose another name for the backup", path)
	}
	partial := path + ".partial"
	// The copy holds messages, so only its owner may read it. SQLite accepts an empty file as the
	// target.
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the path is the caller's
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	if err = f.Close(); err == nil {
		err = explain(partial, s.copyTo(ctx, partial))
	}
	if err == nil {
		err = flush(partial)
	}
	if err == nil {
		err = os.Rename(partial, path)
	}
	if err == nil {
		return flush(filepath.Dir(path))
	}
	return errors.Join(err, os.Remove(partial))
}

// copyTo uses a separate connection: those of the read pool are query-only, and VACUUM INTO writes.
func (s *Store) copyTo(ctx context.Context, path string) error {
	db, err := connect(s.config.Path, url.Values{})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err = db.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return err
	}
	// A new id: the promise of the original file does not apply to the copy.
	made, err := connect(path, url.Values{"_synchronous": {"FULL"}})
	if err != nil {
		return err
	}
	defer made.Close()
	_, err = made.ExecContext(ctx, `UPDATE meta SET file = lower(hex(randomblob(8)))`)
	return err
}

// flush syncs a file or a directory to stable storage.
func flush(path string) error {
	f, err := os.Open(path) //nolint:gosec // the path is the caller's
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	return nil
}

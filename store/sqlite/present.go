package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// parts lists the suffixes of the files that make up a database. If one of them is replaced, other
// processes see a different database than this one.
func parts() []string { return []string{"", "-wal", "-shm"} }

// identify records the identity of the files that are open.
func (s *Store) identify() error {
	s.files = map[string]os.FileInfo{}
	for _, part := range parts() {
		info, err := os.Stat(s.config.Path + part)
		if errors.Is(err, fs.ErrNotExist) {
			continue // in maintenance, a file that is not in use may have no log
		}
		if err != nil {
			return err
		}
		s.files[part] = info
	}
	return nil
}

// presentFor is how long reads rely on the last answer of present.
const presentFor = 10 * time.Millisecond

// lately returns nil if present has returned nil a moment ago, and its result now otherwise.
func (s *Store) lately() error {
	if since := time.Now().UnixNano() - s.wasPresent.Load(); since >= 0 && since < int64(presentFor) {
		return nil
	}
	return s.present()
}

// present returns an error if a file was deleted, moved or replaced since it was opened: writes
// would succeed, but go to a file that no longer has a name. It takes a few microseconds.
func (s *Store) present() (err error) {
	now := time.Now().UnixNano()
	defer func() {
		if err != nil {
			now = 0
		}
		s.wasPresent.Store(now)
	}()
	for part, was := range s.files {
		path := s.config.Path + part
		is, err := os.Stat(path)
		switch {
		case err == nil && os.SameFile(was, is):
		case err == nil:
			return gone(path, "it was replaced by another file")
		case errors.Is(err, fs.ErrNotExist):
			return gone(path, "it was deleted or moved away")
		default:
			return fmt.Errorf("sqlite: %w: %w", store.ErrUnavailable, err)
		}
	}
	return nil
}

func gone(path, how string) error {
	return fmt.Errorf("%w: %s: %s. Nothing is stored any more: if it was moved, move this very file back; "+
		"otherwise stop the bot, restore a backup, and start it again (%w)",
		ErrGone, path, how, store.ErrUnavailable)
}

// relock recreates a lock file that was deleted. Until then the lock on the log keeps other
// processes out.
func (s *Store) relock() {
	if s.lock == nil || s.lockLost {
		return
	}
	was, err := s.lock.Stat()
	if err != nil {
		return
	}
	is, err := os.Stat(lockPath(s.config.Path))
	if err == nil && os.SameFile(was, is) || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
	lock, err := takeLock(s.config.Path)
	switch {
	case err == nil:
		s.config.Logger.Warn("the lock file was deleted and has been created again: it never needs to be deleted",
			zap.String("file", lockPath(s.config.Path)))
		_ = s.lock.Close()
		s.lock = lock
	case errors.Is(err, ErrLocked):
		s.lockLost = true
		s.config.Logger.Error("the lock file was deleted and another process has taken it: stop one of the two", zap.Error(err))
	default: // the directory is gone or the disk is full: the next call tries again
	}
}

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// parts are the files of a database that SQLite works on, by what is added to the path. Without any of them, another process would see, or make, another
// database than this one.
func parts() []string { return []string{"", "-wal", "-shm"} }

// identify notes which files these are.
func (s *Store) identify() error {
	s.files = map[string]os.FileInfo{}
	for _, part := range parts() {
		info, err := os.Stat(s.config.Path + part)
		if errors.Is(err, fs.ErrNotExist) {
			continue // maintenance of a file that is not in use may have no log
		}
		if err != nil {
			return err
		}
		s.files[part] = info
	}
	return nil
}

// present reports files that were deleted, moved away or replaced since they were opened: writes would go to what nobody finds again. The system tells
// the writer nothing. It costs some microseconds.
func (s *Store) present() error {
	for part, was := range s.files {
		path := s.config.Path + part
		is, err := os.Stat(path)
		switch {
		case err == nil && os.SameFile(was, is):
		case err == nil:
			return gone(path, "another file has taken its place")
		case errors.Is(err, fs.ErrNotExist):
			return gone(path, "it was deleted or moved away")
		default:
			return fmt.Errorf("sqlite: %w: %w", store.ErrUnavailable, err)
		}
	}
	return nil
}

func gone(path, how string) error {
	return fmt.Errorf("%w: %s: %s. Nothing is stored any more: put back exactly this file if it was moved; else stop the bot, restore a backup, and start it (%w)",
		ErrGone, path, how, store.ErrUnavailable)
}

// relock makes the lock file again that somebody has deleted, so that the next bot finds it. Until then the lock of the log keeps others out.
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
		s.config.Logger.Warn("somebody has deleted the lock file; it was made again: there is never a reason to delete it",
			zap.String("file", lockPath(s.config.Path)))
		_ = s.lock.Close()
		s.lock = lock
	case errors.Is(err, ErrLocked):
		s.lockLost = true
		s.config.Logger.Error("somebody has deleted the lock file, and another process has made it again: end one of the two", zap.Error(err))
	default: // the directory is gone, or the disk is full: the next look tries again
	}
}

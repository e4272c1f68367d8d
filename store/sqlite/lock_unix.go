//go:build unix

package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// tryLock locks an open file. The kernel releases the lock when the process ends, however it ends.
func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// lockLog locks the log of a file. SQLite itself never locks the log, and does not recreate it
// while a process has it open. It returns nil if there is no log, which means that no process uses
// the file.
func lockLog(path string) (*os.File, error) {
	f, err := os.Open(path + "-wal") //nolint:gosec // the path is the caller's
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		_ = f.Close()
		return nil, locked(phrase.New("another process, whose lock file was deleted,"), path, err)
	}
	return f, nil
}

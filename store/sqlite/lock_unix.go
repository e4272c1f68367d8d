//go:build unix

package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// tryLock takes the lock of an open file, which the kernel gives back when the process ends in whatever way.
func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// lockLog locks the log of a file, which SQLite itself never does: whoever works on the file has it open, and it is not made anew as long as somebody has.
// It is nil if there is no log, as nobody works on the file then.
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
		return nil, locked("another process, whose lock file was deleted,", path, err)
	}
	return f, nil
}

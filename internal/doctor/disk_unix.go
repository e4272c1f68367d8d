//go:build linux || darwin

package doctor

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
)

// FreeSpace is the free space of a directory in bytes; the directory need not exist yet.
func FreeSpace(dir string) (uint64, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return 0, err
	}
	var s syscall.Statfs_t
	err = syscall.Statfs(dir, &s)
	for errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		err = syscall.Statfs(dir, &s)
	}
	return s.Bavail * uint64(s.Bsize), err //nolint:gosec // the size of a block is positive
}

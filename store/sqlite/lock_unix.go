//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// tryLock takes the lock of an open file, which the kernel gives back when the process ends in whatever way.
func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

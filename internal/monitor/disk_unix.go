//go:build linux || darwin

package monitor

import "syscall"

// free returns the space on the disk of a directory that is available without privileges, in bytes.
func free(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil //nolint:gosec // the size of a block is positive
}

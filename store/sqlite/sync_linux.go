package sqlite

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData puts the data of a file on stable storage. It leaves out what is not needed to read it,
// such as the time of the change.
func syncData(f *os.File) error {
	for {
		if err := unix.Fdatasync(int(f.Fd())); err != unix.EINTR {
			return err
		}
	}
}

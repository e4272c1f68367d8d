//go:build !linux

package sqlite

import "os"

// syncData puts the data of a file on stable storage.
func syncData(f *os.File) error { return f.Sync() }

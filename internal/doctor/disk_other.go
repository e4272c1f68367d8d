//go:build !linux && !darwin

package doctor

import "errors"

// FreeSpace is not implemented for this system.
func FreeSpace(string) (uint64, error) { return 0, errors.New("this system is not asked") }

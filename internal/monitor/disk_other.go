//go:build !linux && !darwin

package monitor

import "errors"

// free is not implemented for this system.
func free(string) (uint64, error) { return 0, errors.ErrUnsupported }

//go:build !linux && !darwin

package main

import "errors"

// freeSpace is not implemented for this system.
func freeSpace(string) (uint64, error) { return 0, errors.New("this system is not asked") }

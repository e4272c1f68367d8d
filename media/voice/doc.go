// Package voice converts voices between SILK, which is all that WeChat knows, and PCM, WAV and MP3.
//
// It holds everything in memory: a voice has five minutes at most. The SILK codec is a translation from C that adds about a megabyte to a program, so it is here and
// not in package media. MP3 is read, and not written: no encoder in Go has a licence that this project can use; write WAV, which every recogniser of speech takes.
package voice

import "errors"

// SampleRate is what WeChat's voices have, in hertz. PCM in this package is mono with 16 bits, the low byte first in files.
const SampleRate = 24000

// MaxLength bounds a voice, in seconds, in both directions.
const MaxLength = 300

// The errors.
var (
	// ErrUnsupported means that the format is not one that this package converts.
	ErrUnsupported = errors.New("voice: this format is not supported: use SILK, WAV (PCM) or MP3; to write MP3, take the WAV to a program that does")
	// ErrBadSound means that the data is damaged, or not what it seems.
	ErrBadSound = errors.New("voice: the sound cannot be read")
	// ErrTooLong means that the sound is longer than MaxLength.
	ErrTooLong = errors.New("voice: longer than five minutes")
)

// Package voice converts voices between SILK, the only format that WeChat uses, and PCM, WAV and
// MP3. It works in memory: a voice is at most five minutes long. The SILK codec is translated from
// C and adds about a megabyte to a program, so it is not in package media. MP3 can be read but not
// written: no Go encoder has a licence that this project can use. Write WAV instead, which every
// speech recogniser accepts.
package voice

import "errors"

// SampleRate is the sample rate of WeChat's voices in hertz. PCM in this package is 16-bit mono,
// little-endian in files.
const SampleRate = 24000

// MaxLength limits a voice, in seconds, for encoding and decoding.
const MaxLength = 300

// The errors of this package.
var (
	// ErrUnsupported means that this package does not convert the format.
	ErrUnsupported = errors.New("voice: this format is not supported: use SILK, WAV (PCM) or MP3; to write MP3, convert " +
		"the WAV with another program")
	// ErrBadSound means that the data is damaged or not in its apparent format.
	ErrBadSound = errors.New("voice: the sound cannot be read")
	// ErrTooLong means that the sound is longer than MaxLength.
	ErrTooLong = errors.New("voice: longer than five minutes")
)

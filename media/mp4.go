package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// ErrNoDuration means that the duration is unknown: the file is not an MP4, or its header is
// missing.
var ErrNoDuration = errors.New("media: the file has no readable duration: use an MP4")

// videoDuration returns the duration of an MP4 (or MOV) video according to its header. It reads
// only a few bytes.
func videoDuration(r io.ReaderAt, size int64) (time.Duration, error) {
	moov, err := findBox(r, section{0, size}, "moov")
	if err != nil {
		return 0, err
	}
	mvhd, err := findBox(r, moov, "mvhd")
	if err != nil {
		return 0, err
	}
	b := make([]byte, 32)
	if n, err := r.ReadAt(b[:min(int64(len(b)), mvhd.end-mvhd.start)], mvhd.start); n < 20 {
		return 0, fmt.Errorf("%w: %w", ErrNoDuration, err)
	}
	scale, length := binary.BigEndian.Uint32(b[12:]), uint64(binary.BigEndian.Uint32(b[16:]))
	if b[0] == 1 { // 64 bits
		scale, length = binary.BigEndian.Uint32(b[20:]), binary.BigEndian.Uint64(b[24:])
	}
	const longest = 30 * 24 * 3600 // seconds
	if scale == 0 || length/uint64(scale) > longest {
		return 0, ErrNoDuration
	}
	return time.Duration(float64(length) / float64(scale) * float64(time.Second)), nil
}

// VideoFileDuration is videoDuration for the file at path.
func VideoFileDuration(path string) (time.Duration, error) {
	f, err := os.Open(path) //nolint:gosec // the caller chooses what to send
	if err != nil {
		return 0, fmt.Errorf("media: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, fmt.Errorf("media: %w", err)
	}
	return videoDuration(f, info.Size())
}

// section is the content of an MP4 box.
type section struct{ start, end int64 }

// maxBoxes limits how many boxes are examined.
const maxBoxes = 10_000

// findBox finds the first box of a kind in s.
func findBox(r io.ReaderAt, s section, kind string) (section, error) {
	head := make([]byte, 16)
	for at, n := s.start, 0; at+8 <= s.end && n < maxBoxes; n++ {
		if _, err := r.ReadAt(head[:8], at); err != nil {
			break
		}
		length, body := int64(binary.BigEndian.Uint32(head)), int64(8)
		switch length {
		case 0: // up to the end
			length = s.end - at
		case 1: // 64 bits
			if _, err := r.ReadAt(head, at); err != nil {
				return section{}, ErrNoDuration
			}
			length, body = int64(binary.BigEndian.Uint64(head[8:])), 16 //nolint:gosec // a negative length is refused below
		}
		if length < body || length > s.end-at {
			break
		}
		if string(head[4:8]) == kind {
			return section{at + body, at + length}, nil
		}
		at += length
	}
	return section{}, ErrNoDuration
}

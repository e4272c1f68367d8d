package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// ErrNotSILK means that a file is not a SILK voice, the only format that the service sends. Package
// media/voice converts WAV and MP3 to SILK.
var ErrNotSILK = errors.New("media: not a SILK voice: convert it with package media/voice first")

const silkHeader = "#!SILK_V3"

// silkFrame is the duration of a packet in WeChat's voices.
const silkFrame = 20 * time.Millisecond

// IsSILK reports whether data starts like a SILK voice, in WeChat's or the original form.
func IsSILK(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(data, []byte{2}), []byte(silkHeader))
}

// SILKDuration returns the duration of a SILK voice. It counts packets without decoding them. For a
// truncated voice the error is ErrNotSILK as well.
func SILKDuration(r io.Reader) (time.Duration, error) {
	head := make([]byte, 1+len(silkHeader))
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || !IsSILK(head[:n]) {
		return 0, ErrNotSILK
	}
	rest := bufio.NewReader(io.MultiReader(bytes.NewReader(bytes.TrimPrefix(bytes.TrimPrefix(head[:n], []byte{2}), []byte(silkHeader))), r))
	var length int16
	for d := time.Duration(0); ; d += silkFrame {
		switch err := binary.Read(rest, binary.LittleEndian, &length); {
		case errors.Is(err, io.EOF), err == nil && length < 0: // the original form ends in -1
			return d, nil
		case err != nil:
			return 0, fmt.Errorf("%w: it is truncated", ErrNotSILK)
		}
		if _, err := io.CopyN(io.Discard, rest, int64(length)); err != nil {
			return 0, fmt.Errorf("%w: it is truncated", ErrNotSILK)
		}
	}
}

// SILKFileDuration is SILKDuration for the file at path.
func SILKFileDuration(path string) (time.Duration, error) {
	f, err := os.Open(path) //nolint:gosec // the caller chooses what to send
	if err != nil {
		return 0, fmt.Errorf("media: %w", err)
	}
	defer f.Close()
	return SILKDuration(f)
}

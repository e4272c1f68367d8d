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

// ErrNotSILK means that a file is no SILK voice, which is the only one that the service sends. Package media/voice makes one of WAV and MP3.
var ErrNotSILK = errors.New("media: not a SILK voice: convert it with package media/voice first")

const silkHeader = "#!SILK_V3"

// silkFrame is how much of the sound a packet holds, in all that WeChat makes.
const silkFrame = 20 * time.Millisecond

// IsSILK tells whether data begins like a SILK voice: WeChat's, or the original form.
func IsSILK(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(data, []byte{2}), []byte(silkHeader))
}

// SILKDuration is how long a SILK voice is. It counts packets, and decodes nothing. The error is ErrNotSILK also for a voice that is cut off.
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
			return 0, fmt.Errorf("%w: it is cut off", ErrNotSILK)
		}
		if _, err := io.CopyN(io.Discard, rest, int64(length)); err != nil {
			return 0, fmt.Errorf("%w: it is cut off", ErrNotSILK)
		}
	}
}

// SILKFileDuration is SILKDuration of a file.
func SILKFileDuration(path string) (time.Duration, error) {
	f, err := os.Open(path) //nolint:gosec // the caller chooses what to send
	if err != nil {
		return 0, fmt.Errorf("media: %w", err)
	}
	defer f.Close()
	return SILKDuration(f)
}

package world

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// Voices converts the sound of voice messages; see simulator.Voices.
type Voices struct {
	ToSILK func(data []byte) (silk []byte, length time.Duration, err error)
	ToWAV  func(silk []byte) (wav []byte, err error)
}

// errNotSILK is the error of a voice that cannot be converted.
var errNotSILK = errors.New(`"file": a voice message is SILK, and this program converts nothing else: ` +
	"set Voices in the configuration of the simulator, as hongyan simulate does, or send SILK")

// sound turns the sound of a voice into SILK, and sets its length. It does not take the lock, as it
// takes its time.
func (w *World) sound(d message.Draft) (message.Draft, error) {
	if d.Kind != message.KindVoice || d.File == nil || d.File.Content == nil {
		return d, nil
	}
	f := *d.File
	length := silkLength(f.Content)
	if w.Voices.ToSILK == nil && length == 0 {
		return d, errNotSILK
	}
	if w.Voices.ToSILK != nil {
		var err error
		if f.Content, length, err = w.Voices.ToSILK(f.Content); err != nil {
			return d, err
		}
	}
	f.Size, d.File = 0, &f
	if d.Seconds == 0 {
		d.Seconds = max(int64((length+time.Second/2)/time.Second), 1)
	}
	return d, nil
}

// silkFrame is how long a frame of SILK sounds.
const silkFrame = 20 * time.Millisecond

// silkLength returns how long a voice is; 0 if it is not SILK.
func silkLength(data []byte) (length time.Duration) {
	frames, is := bytes.CutPrefix(bytes.TrimPrefix(data, []byte{2}), []byte("#!SILK_V3"))
	if !is {
		return 0
	}
	for len(frames) >= 2 {
		n := int(binary.LittleEndian.Uint16(frames))
		if frames = frames[2:]; n > len(frames) {
			break // the mark of the end, or what is missing
		}
		frames, length = frames[n:], length+silkFrame
	}
	return max(length, silkFrame)
}

// Given returns the bytes that were given for an object of the cdn; false if they are made up. The
// caller holds the lock.
func (w *World) Given(cdnID string) ([]byte, bool) {
	content, ok := w.given[w.Bodies[cdnID]]
	return content, ok
}

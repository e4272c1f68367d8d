package voice

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/hajimehoshi/go-mp3"

	"github.com/hongyan-go/hongyan/media"
)

// maxFile limits a file that is read, in bytes: MaxLength of stereo at 48 kHz, with some reserve.
const maxFile = MaxLength*48000*4 + 1<<20

// decodeMP3 decodes an MP3 file and mixes its channels into one.
func decodeMP3(data []byte) (pcm []int16, rate int, err error) {
	raw, err := guarded(func() ([]byte, error) {
		d, err := mp3.NewDecoder(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		rate = d.SampleRate()
		return io.ReadAll(io.LimitReader(d, maxFile))
	})
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("%w: %w", ErrBadSound, err)
	case len(raw) == 0 || rate <= 0:
		return nil, 0, fmt.Errorf("%w: there is no sound", ErrBadSound)
	}
	return mono(fromBytes(raw), 2), rate, nil // the decoder always returns two channels
}

// guarded turns a panic of the decoder into an error.
func guarded(do func() ([]byte, error)) (out []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			out, err = nil, fmt.Errorf("the decoder panicked: %v", v)
		}
	}()
	return do()
}

// Decode decodes a voice in any supported format, which it detects by the first bytes.
func Decode(data []byte) (pcm []int16, rate int, err error) {
	switch {
	case media.IsSILK(data):
		pcm, _, err = decodeSILK(data)
		return pcm, SampleRate, err
	case bytes.HasPrefix(data, []byte("RIFF")):
		return decodeWAV(data)
	case bytes.HasPrefix(data, []byte("ID3")), len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0:
		return decodeMP3(data)
	}
	return nil, 0, ErrUnsupported
}

// ToSILK converts a file in any supported format to a voice that WeChat accepts. PostVoice needs
// the duration.
func ToSILK(data []byte) (silk []byte, d time.Duration, err error) {
	pcm, rate, err := Decode(data)
	if err != nil {
		return nil, 0, err
	}
	return encodeSILK(pcm, rate)
}

// ToWAV converts a voice to WAV at its own sample rate, which is 24 kHz for SILK.
func ToWAV(data []byte) ([]byte, error) {
	pcm, rate, err := Decode(data)
	if err != nil {
		return nil, err
	}
	return EncodeWAV(pcm, rate), nil
}

// ConvertFile converts a file to another format in the same directory and returns the new path:
// "x.mp3" and "silk" give "x.silk". It replaces an existing file. The format is silk or wav.
func ConvertFile(path, format string) (string, error) {
	data, err := readFile(path)
	if err != nil {
		return "", err
	}
	switch format {
	case "silk":
		data, _, err = ToSILK(data)
	case "wav":
		data, err = ToWAV(data)
	default:
		err = fmt.Errorf("%w: cannot write %s", ErrUnsupported, format)
	}
	if err != nil {
		return "", err
	}
	target := path[:len(path)-len(filepath.Ext(path))] + "." + format
	if target == path {
		return path, nil
	}
	if err := os.WriteFile(target, data, 0o600); err != nil {
		return "", fmt.Errorf("voice: %w", err)
	}
	return target, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the caller chooses what to convert
	if err != nil {
		return nil, fmt.Errorf("voice: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("voice: %w", err)
	case len(data) > maxFile:
		return nil, ErrTooLong
	}
	return data, nil
}

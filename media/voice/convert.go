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

// maxFile bounds a file that is read, in bytes: MaxLength of stereo at 48 kHz, with some room.
const maxFile = MaxLength*48000*4 + 1<<20

// DecodeMP3 reads an MP3 file, and mixes its channels into one.
func DecodeMP3(data []byte) (pcm []int16, rate int, err error) {
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
	return mono(fromBytes(raw), 2), rate, nil // the decoder always makes two channels
}

// guarded makes an error of a panic of the decoder.
func guarded(do func() ([]byte, error)) (out []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			out, err = nil, fmt.Errorf("the decoder panicked: %v", v)
		}
	}()
	return do()
}

// Decode reads a voice in any format that this package knows, by its first bytes.
func Decode(data []byte) (pcm []int16, rate int, err error) {
	switch {
	case media.IsSILK(data):
		pcm, _, err = DecodeSILK(data)
		return pcm, SampleRate, err
	case bytes.HasPrefix(data, []byte("RIFF")):
		return DecodeWAV(data)
	case bytes.HasPrefix(data, []byte("ID3")), len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0:
		return DecodeMP3(data)
	}
	return nil, 0, ErrUnsupported
}

// ToSILK makes a voice that WeChat takes of a file in any format that this package knows. Its duration is what PostVoice wants to know.
func ToSILK(data []byte) (silk []byte, d time.Duration, err error) {
	pcm, rate, err := Decode(data)
	if err != nil {
		return nil, 0, err
	}
	return EncodeSILK(pcm, rate)
}

// ToWAV makes a WAV file of a voice, at 24 kHz or what it had.
func ToWAV(data []byte) ([]byte, error) {
	pcm, rate, err := Decode(data)
	if err != nil {
		return nil, err
	}
	return EncodeWAV(pcm, rate), nil
}

// ConvertFile makes a file of another format beside a file, and returns its path: "x.mp3" and "silk" become "x.silk". An existing file is
// replaced. The formats that can be written are silk and wav.
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
		err = fmt.Errorf("%w: %s is not written", ErrUnsupported, format)
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

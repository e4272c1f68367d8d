package voice

import (
	"encoding/binary"
	"fmt"
)

const (
	wavHeader     = 44
	wavPCM        = 1
	wavExtensible = 0xfffe
	maxRate       = 384_000
	maxChannels   = 32
)

// EncodeWAV writes mono PCM as a WAV file.
func EncodeWAV(pcm []int16, rate int) []byte {
	le := binary.LittleEndian
	size := uint32(2 * len(pcm)) //nolint:gosec // a voice is short
	b := make([]byte, 0, wavHeader+int(size))
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, wavHeader-8+size)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, wavPCM)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint32(b, uint32(rate))   //nolint:gosec // hertz
	b = le.AppendUint32(b, uint32(2*rate)) //nolint:gosec // bytes a second
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = le.AppendUint32(b, size)
	return append(b, toBytes(pcm)...)
}

// decodeWAV decodes a WAV file with 8-bit or 16-bit PCM and mixes its channels into one.
func decodeWAV(data []byte) (pcm []int16, rate int, err error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return nil, 0, fmt.Errorf("%w: not WAV", ErrBadSound)
	}
	le := binary.LittleEndian
	var channels, bits int
	for rest := data[12:]; len(rest) >= 8; {
		kind, size := string(rest[:4]), int64(le.Uint32(rest[4:]))
		body := rest[8:]
		body = body[:min(size, int64(len(body)))] // a streamed file has an unknown length, written as a large number
		switch kind {
		case "fmt ":
			if len(body) < 16 {
				return nil, 0, fmt.Errorf("%w: the header is truncated", ErrBadSound)
			}
			format := le.Uint16(body)
			channels, rate, bits = int(le.Uint16(body[2:])), int(le.Uint32(body[4:])), int(le.Uint16(body[14:]))
			if format != wavPCM && format != wavExtensible || bits != 8 && bits != 16 {
				return nil, 0, fmt.Errorf("%w: WAV with format %d and %d bits", ErrUnsupported, format, bits)
			}
			if channels < 1 || channels > maxChannels || rate < 1 || rate > maxRate {
				return nil, 0, fmt.Errorf("%w: %d channels at %d hertz", ErrBadSound, channels, rate)
			}
		case "data":
			if channels == 0 {
				return nil, 0, fmt.Errorf("%w: the sound precedes the header", ErrBadSound)
			}
			return mono(samples(body, bits), channels), rate, nil
		}
		rest = rest[min(int64(len(rest)), 8+size+size%2):]
	}
	return nil, 0, fmt.Errorf("%w: there is no sound", ErrBadSound)
}

func samples(body []byte, bits int) []int16 {
	if bits == 16 {
		return fromBytes(body)
	}
	pcm := make([]int16, len(body))
	for i, b := range body {
		pcm[i] = (int16(b) - 128) << 8
	}
	return pcm
}

package voice

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/media"
)

const (
	tencentHeader = "\x02#!SILK_V3"
	packetTime    = 20 * time.Millisecond
	packetSamples = SampleRate / 50
	maxPacket     = 1024  // bytes that the codec accepts
	bitRate       = 25000 // of encoded voices, as in WeChat
)

// decodeSILK decodes a SILK voice in WeChat's or the original form, and returns its duration as
// well.
func decodeSILK(data []byte) (pcm []int16, d time.Duration, err error) {
	list, err := packets(data)
	if err != nil {
		return nil, 0, err
	}
	if pcm, err = decode(list); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrBadSound, err)
	}
	return pcm, lengthOf(pcm, SampleRate), nil
}

// encodeSILK encodes PCM as a SILK voice with WeChat's header. The sound is padded with silence to
// a multiple of 20 milliseconds. PostVoice needs the duration.
func encodeSILK(pcm []int16, rate int) (data []byte, d time.Duration, err error) {
	switch {
	case rate <= 0 || len(pcm) == 0:
		return nil, 0, fmt.Errorf("%w: there is no sound", ErrBadSound)
	case len(pcm)/rate >= MaxLength:
		return nil, 0, ErrTooLong
	}
	pcm = resample(pcm, rate, SampleRate)
	if rest := len(pcm) % packetSamples; rest != 0 {
		pcm = append(pcm[:len(pcm):len(pcm)], make([]int16, packetSamples-rest)...)
	}
	if data, err = encode(pcm); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrBadSound, err)
	}
	return append([]byte(tencentHeader), data...), lengthOf(pcm, SampleRate), nil
}

// packets splits a voice into packets. The codec does not validate its input, so invalid packets
// are rejected here.
func packets(data []byte) (list [][]byte, err error) {
	if !media.IsSILK(data) {
		return nil, fmt.Errorf("%w: not SILK", ErrBadSound)
	}
	rest := bytes.TrimPrefix(bytes.TrimPrefix(data, []byte(tencentHeader[:1])), []byte(tencentHeader[1:]))
	for len(rest) > 0 {
		if len(rest) < 2 {
			return nil, fmt.Errorf("%w: it is truncated", ErrBadSound)
		}
		length := int(int16(binary.LittleEndian.Uint16(rest))) //nolint:gosec // the format has a signed 16-bit length
		if length < 0 {                                        // the end mark of the original form
			break
		}
		switch {
		case length > maxPacket || length > len(rest)-2:
			return nil, fmt.Errorf("%w: it is truncated", ErrBadSound)
		case len(list) >= MaxLength*int(time.Second/packetTime):
			return nil, ErrTooLong
		case length > 0:
			list = append(list, rest[2:2+length])
		}
		rest = rest[2+length:]
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: there is no sound", ErrBadSound)
	}
	return list, nil
}

func lengthOf(pcm []int16, rate int) time.Duration {
	return time.Duration(len(pcm)) * time.Second / time.Duration(rate)
}

func toBytes(pcm []int16) []byte {
	b := make([]byte, 0, 2*len(pcm))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s)) //nolint:gosec // the same bits
	}
	return b
}

func fromBytes(b []byte) []int16 {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:])) //nolint:gosec // the same bits
	}
	return pcm
}

package voice

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"github.com/wdvxdr1123/go-silk/sdk"
	"modernc.org/libc"
	"modernc.org/libc/sys/types"
)

// The codec is C code translated to Go. It takes addresses as numbers, so everything passed to it
// is in memory of its own: a Go stack may move during a call, and the library does not handle that.

const (
	roomControl = 256               // the control structures, and the results of a call
	roomPacket  = 2048              // a packet; the codec takes up to 1024 bytes
	roomSound   = 8 * packetSamples // a frame, with some reserve
	roomAll     = roomControl + roomPacket + roomSound
	maxEncoded  = 1250 // bytes that the encoder may use for a packet
)

// codec is an encoder or decoder state and the memory for its calls.
type codec struct {
	tls     *libc.TLS
	state   uintptr
	control uintptr
	result  uintptr // where a call writes the size of its result: 16 bits
	packet  uintptr
	sound   uintptr
}

var errCodec = errors.New("the codec reports an error")

// withCodec runs a function with a codec and turns its panics into errors.
func withCodec(size func(*libc.TLS, uintptr) int32, start func(*libc.TLS, uintptr, uintptr) int32, do func(c *codec) error) (err error) {
	tls := libc.NewTLS()
	defer tls.Close()
	memory := libc.Xcalloc(tls, 1, roomAll)
	if memory == 0 {
		return errCodec
	}
	defer libc.Xfree(tls, memory)
	c := &codec{tls: tls, control: memory, result: memory + roomControl - 8, packet: memory + roomControl,
		sound: memory + roomControl + roomPacket}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: it panicked", errCodec)
		}
	}()
	size(tls, c.control)
	n := *at[int32](c.control)
	if n <= 0 {
		return errCodec
	}
	if c.state = libc.Xcalloc(tls, 1, types.Size_t(n)); c.state == 0 {
		return errCodec
	}
	defer libc.Xfree(tls, c.state)
	if start(tls, c.state, c.control) != 0 {
		return errCodec
	}
	return do(c)
}

// at returns a pointer to an address in the codec's memory, which does not move.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) } //nolint:gosec // see above

// bytesAt returns n bytes of the codec's memory.
func bytesAt(address uintptr, n int) []byte { return unsafe.Slice(at[byte](address), n) } //nolint:gosec // n is within it

// encode encodes whole frames at SampleRate as packets, each preceded by its length.
func encode(pcm []int16) (data []byte, err error) {
	err = withCodec(sdk.SKP_Silk_SDK_Get_Encoder_Size, sdk.SKP_Silk_SDK_InitEncoder, func(c *codec) error {
		*at[sdk.SKP_SILK_SDK_EncControlStruct](c.control) = sdk.SKP_SILK_SDK_EncControlStruct{
			FAPI_sampleRate: SampleRate, FmaxInternalSampleRate: SampleRate, FpacketSize: packetSamples, FbitRate: bitRate, Fcomplexity: 2,
		}
		for ; len(pcm) >= packetSamples; pcm = pcm[packetSamples:] {
			copy(bytesAt(c.sound, roomSound), toBytes(pcm[:packetSamples]))
			*at[int16](c.result) = maxEncoded
			if sdk.SKP_Silk_SDK_Encode(c.tls, c.state, c.control, c.sound, packetSamples, c.packet, c.result) != 0 {
				return errCodec
			}
			n := int(*at[int16](c.result))
			if n < 0 || n > maxEncoded {
				return errCodec
			}
			data = binary.LittleEndian.AppendUint16(data, uint16(n))
			data = append(data, bytesAt(c.packet, n)...)
		}
		return nil
	})
	return data, err
}

// decode decodes packets to PCM at SampleRate. An invalid packet becomes silence, like a lost one.
func decode(packets [][]byte) (pcm []int16, err error) {
	start := func(tls *libc.TLS, state, _ uintptr) int32 { return sdk.SKP_Silk_SDK_InitDecoder(tls, state) }
	err = withCodec(sdk.SKP_Silk_SDK_Get_Decoder_Size, start, func(c *codec) error {
		control := at[sdk.SKP_SILK_SDK_DecControlStruct](c.control)
		*control = sdk.SKP_SILK_SDK_DecControlStruct{FAPI_sampleRate: SampleRate, FframesPerPacket: 1}
		for _, p := range packets {
			in := bytesAt(c.packet, roomPacket)
			clear(in[copy(in, p):])
			for range maxFrames {
				*at[int16](c.result) = packetSamples
				// An error only means that the packet was damaged: it still produces a frame.
				size := int32(len(p)) //nolint:gosec // a packet is short
				_ = sdk.SKP_Silk_SDK_Decode(c.tls, c.state, c.control, 0, c.packet, size, c.sound, c.result)
				n := int(*at[int16](c.result))
				if n < 0 || 2*n > roomSound {
					return errCodec
				}
				pcm = append(pcm, fromBytes(bytesAt(c.sound, 2*n))...)
				if control.FmoreInternalDecoderFrames == 0 {
					break
				}
			}
		}
		return nil
	})
	return pcm, err
}

// maxFrames is the maximum number of frames in a packet.
const maxFrames = 5

package voice_test

import (
	"bytes"
	"fmt"
	"io"

	"github.com/hongyan-go/hongyan/media/voice"
)

func bytesReader(b []byte) io.Reader { return bytes.NewReader(b) }

// A WAV file is converted to a voice that WeChat accepts.
func ExampleToSILK() {
	wav := voice.EncodeWAV(make([]int16, 1600), 16000) // a tenth of a second of silence
	silk, d, err := voice.ToSILK(wav)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q, %d ms\n", silk[:10], d.Milliseconds())
	// Output: "\x02#!SILK_V3", 100 ms
}

package media_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
)

func TestSILKDuration(t *testing.T) {
	t.Parallel()
	for voice, want := range map[string]time.Duration{
		"\x02#!SILK_V3":                           0,
		"\x02#!SILK_V3\x01\x00a\x02\x00bc":        40 * time.Millisecond,
		"#!SILK_V3\x01\x00a\x00\x00\xff\xff":      40 * time.Millisecond,
		"#!SILK_V3\x01\x00a\xff\xffwhatever more": 20 * time.Millisecond,
	} {
		d, err := media.SILKDuration(strings.NewReader(voice))
		require.NoError(t, err, "%q", voice)
		assert.Equal(t, want, d, "%q", voice)
	}
	for _, voice := range []string{"", "x", "#!AMR\n", "RIFF....WAVE", "\x02", "\x02#!SILK_V2", "\x02#!SILK_V3\x01",
		"\x02#!SILK_V3\x05\x00abc"} {
		_, err := media.SILKDuration(strings.NewReader(voice))
		require.ErrorIs(t, err, media.ErrNotSILK, "%q", voice)
	}
	_, err := media.SILKFileDuration("/nowhere")
	require.Error(t, err)
}

func box(kind, content string) string {
	n := len(content) + 8
	return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + kind + content
}

const (
	three = "\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x03\xe8" + "\x00\x00\x0b\xb8"
	long  = "\x01\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x0a" +
		"\x00\x00\x00\x00\x00\x00\x00\x0f"
)

func TestVideoDuration(t *testing.T) {
	t.Parallel()
	for video, want := range map[string]time.Duration{
		box("ftyp", "mp42") + box("moov", box("free", "")+box("mvhd", three)):                                 3 * time.Second,
		box("mdat", strings.Repeat("x", 1000)) + box("moov", box("mvhd", long)):                               1500 * time.Millisecond,
		"\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x11x" + "\x00\x00\x00\x00moov" + box("mvhd", three): 3 * time.Second,
	} {
		d, err := media.VideoDuration(strings.NewReader(video), int64(len(video)))
		require.NoError(t, err, "%q", video)
		assert.Equal(t, want, d)
	}
	for _, video := range []string{
		"", "x", "\x1aE\xdf\xa3 webm", box("ftyp", ""), box("moov", ""), box("moov", box("mvhd", "")), box("moov", box("mvhd", three[:19])),
		box("moov", box("mvhd", strings.Repeat("\x00", 20))), box("moov", box("mvhd", strings.Repeat("\x00", 15)+"\x01\xff\xff\xff\xff")),
		"\x00\x00\x00\x04moov", "\xff\xff\xff\xffmoov", "\x00\x00\x00\x01moov\xff\xff\xff\xff\xff\xff\xff\xff",
	} {
		_, err := media.VideoDuration(strings.NewReader(video), int64(len(video)))
		require.ErrorIs(t, err, media.ErrNoDuration, "%q", video)
	}
}

func FuzzDurations(f *testing.F) {
	f.Add([]byte(box("ftyp", "mp42") + box("moov", box("mvhd", three))))
	f.Add([]byte(box("moov", box("mvhd", long))))
	f.Add([]byte("\x02#!SILK_V3\x01\x00a\x02\x00bc"))
	f.Add([]byte("#!SILK_V3\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := media.VideoDuration(bytes.NewReader(data), int64(len(data))); err == nil && d < 0 {
			t.Fatal("a video that ends before it begins")
		}
		if d, err := media.SILKDuration(bytes.NewReader(data)); err == nil && d < 0 {
			t.Fatal("a voice that ends before it begins")
		}
	})
}

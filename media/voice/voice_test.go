package voice_test

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/media/voice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tone returns a sine wave of the given frequency.
func tone(hertz float64, rate int, d time.Duration) []int16 {
	pcm := make([]int16, int(d.Seconds()*float64(rate)))
	for i := range pcm {
		pcm[i] = int16(10000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return pcm
}

// loudness returns the root mean square of the middle of a sound.
func loudness(pcm []int16) float64 {
	var sum float64
	middle := pcm[len(pcm)/4 : 3*len(pcm)/4]
	for _, s := range middle {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(middle)))
}

// correlation returns the correlation of two sounds at the best shift: the codec adds a small
// delay.
func correlation(a, b []int16, shifts int) float64 {
	best := 0.0
	for shift := range shifts {
		var ab, aa, bb float64
		for i := 1200; i < len(a)-1200 && i+shift < len(b); i += 3 {
			x, y := float64(a[i]), float64(b[i+shift])
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
		best = math.Max(best, ab/math.Sqrt(aa*bb))
	}
	return best
}

func TestSILKThereAndBack(t *testing.T) {
	t.Parallel()
	pcm := tone(440, voice.SampleRate, 190*time.Millisecond)
	data, d, err := voice.EncodeSILK(pcm, voice.SampleRate)
	require.NoError(t, err)
	assert.Equal(t, 200*time.Millisecond, d, "the last packet is filled up")
	assert.True(t, media.IsSILK(data))
	assert.Equal(t, byte(2), data[0], "WeChat's header")
	counted, err := media.SILKDuration(bytesReader(data))
	require.NoError(t, err)
	assert.Equal(t, d, counted, "the duration that media counts without the codec")
	back, length, err := voice.DecodeSILK(data)
	require.NoError(t, err)
	assert.Equal(t, d, length)
	assert.Len(t, back, voice.SampleRate/5)
	assert.Greater(t, correlation(pcm, back, 480), 0.98)

	original := slices.Concat(data[1:], []byte{0xff, 0xff}) // the original form, with its end mark
	again, _, err := voice.DecodeSILK(original)
	require.NoError(t, err)
	assert.Equal(t, back, again)
}

func TestResample(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 11025, 16000, 22050, 44100, 48000} {
		out := voice.Resample(tone(440, rate, time.Second), rate, voice.SampleRate)
		assert.InDelta(t, voice.SampleRate, len(out), 1, rate)
		assert.Greater(t, correlation(tone(440, voice.SampleRate, time.Second), out, 1), 0.999, rate)
	}
	high := voice.Resample(tone(15000, 48000, time.Second), 48000, voice.SampleRate)
	assert.Less(t, loudness(high), 200.0, "what the rate cannot hold does not come back as another tone")
	assert.Empty(t, voice.Resample(nil, 8000, 24000))
}

func TestWAV(t *testing.T) {
	t.Parallel()
	pcm := tone(440, 16000, 100*time.Millisecond)
	back, rate, err := voice.DecodeWAV(voice.EncodeWAV(pcm, 16000))
	require.NoError(t, err)
	assert.Equal(t, 16000, rate)
	assert.Equal(t, pcm, back)

	stereo := wav(1, 2, 8000, 16, []byte{0, 1, 0, 3, 0xff, 0xff, 1, 0})
	back, rate, err = voice.DecodeWAV(stereo)
	require.NoError(t, err)
	assert.Equal(t, []int16{0x200, 0}, back)
	assert.Equal(t, 8000, rate)
	back, _, err = voice.DecodeWAV(wav(1, 1, 8000, 8, []byte{128, 255, 0}))
	require.NoError(t, err)
	assert.Equal(t, []int16{0, 127 << 8, -128 << 8}, back)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"float":        {wav(3, 1, 8000, 32, make([]byte, 8)), voice.ErrUnsupported},
		"24 bits":      {wav(1, 1, 8000, 24, make([]byte, 6)), voice.ErrUnsupported},
		"no channels":  {wav(1, 0, 8000, 16, nil), voice.ErrBadSound},
		"rate of zero": {wav(1, 1, 0, 16, nil), voice.ErrBadSound},
		"not WAV":      {[]byte("RIFF    AVI "), voice.ErrBadSound},
		"only a head":  {wav(1, 1, 8000, 16, nil)[:36], voice.ErrBadSound},
		"half a head":  {wav(1, 1, 8000, 16, nil)[:30], voice.ErrBadSound},
		"empty":        {nil, voice.ErrBadSound},
	} {
		_, _, err := voice.DecodeWAV(c.data)
		require.ErrorIs(t, err, c.want, name)
	}
}

func wav(format, channels, rate, bits int, data []byte) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF\x00\x00\x00\x00WAVELIST\x03\x00\x00\x00abc\x00fmt "), 16, 0, 0, 0)
	b = le.AppendUint16(b, uint16(format))
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, 0)
	b = le.AppendUint16(b, 0)
	b = le.AppendUint16(b, uint16(bits))
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

func TestDamagedVoices(t *testing.T) {
	t.Parallel()
	good, _, err := voice.EncodeSILK(tone(440, 24000, 100*time.Millisecond), 24000)
	require.NoError(t, err)
	for name, data := range map[string][]byte{
		"nothing": nil, "another": []byte("#!AMR\n"), "no packets": []byte("\x02#!SILK_V3"), "only the end": []byte("#!SILK_V3\xff\xff"),
		"cut off": good[:len(good)-1], "long packet": []byte("\x02#!SILK_V3\xff\x7fabc"), "half a " +
			"length": append(good[:len(good):len(good)], 1),
	} {
		_, _, err := voice.DecodeSILK(data)
		require.ErrorIs(t, err, voice.ErrBadSound, name)
	}
	_, _, err = voice.EncodeSILK(nil, 24000)
	require.ErrorIs(t, err, voice.ErrBadSound)
	_, _, err = voice.EncodeSILK(make([]int16, 10), 0)
	require.ErrorIs(t, err, voice.ErrBadSound)
	_, _, err = voice.EncodeSILK(make([]int16, voice.MaxLength), 1)
	require.ErrorIs(t, err, voice.ErrTooLong)
	_, _, err = voice.DecodeMP3([]byte("ID3 and nothing else"))
	require.ErrorIs(t, err, voice.ErrBadSound)
	_, err = voice.ToWAV([]byte("OggS"))
	require.ErrorIs(t, err, voice.ErrUnsupported)
}

func TestMP3(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/silence.mp3")
	require.NoError(t, err)
	pcm, rate, err := voice.DecodeMP3(data)
	require.NoError(t, err)
	assert.Equal(t, 44100, rate)
	assert.Zero(t, len(pcm)%1152, "whole frames")
	assert.NotEmpty(t, pcm)
	assert.Less(t, loudness(pcm), 1.0)
	silk, d, err := voice.ToSILK(data)
	require.NoError(t, err)
	assert.True(t, media.IsSILK(silk))
	assert.InDelta(t, float64(len(pcm))/44100, d.Seconds(), 0.021)
}

func TestConvertFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.wav")
	require.NoError(t, os.WriteFile(path, voice.EncodeWAV(tone(440, 8000, 100*time.Millisecond), 8000), 0o600))
	silk, err := voice.ConvertFile(path, "silk")
	require.NoError(t, err)
	assert.Equal(t, path[:len(path)-4]+".silk", silk)
	d, err := media.SILKFileDuration(silk)
	require.NoError(t, err)
	assert.Equal(t, 100*time.Millisecond, d)
	back, err := voice.ConvertFile(silk, "wav")
	require.NoError(t, err)
	assert.Equal(t, path, back)
	_, err = voice.ConvertFile(path, "mp3")
	require.ErrorIs(t, err, voice.ErrUnsupported)
	_, err = voice.ConvertFile(path+"x", "wav")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzDecode(f *testing.F) {
	silk, _, err := voice.EncodeSILK(tone(440, 24000, 60*time.Millisecond), 24000)
	require.NoError(f, err)
	f.Add(silk)
	f.Add([]byte("\x02#!SILK_V3\x04\x00\xff\xff\xff\xff"))
	f.Add([]byte("#!SILK_V3\x00\x00\xff\xff"))
	f.Add(wav(1, 2, 8000, 16, []byte{1, 2, 3}))
	f.Add([]byte("ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if pcm, rate, err := voice.Decode(data); err == nil && (rate <= 0 || len(pcm) > 100_000_000) {
			t.Fatalf("%d samples at %d hertz", len(pcm), rate)
		}
	})
}

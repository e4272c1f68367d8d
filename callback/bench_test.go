package callback_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

func bodies() map[string]string {
	return map[string]string{"text": "text_group_at_me.json", "file": "file_large_6.json", "finder": "finder_feed_51_video.json"}
}

// benchmark runs f on each body.
func benchmark(b *testing.B, f func(text []byte) error) {
	for name, file := range bodies() {
		b.Run(name, func(b *testing.B) {
			text := body(b, file)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, f(text))
			}
		})
	}
}

// BenchmarkIdentify reads what the HTTP path needs.
func BenchmarkIdentify(b *testing.B) {
	benchmark(b, func(text []byte) error { _, err := callback.Identify(text); return err })
}

// BenchmarkDecode reads the envelope; the content is not parsed.
func BenchmarkDecode(b *testing.B) {
	benchmark(b, func(text []byte) error { _, err := callback.Decode(text); return err })
}

package callback_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

// FuzzDecode feeds anything to both readers of a body: neither may panic, both must agree on what to
// refuse, and what comes out must be fit to print.
func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob(filepath.Join(corpusDir, "*.json"))
	require.NoError(f, err)
	require.NotEmpty(f, names)
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(b)
	}
	for _, s := range []string{"", "{}", "[]", "null", "\xef\xbb\xbf{}", `{"TypeName":"AddMsg","Data":{}}`, `{"msgType":"TEXT","fromUser":"a","content":"a:\nb"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		event, err := callback.Decode(b)
		identity, identifyErr := callback.Identify(b)
		require.Equal(t, err == nil, identifyErr == nil, "Decode: %v; Identify: %v", err, identifyErr)
		if err != nil {
			return
		}
		require.NotNil(t, event.Payload())
		require.Equal(t, event.Dialect == callback.Control, identity.Control)
		line, err := event.MarshalJSON()
		require.NoError(t, err)
		require.True(t, utf8.Valid(line))
	})
}

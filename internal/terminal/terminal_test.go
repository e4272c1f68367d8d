package terminal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/terminal"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, line, written string }{
		{"plain", "李经理 é 👨‍👩‍👧 ok", "李经理 é 👨‍👩‍👧 ok", "李经理 é 👨‍👩‍👧 ok"},
		{"escape", "a\x1b[2Jb", `a\u001b[2Jb`, `a\u001b[2Jb`},
		{"bell and backspace", "a\a\bb", `a\u0007\u0008b`, `a\u0007\u0008b`},
		{"delete", "a\x7fb", `a\u007fb`, `a\u007fb`},
		{"CSI of C1", "a\u009b31mb", `a\u009b31mb`, `a\u009b31mb`},
		{"CSI as a byte", "a\x9b31mb", "a\ufffd31mb", "a\ufffd31mb"},
		{"override", "a\u202egpj.exe", `a\u202egpj.exe`, `a\u202egpj.exe`},
		{"isolate", "a\u2066b\u2069", `a\u2066b\u2069`, `a\u2066b\u2069`},
		{"line break", "a\nb\tc", `a\u000ab\u0009c`, "a\nb\tc"},
		{"carriage return", "a\rb", `a\u000db`, `a\u000db`},
		{"line separator", "a\u2028b\u2029c", `a\u2028b\u2029c`, `a\u2028b\u2029c`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.line, terminal.Line(c.in))
			for cut := range len(c.in) + 1 { // split at every position
				var b bytes.Buffer
				w := terminal.NewWriter(&b)
				for _, part := range []string{c.in[:cut], c.in[cut:]} {
					n, err := w.Write([]byte(part))
					require.NoError(t, err)
					require.Equal(t, len(part), n)
				}
				require.NoError(t, w.Close())
				assert.Equal(t, c.written, b.String(), "cut at %d", cut)
			}
		})
	}
}

type kind string

func TestLines(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []any{`a\u000ab`, `no\u001b`, `k\u009b`, 3, true, nil},
		terminal.Lines([]any{"a\nb", errors.New("no\x1b"), kind("k\u009b"), 3, true, nil}))
}

func TestTheEndOfACutRune(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := terminal.NewWriter(&b)
	_, err := w.Write([]byte("a\xe9\xb8"))
	require.NoError(t, err)
	assert.Equal(t, "a", b.String())
	require.NoError(t, w.Close())
	assert.Equal(t, "a\ufffd\ufffd", b.String())
}

// FuzzWriter checks that no control character passes, and that JSON keeps its meaning.
func FuzzWriter(f *testing.F) {
	for _, s := range []string{"", "a\x1b]0;title\a", "\u009b\u202e", "鸿雁\n", "\xff\xe9"} {
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, s string, cut uint8) {
		var b bytes.Buffer
		w := terminal.NewWriter(&b)
		at := min(int(cut), len(s))
		_, _ = w.Write([]byte(s[:at]))
		_, _ = w.Write([]byte(s[at:]))
		_ = w.Close()
		out := b.String()
		assert.True(t, utf8.ValidString(out))
		assert.False(t, strings.ContainsFunc(out, func(r rune) bool {
			return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e
		}), "%q", out)

		quoted, err := json.Marshal(s)
		require.NoError(t, err)
		b.Reset()
		_, _ = w.Write(quoted)
		var want, got string
		require.NoError(t, json.Unmarshal(quoted, &want))
		require.NoError(t, json.Unmarshal(b.Bytes(), &got))
		assert.Equal(t, want, got)
	})
}

package callback_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

const fieldDir = "testdata/field"

// TestField decodes bodies from public bug reports about other bots.
func TestField(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(fieldDir, "expected.jsonl"))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Len(t, lines, 60)
	for _, line := range lines {
		var want struct {
			File   string
			About  string
			Expect map[string]any
		}
		require.NoError(t, unmarshal([]byte(line), &want))
		t.Run(want.File, func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(filepath.Join(fieldDir, want.File))
			require.NoError(t, err)
			got := decoded(t, b)
			for path, value := range want.Expect {
				if found := at(got, path); !reflect.DeepEqual(found, value) && (value != "" || found != nil) {
					t.Errorf("%s: got %#v, want %#v (%s)", path, found, value, want.About)
				}
			}
		})
	}
}

// decoded returns what hongyan decode prints for a body.
func decoded(t testing.TB, b []byte) map[string]any {
	t.Helper()
	event, err := callback.Decode(b)
	require.NoError(t, err)
	line, err := event.MarshalJSON()
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, unmarshal(line, &got))
	return got
}

// at returns the value at a dotted path, such as fields.members.0.username, or nil if there is
// none.
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch parent := v.(type) {
		case map[string]any:
			v = parent[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(parent) {
				return nil
			}
			v = parent[i]
		default:
			return nil
		}
	}
	return v
}

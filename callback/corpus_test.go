package callback_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

const corpusDir = "testdata/callbacks"

// expectation is one line of expected.jsonl.
type expectation map[string]any

func (x expectation) text(key string) string { s, _ := x[key].(string); return s }
func (x expectation) is(key string) bool     { b, _ := x[key].(bool); return b }

func corpus(t testing.TB) []expectation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpusDir, "expected.jsonl"))
	require.NoError(t, err)
	var all []expectation
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var x expectation
		require.NoError(t, unmarshal(lines.Bytes(), &x))
		all = append(all, x)
	}
	require.NoError(t, lines.Err())
	require.NotEmpty(t, all)
	return all
}

// unmarshal keeps numbers as they are written.
func unmarshal(b []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	return dec.Decode(v)
}

func body(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpusDir, name))
	require.NoError(t, err)
	return b
}

// TestCorpus compares each body of the corpus with its expectation.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for _, want := range corpus(t) {
		t.Run(want.text("file"), func(t *testing.T) {
			t.Parallel()
			b := body(t, want.text("file"))
			_, err := callback.Decode(b)
			_, identifyErr := callback.Identify(b)
			assert.Equal(t, err == nil, identifyErr == nil, "Decode and Identify must refuse the same bodies")
			if want.is("error") {
				require.Error(t, err)
				return
			}
			compare(t, want, decoded(t, b))
		})
	}
}

func compare(t *testing.T, want, got expectation) {
	t.Helper()
	for _, key := range []string{"envelope", "type_name", "appid", "wxid", "conversation", "sender", "self", "msg_id", "new_msg_id",
		"create_time", "dedup_key", "msg_type"} {
		if value, ok := want[key]; ok {
			assert.Equal(t, value, got[key], key)
		}
	}
	kind := want.text("kind")
	if want.is("any_kind") || want.is("may_degrade") && got.text("kind") == "raw" {
		return
	}
	if !assert.Equal(t, kind, got.text("kind"), "kind") {
		return
	}
	if app, ok := want["app_type"]; ok && !want.is("degraded") {
		assert.Equal(t, app, got["app_type"], "app_type")
	}
	if diff := notIn(want["fields"], got["fields"], "fields"); diff != "" {
		t.Error(diff)
	}
}

// notIn describes what of want is missing in got or differs there; "" if nothing.
func notIn(want, got any, path string) string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: got %v, want an object", path, got)
		}
		for key, value := range want {
			if diff := notIn(value, object[key], path+"."+key); diff != "" {
				return diff
			}
		}
		return ""
	case []any:
		array, ok := got.([]any)
		if !ok && len(want) > 0 || len(array) != len(want) {
			return fmt.Sprintf("%s: got %v, want %v", path, got, want)
		}
		for i := range want {
			if diff := notIn(want[i], array[i], fmt.Sprintf("%s[%d]", path, i)); diff != "" {
				return diff
			}
		}
		return ""
	}
	if w, ok := want.(json.Number); ok { // 16 and 16.0 are one number
		if g, ok := got.(json.Number); ok && strings.ContainsAny(string(w+g), ".eE") {
			a, errA := w.Float64()
			b, errB := g.Float64()
			if errA == nil && errB == nil && a == b {
				return ""
			}
		}
	}
	if !reflect.DeepEqual(want, got) {
		return fmt.Sprintf("%s: got %#v, want %#v", path, got, want)
	}
	return ""
}

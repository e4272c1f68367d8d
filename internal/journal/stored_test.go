package journal_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/store"
)

const reminder = "form-due/000000000000000/" + key

// seeds are forms that a bot has stored: those that package router tests the whole way.
func seeds(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../router/testdata/stored/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var list []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		list = append(list, strings.TrimSpace(string(data)))
	}
	return list
}

// TestStoredFormsAreWrittenAsTheyAre reads and writes what is stored: it stays the same.
func TestStoredFormsAreWrittenAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, stored := range seeds(t) {
		b := newBench(t)
		put(t, b.State, key, stored)
		f, _, err := b.entriesOfBytes().Load(t.Context(), key)
		require.NoError(t, err)
		again, err := json.Marshal(f)
		require.NoError(t, err)
		assert.Equal(t, stored, string(again))
	}
}

func (b *bench) entriesOfBytes() journal.Journal[json.RawMessage] {
	return journal.Journal[json.RawMessage]{State: b.State, Clock: b.Clock}
}

// TestBadFormsAreErrors reads bytes that no version of the program has written.
func TestBadFormsAreErrors(t *testing.T) {
	t.Parallel()
	for name, stored := range map[string]string{
		"nothing":             ``,
		"null":                `null`,
		"not JSON":            `{"status":`,
		"another type":        `[]`,
		"a field of a type":   `{"status":"done","steps":1}`,
		"no status":           `{"route":"h","body":"eA=="}`,
		"a later status":      `{"status":"delegated","body":"eA=="}`,
		"no message":          `{"status":"waiting"}`,
		"negative sends":      `{"status":"waiting","body":"eA==","steps":[{"sends":-1}]}`,
		"too many sends":      `{"status":"waiting","body":"eA==","steps":[{"sends":9223372036854775807}]}`,
		"a result of a type":  `{"status":"waiting","body":"eA==","sends":[{"sent":"x"}]}`,
		"a time that is none": `{"status":"waiting","body":"eA==","deadline":"soon"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			put(t, b.State, key, stored)
			put(t, b.State, reminder, "")
			var r run
			_, err := r.Open(t.Context(), b.entries, key)
			require.ErrorIs(t, err, journal.ErrUnreadable)
			var sweeper journal.Sweeper[int]
			_, err = sweeper.Sweep(t.Context(), b.entries, b.say)
			require.NoError(t, err)
			assert.Empty(t, b.said)
			_, err = b.State.Get(t.Context(), reminder)
			require.ErrorIs(t, err, store.ErrNotFound, "there is nothing to remind of")
			entry, err := b.State.Get(t.Context(), key)
			require.NoError(t, err)
			assert.Equal(t, stored, string(entry.Value), "it is left alone")
			r.Begin(&form{Route: "h", Start: "first", Body: []byte("x")})
			require.NoError(t, r.Wait(t.Context(), journal.Question{Timeout: time.Minute}), "another form replaces it")
		})
	}
}

// TestBadStepsAreErrors reads results that no version of the program has written.
func TestBadStepsAreErrors(t *testing.T) {
	t.Parallel()
	for name, stored := range map[string]string{
		"nothing":        ``,
		"not JSON":       `{`,
		"another type":   `{"value":"x"}`,
		"negative sends": `{"value":1,"sends":-5}`,
		"too many sends": `{"value":1,"sends":1000000000000}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			put(t, b.State, key, stored)
			var r run
			_, known, err := journal.Recall[int](t.Context(), b.entries, &r, "h", key)
			require.Error(t, err)
			assert.False(t, known)
			r.Next("h")
		})
	}
}

// TestSteps runs a step once, whatever its result is.
func TestSteps(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var r run
	_, known, err := journal.Recall[*int](t.Context(), b.entries, &r, "h", "once/x")
	require.NoError(t, err)
	require.False(t, known)
	r.Next("h")
	r.Next("h")
	require.NoError(t, journal.Keep[*int](t.Context(), b.entries, &r, "once/x", nil))

	var again run
	value, known, err := journal.Recall[*int](t.Context(), b.entries, &again, "h", "once/x")
	require.NoError(t, err)
	require.True(t, known)
	assert.Nil(t, value)
	ordinal, _, _ := again.Next("h")
	assert.Equal(t, 3, ordinal, "the sends of the step are done")

	for name, err := range map[string]error{
		"too large":    journal.Keep(t.Context(), b.entries, &r, "once/x", strings.Repeat("x", store.MaxValue)),
		"not JSON":     journal.Keep(t.Context(), b.entries, &r, "once/x", make(chan int)),
		"a long key":   journal.Keep(t.Context(), b.entries, &r, strings.Repeat("x", store.MaxKey+1), 1),
		"an empty key": journal.Keep(t.Context(), b.entries, &r, "", 1),
	} {
		require.ErrorIs(t, err, journal.ErrNotKept, name)
	}
}

// FuzzStored reads any bytes as a form and as a step: they are an error, or a run that goes on.
func FuzzStored(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"status":"waiting","body":"eA==","steps":[{"sends":-1}]}`))
	f.Add([]byte(`{"status":"expiring","body":"eA==","on_timeout":"x","deadline":"0001-01-01T00:00:00Z","patience":-9223372036854775808}`))
	f.Add([]byte(`{"value":1,"sends":-5}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > store.MaxValue {
			return
		}
		b := newBench(t)
		j := b.entriesOfBytes()
		put(t, b.State, key, string(data))
		put(t, b.State, reminder, "")
		var step journal.Run[json.RawMessage]
		if _, known, err := journal.Recall[any](t.Context(), j, &step, "h", key); err == nil {
			assert.True(t, known)
			step.Next("h")
		}
		var r journal.Run[json.RawMessage]
		stored, err := r.Open(t.Context(), j, key)
		if err != nil {
			require.ErrorIs(t, err, journal.ErrUnreadable)
			return
		}
		copied := *stored
		_ = j.Waits(stored, b.now)
		if verdict, err := r.Judge(t.Context(), &copied, journal.Message{ID: "x"}, silent); err == nil && verdict == journal.InTime {
			require.NoError(t, r.Accept(t.Context(), &copied, "x", []byte("x")))
		}
		r.Replay(stored)
		for {
			if _, ok := r.Step("h"); !ok {
				break
			}
			_, place, _ := r.Next("h")
			r.Note(place, nil, nil)
		}
		r.Asked("h")
		r.Next("h")
		_ = r.Last()
		var sweeper journal.Sweeper[json.RawMessage]
		_, _ = sweeper.Sweep(t.Context(), j, silent)
	})
}

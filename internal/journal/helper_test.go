package journal_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// The journal of these tests: a send returns a number.
type (
	entries = journal.Journal[int]
	form    = journal.Form[int]
	run     = journal.Run[int]
)

const key = "form/a/b/c"

// bench is a journal with a clock that only the test moves.
type bench struct {
	entries
	now  time.Time
	said []string // the texts of time-outs
}

func newBench(t testing.TB) *bench {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	b := &bench{now: time.Now().Round(time.Second)} // the memory store has the real clock
	b.entries = entries{State: back.State(), Clock: clock.Func(func() time.Time { return b.now })}
	return b
}

func (b *bench) say(_ context.Context, f *form) error {
	b.said = append(b.said, f.OnTimeout)
	return nil
}

// deliver is a message on its way: what it means, and the run that the caller goes on with.
func (b *bench) deliver(t *testing.T, id string) (*run, journal.Verdict) {
	t.Helper()
	r := &run{}
	f, err := r.Open(t.Context(), b.entries, key)
	require.NoError(t, err)
	if f == nil {
		return r, journal.Unrelated
	}
	verdict, err := r.Judge(t.Context(), f, journal.Message{ID: id}, b.say)
	require.NoError(t, err)
	if verdict == journal.InTime {
		require.NoError(t, r.Accept(t.Context(), f, id, []byte(id)))
	}
	return r, verdict
}

// begin begins a form by a message, and waits for the answer to its first question.
func (b *bench) begin(t *testing.T, id string, q journal.Question) {
	t.Helper()
	r, verdict := b.deliver(t, id)
	require.Equal(t, journal.Unrelated, verdict)
	r.Begin(&form{Route: "h", Start: id, Body: []byte(id)})
	_, answered := r.Step("h")
	require.False(t, answered)
	require.NoError(t, r.Wait(t.Context(), q))
	require.True(t, r.Waiting())
}

func (b *bench) load(t *testing.T) *form {
	t.Helper()
	f, _, err := b.Load(t.Context(), key)
	require.NoError(t, err)
	return f
}

func put(t testing.TB, state store.State, key, value string) {
	t.Helper()
	_, err := state.Put(t.Context(), key, []byte(value), 0)
	require.NoError(t, err)
}

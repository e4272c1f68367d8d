package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/journal"
)

func silent(context.Context, *journal.Form[json.RawMessage]) error { return nil }

// open stores a form that waits for a time.
func (b *bench) open(t *testing.T, key string, timeout time.Duration) {
	t.Helper()
	var r run
	_, err := r.Open(t.Context(), b.entries, key)
	require.NoError(t, err)
	r.Begin(&form{Route: "h", Start: "first", Body: []byte("x")})
	_, answered := r.Step("h")
	require.False(t, answered)
	require.NoError(t, r.Wait(t.Context(), journal.Question{Timeout: timeout, OnTimeout: key}))
}

func (b *bench) sweep(t *testing.T, s *journal.Sweeper[int]) []string {
	t.Helper()
	b.said = nil
	_, err := s.Sweep(t.Context(), b.entries, b.say)
	require.NoError(t, err)
	return b.said
}

// TestSweep ends forms in the order of their time, each once, also those of more than one page.
func TestSweep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const forms = 250
	var want []string
	for i := range forms {
		key := fmt.Sprintf("form/%03d", forms-i)
		b.open(t, key, time.Duration(i)*time.Second)
		want = append(want, key)
	}
	var s journal.Sweeper[int]
	b.now = b.now.Add(120*time.Second + time.Millisecond)
	assert.Equal(t, want[:121], b.sweep(t, &s))
	assert.Empty(t, b.sweep(t, &s))
	b.now = b.now.Add(time.Hour)
	assert.Equal(t, want[121:], b.sweep(t, &s))
	left, err := b.State.List(t.Context(), "form-due/", "", forms)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestTheNextForm checks that each sweep knows when the next form ends, also the first of a
// process, which looks at all of them.
func TestTheNextForm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.open(t, "form/later", time.Hour)
	b.open(t, "form/first", time.Minute)
	var s journal.Sweeper[int]
	for range 2 {
		next, err := s.Sweep(t.Context(), b.entries, b.say)
		require.NoError(t, err)
		assert.WithinDuration(t, b.now.Add(time.Minute), next, time.Millisecond)
	}
}

// TestSweepAfterTheClockWasSetBack lets no form wait longer than it was to.
func TestSweepAfterTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"while the bot runs": false, "between two runs": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.now = b.now.Add(24 * time.Hour)
			b.open(t, key, time.Minute)
			var s, other journal.Sweeper[int]
			assert.Empty(t, b.sweep(t, &s))
			b.now = b.now.Add(-24 * time.Hour)
			after := &s
			if restart {
				after = &other
			}
			assert.Empty(t, b.sweep(t, after))
			f := b.load(t)
			assert.Equal(t, b.now.Add(time.Minute).Unix(), f.Deadline.Unix())
			assert.Equal(t, b.now.Unix(), f.AskedAt.Unix())
			b.now = b.now.Add(time.Minute + time.Second)
			assert.Equal(t, []string{key}, b.sweep(t, after))
		})
	}
}

// TestSayThatFails ends the form all the same, unless the process ends: another one says it then.
func TestSayThatFails(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for name, test := range map[string]struct {
		dying bool
		want  journal.Status
	}{
		"refused":          {false, journal.Done},
		"the process ends": {true, journal.Expiring},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.open(t, key, time.Minute)
			b.now = b.now.Add(time.Hour)
			ctx, die := context.WithCancel(t.Context())
			defer die()
			var s journal.Sweeper[int]
			_, err := s.Sweep(ctx, b.entries, func(context.Context, *form) error {
				if test.dying {
					die()
				}
				return refused
			})
			assert.Equal(t, test.want, b.load(t).Status)
			if !test.dying {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, refused)
			assert.Empty(t, b.sweep(t, &s), "another process has time to say it")
			b.now = b.now.Add(3 * time.Minute)
			assert.Equal(t, []string{key}, b.sweep(t, &s))
		})
	}
}

// TestAnAnswerBeforeTheSweep leaves the form to its handler.
func TestAnAnswerBeforeTheSweep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.open(t, key, time.Minute)
	_, verdict := b.deliver(t, "answer")
	require.Equal(t, journal.InTime, verdict)
	b.now = b.now.Add(time.Hour)
	var s journal.Sweeper[int]
	assert.Empty(t, b.sweep(t, &s))
	assert.Equal(t, journal.Running, b.load(t).Status)
}

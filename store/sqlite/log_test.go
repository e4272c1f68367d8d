package sqlite_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestLinesAreDeletedByAge has more old lines than one batch, beside lines of a log that keeps all.
func TestLinesAreDeletedByAge(t *testing.T) {
	t.Parallel()
	now := newClock()
	path := filepath.Join(t.TempDir(), sqlite.FileName)
	s := open(t, sqlite.Config{Path: path, Clock: clock.Func(now.Now)})
	add := func(log string, n int, keep time.Duration) {
		for i := range n {
			_, added, err := s.Log().Append(t.Context(), log, store.Line{ID: strconv.Itoa(i)}, keep)
			require.NoError(t, err)
			require.True(t, added)
		}
	}
	add("day", 700, 24*time.Hour)
	add("ever", 1, 0)
	now.advance(24 * time.Hour)
	add("day", 2, 24*time.Hour) // an ID is free again when its line is over, also before the store has tidied up
	require.NoError(t, s.Tidy(t.Context()))
	assert.Equal(t, 2, rows(t, s, "day"))
	assert.Equal(t, 1, rows(t, s, "ever"))

	now.advance(-30 * 24 * time.Hour) // the clock was ahead: the lines last no longer for that
	add("ever2", 1, 0)
	now.advance(24 * time.Hour)
	require.NoError(t, s.Tidy(t.Context()))
	assert.Zero(t, rows(t, s, "day"))
}

// rows counts the rows of a log, those included that no reader sees.
func rows(t *testing.T, s *sqlite.Store, log string) int {
	t.Helper()
	n, err := s.CountRows(t.Context(), `lines JOIN logs ON log = logs.id WHERE name = ?`, log)
	require.NoError(t, err)
	return n
}

// TestReadsOfALogUseItsIndexes covers the shapes of a query: none may look at all lines.
func TestReadsOfALogUseItsIndexes(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	at := time.Unix(1_800_000_000, 0)
	for index, queries := range map[string][]store.LineQuery{
		"lines_log":  {{}, {After: 5}, {Newest: true}, {From: at}},
		"lines_key":  {{Key: "k"}, {Key: "k", From: at}, {Key: "k", From: at, To: at}, {Key: "k", Newest: true, Limit: 20}},
		"lines_time": {{From: at, To: at.Add(time.Hour)}, {To: at}},
	} {
		for _, q := range queries {
			text, args := sqlite.ReadLines("log", q, at)
			plan, err := s.Plan(t.Context(), text, args...)
			require.NoError(t, err)
			steps := strings.Join(plan, "\n")
			assert.Contains(t, steps, "SEARCH lines USING INDEX "+index, "%+v", q)
			assert.NotContains(t, steps, "SCAN", "%+v", q)
			assert.Equal(t, index == "lines_time", strings.Contains(steps, "USE TEMP B-TREE"), "%+v: %s", q, steps)
		}
	}
}

// BenchmarkLog appends to a log of a hundred conversations, and reads a page of one.
func BenchmarkLog(b *testing.B) {
	s := open(b, sqlite.Config{Path: filepath.Join(b.TempDir(), sqlite.FileName)})
	b.Run("append", func(b *testing.B) {
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				_, _, err := s.Log().Append(b.Context(), "said", store.Line{Key: strconv.Itoa(i % 100), Data: make([]byte, 200)}, time.Hour)
				if err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("newest", func(b *testing.B) {
		for i := range b.N {
			_, err := s.Log().Read(b.Context(), "said", store.LineQuery{Key: strconv.Itoa(i % 100), Newest: true, Limit: 20})
			require.NoError(b, err)
		}
	})
}

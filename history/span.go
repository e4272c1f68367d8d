package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// blockSize is how many places a span is of.
const blockSize = 4096

// span is the time of the messages of a block of places. What comes late has a place among newer
// messages, so a search for a period cannot tell by the place alone where that begins and ends: it
// passes over the blocks without a message of the period.
type span struct{ first, last int64 }

// saw adds a message to the span of its block.
func (w *writer) saw(seq, at int64) {
	if w.spans == nil {
		w.spans = map[int64]span{}
	}
	s, ok := w.spans[seq/blockSize]
	if !ok {
		s = span{at, at}
	}
	w.spans[seq/blockSize] = span{min(s.first, at), max(s.last, at)}
}

// keepSpans writes what was seen.
func (w *writer) keepSpans() {
	for _, block := range slices.Sorted(maps.Keys(w.spans)) {
		w.exec(`INSERT INTO spans VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE SET first = min(first, excluded.first),
			last = max(last, excluded.last)`, block, w.spans[block].first, w.spans[block].last)
	}
	w.spans = nil
}

// period is the time that a query selects: from <= time < to.
func (f *File) period(q Query) (from, to int64) {
	from, to = f.floor(), math.MaxInt64
	if !q.From.IsZero() {
		from = max(from, q.From.Add(time.Millisecond-1).UnixMilli())
	}
	if !q.To.IsZero() {
		to = q.To.Add(time.Millisecond - 1).UnixMilli()
	}
	return from, to
}

// within are the last places before one whose blocks have messages of a period:
// low <= place < high. Without any, high is 0.
func (f *File) within(ctx context.Context, before, from, to int64) (low, high int64, err error) {
	const newest = `SELECT block FROM spans WHERE block < ? AND (last >= ? AND first < ?) = ? ORDER BY block DESC LIMIT 1`
	blocks := (before + blockSize - 1) / blockSize // with that of the last place
	var block int64
	err = f.read.QueryRowContext(ctx, newest, blocks, from, to, true).Scan(&block)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("history: %w", closed(err))
	}
	high = min(before, (block+1)*blockSize)
	err = f.read.QueryRowContext(ctx, newest, block, from, to, false).Scan(&block)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, high, nil
	case err != nil:
		return 0, 0, fmt.Errorf("history: %w", closed(err))
	}
	return (block + 1) * blockSize, high, nil
}

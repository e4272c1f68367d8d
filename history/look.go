package history

import (
	"context"
	"fmt"
	"time"
)

// The parts of a search. An index finds each word quickly, but words that are frequent and hardly
// ever together are looked for in all messages that have them.
const (
	firstPart = 250_000                // places that are searched at first
	mostGrown = 4                      // how much larger the next part may be
	lookTime  = 120 * time.Millisecond // after which no further part is begun
)

// look searches part by part, from the newest message back, until the page is full or the time is
// over.
func (f *File) look(ctx context.Context, q Query, part int64, most time.Duration) (Page, error) {
	all := Page{Messages: []Message{}}
	s, err := f.search(ctx, q)
	if err != nil || s.text == "" {
		return all, err
	}
	var first, before int64
	err = f.read.QueryRowContext(ctx, `SELECT coalesce((SELECT min(seq) FROM messages), 0),
		coalesce((SELECT max(seq) FROM messages), 0) + 1`).Scan(&first, &before)
	if err != nil {
		return all, fmt.Errorf("history: %w", closed(err))
	}
	if q.Before != "" {
		p, err := parsePlace("before", q.Before)
		if err != nil {
			return all, err
		}
		before = min(before, p.seq)
	}
	began, wanted := time.Now(), limit(q.Limit)
	fixed := len(s.args)
	for before > first {
		after := max(before-part, first)
		left := wanted - len(all.Messages)
		s.args = append(s.args[:fixed:fixed], after, before, left)
		q.Limit = left
		start := time.Now()
		p, err := f.page(ctx, q, s)
		if err != nil {
			return all, err
		}
		all.Messages = append(all.Messages, p.Messages...)
		if all.Newer == "" {
			all.Newer = p.Newer
		}
		if all.Older = p.Older; len(all.Messages) >= wanted {
			return all, nil
		}
		before = after
		all.Older = place{seq: before}.String()
		rest := most - time.Since(began)
		if rest <= 0 {
			break
		}
		grown := max(0.1, min(mostGrown, float64(rest)/float64(time.Since(start)+time.Microsecond)))
		part = max(1, int64(float64(part)*grown))
	}
	if before <= first {
		all.Older = ""
	}
	return all, nil
}

package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// The parts of a search. An index finds each word quickly, but words that are frequent and hardly
// ever together are looked for in all messages that have them.
const (
	firstPart = stretch                // places that are searched at first
	mostPart  = 64 * stretch           // and at most
	mostGrown = 4                      // how much larger the next part may be
	lookTime  = 100 * time.Millisecond // how long a search looks for about
)

// look searches part by part, from the newest message back, until the page is full or the time is
// over.
func (f *File) look(ctx context.Context, q Query, part int64, most time.Duration) (Page, error) {
	all := Page{Messages: []Message{}}
	s, err := f.search(ctx, q)
	if err != nil || s.text == "" {
		return all, err
	}
	var before, paired int64
	err = f.read.QueryRowContext(ctx, `SELECT coalesce((SELECT max(seq) FROM messages), 0) + 1, paired FROM meta`).Scan(&before, &paired)
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
	from, to := f.period(q)
	began, wanted := time.Now(), limit(q.Limit)
	fixed, over := len(s.args), false
	for {
		low, high, err := f.within(ctx, before, from, to)
		if all.Older = ""; err != nil || high == 0 {
			return all, err
		}
		if over {
			all.Older = place{seq: before}.String()
			return all, f.lookedBack(ctx, before, &all.LookedBack)
		}
		before = high
		after := before - part
		if part >= stretch { // up to its end, as the index would look through the whole of it anyway
			after = (after + stretch - 1) / stretch * stretch
		}
		after = max(after, low)
		if before <= paired {
			s.args[0] = s.early
		} else {
			after = max(after, paired)
			s.args[0] = s.late + " AND " + stretches(after, before)
		}
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
		rest := most - time.Since(began)
		over = rest <= most/8
		// Half of the time that is left, as a part takes longer when others need the machine, too.
		grown := max(0.1, min(mostGrown, float64(rest)/float64(2*time.Since(start)+time.Microsecond)))
		part = min(mostPart, max(1, int64(float64(part)*grown)))
	}
}

// lookedBack is the time of the last message that was looked at.
func (f *File) lookedBack(ctx context.Context, seq int64, at *time.Time) error {
	var milli int64
	err := f.read.QueryRowContext(ctx, `SELECT time FROM messages WHERE seq >= ? ORDER BY seq LIMIT 1`, seq).Scan(&milli)
	switch {
	case errors.Is(err, sql.ErrNoRows): // the last ones were deleted meanwhile
	case err != nil:
		return fmt.Errorf("history: %w", closed(err))
	default:
		*at = time.UnixMilli(milli).UTC()
	}
	return nil
}

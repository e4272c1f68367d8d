package sqlite

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// How the store tidies up: now and then, in portions that are small beside the traffic, and no more of them at a time than keeps the disk free.
const (
	tidyEvery = time.Minute
	tidyRows  = 500
	tidySteps = 200
	freePages = 4096 // what may stay free: 16 MB, or a quarter of the file
)

// housekeeping forgets what its time is over, and gives free pages back to the disk. It ends with the store.
func (s *Store) housekeeping() {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.closed:
			return
		case <-ticker.C:
			if err := s.tidy(s.writer.ctx); err != nil && !errors.Is(err, store.ErrClosed) {
				s.config.Logger.Error("the store could not tidy up; it goes on, and tries again in a minute", zap.Error(err))
			}
		}
	}
}

// tidy does what there is to do, a portion after the other.
func (s *Store) tidy(ctx context.Context) error {
	for range tidySteps {
		more := false
		if err := s.writer.finish(ctx, func(t *tx) error {
			more = s.forget(t)
			return nil
		}); err != nil || !more {
			return errors.Join(err, s.shrink(ctx))
		}
	}
	return nil
}

// forget removes a portion of what is over; true means that there may be more.
func (s *Store) forget(t *tx) bool {
	now, over := t.now.UnixNano(), t.now.Add(-s.config.Remember).UnixNano()
	keys, _ := t.exec(`DELETE FROM keys WHERE key IN (SELECT key FROM keys WHERE at <= ? ORDER BY at LIMIT ?)`, over, tidyRows)
	t.meta.keys -= keys
	// The sends of a dead letter stay with it: when a person has it tried again, weeks later, they are not to be sent again.
	sends, _ := t.exec(`DELETE FROM sends WHERE seq IN (SELECT seq FROM sends WHERE updated <= ? AND +state IN ('sent', 'refused', 'unknown', 'expired')
		AND (event = '' OR event NOT IN (SELECT key FROM dead)) ORDER BY updated LIMIT ?)`, over, tidyRows)
	entries, _ := t.exec(`DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE expires > 0 AND expires <= ? LIMIT ?)`, now, tidyRows)
	return max(keys, sends, entries) == tidyRows
}

// shrink gives free pages back, unless there are so few that new messages will soon fill them.
func (s *Store) shrink(ctx context.Context) error {
	for range tidySteps {
		more := false
		if err := s.writer.finish(ctx, func(t *tx) error {
			var free, pages int64
			t.row(`SELECT (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_count FROM pragma_page_count)`, nil, &free, &pages)
			if more = free > freePages && free > pages/4; more {
				t.rows(`PRAGMA incremental_vacuum(256)`, nil, func(scanner) error { return nil })
			}
			return nil
		}); err != nil || !more {
			return err
		}
	}
	return nil
}

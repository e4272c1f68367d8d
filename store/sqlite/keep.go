package sqlite

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// Housekeeping runs at an interval and in batches that are small compared to the traffic. The
// number of batches per run is bounded, so that it does not occupy the disk.
const (
	tidyEvery = time.Minute
	tidyRows  = 500
	tidySteps = 200
	freePages = 4096 // free pages that are kept: 16 MB, or a quarter of the file if that is more
)

// housekeeping deletes expired rows and returns free pages to the file system until the store
// closes.
func (s *Store) housekeeping() {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.closed:
			return
		case <-ticker.C:
			if err := s.tidy(s.writer.ctx); err != nil && !errors.Is(err, store.ErrClosed) {
				s.config.Logger.Error("store housekeeping failed, retrying in a minute", zap.Error(err))
			}
		}
	}
}

// tidy deletes expired rows batch by batch, then shrinks the file.
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

// forget deletes one batch of expired rows. It reports whether there may be more.
func (s *Store) forget(t *tx) bool {
	now, over := t.now.UnixNano(), t.now.Add(-s.config.Remember).UnixNano()
	keys, _ := t.exec(`DELETE FROM keys WHERE key IN (SELECT key FROM keys WHERE at <= ? ORDER BY at LIMIT ?)`, over, tidyRows)
	t.meta.keys -= keys
	// The sends of a dead letter stay as long as it does: a retry weeks later must not send them
	// again.
	sends, _ := t.exec(`DELETE FROM sends WHERE seq IN (SELECT seq FROM sends
		WHERE updated <= ? AND +state IN ('sent', 'refused', 'unknown', 'expired')
		AND (event = '' OR event NOT IN (SELECT key FROM dead)) ORDER BY updated LIMIT ?)`, over, tidyRows)
	entries, _ := t.exec(`DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE expires > 0 AND expires <= ? LIMIT ?)`,
		now, tidyRows)
	if entries > 0 {
		t.onCommit(s.state.recent.families.clear) // one of too many keys may be small again
	}
	return max(keys, sends, entries, t.forgetLines()) == tidyRows
}

// shrink returns free pages to the file system, unless there are so few that new messages will soon
// use them.
func (s *Store) shrink(ctx context.Context) error {
	for range tidySteps {
		more := false
		if err := s.writer.finish(ctx, func(t *tx) error {
			var free, pages int64
			t.row(`SELECT (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_count FROM pragma_page_count)`,
				nil, &free, &pages)
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

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"time"

	"go.uber.org/zap"
)

const (
	// checkpointEvery is the interval of checkpoints if anything was written, so that the log of an
	// idle bot stays short and a file that is copied without its log misses little.
	checkpointEvery = time.Minute
	// checkpointPages is how long the log gets before a checkpoint: fewer, longer ones write each
	// page less often.
	checkpointPages = 4000
	// checkpointMost is how long it gets before the writer waits for a checkpoint: while it writes,
	// a checkpoint never reaches the end, so that the log cannot begin again.
	checkpointMost = 4 * checkpointPages
)

// querier is a connection, or a pool with one.
type querier interface {
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// checkpointing moves the log into the file until the store closes, on a goroutine and a connection
// of its own, so that the writer does not wait for the disk.
func (s *Store) checkpointing(ctx context.Context, db *sql.DB) {
	defer db.Close()
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	moved := int64(0)
	for {
		due := false
		select {
		case <-s.closed:
			return
		case <-ticker.C:
			due = s.writer.dirty.Load()
		case <-s.moves:
		}
		var err error
		if moved, err = s.checkpointDue(ctx, db, moved, due); err != nil {
			s.config.Logger.Error("checkpoint failed, trying again", zap.Error(explain(s.config.Path, err)))
		}
		if due {
			if err := s.writer.promise.Sync(); err != nil {
				s.config.Logger.Error("cannot flush the promise file", zap.Error(err))
			}
		}
	}
}

// checkpointDue runs a checkpoint if it is due, or the log has grown since the last one, which has
// moved the given number of its pages.
func (s *Store) checkpointDue(ctx context.Context, db *sql.DB, moved int64, due bool) (int64, error) {
	length, _, err := pragmaCheckpoint(ctx, db, "NOOP")
	switch {
	case err != nil:
		return moved, err
	case length < moved: // it has begun again
		moved = 0
	}
	if !due && length-moved < checkpointPages {
		return moved, nil
	}
	s.writer.dirty.Store(false)
	all, err := s.writer.checkpoint(db)
	if err != nil || !all {
		s.writer.dirty.Store(true)
	}
	if err == nil && length >= checkpointMost {
		select {
		case s.writer.checkpoints <- struct{}{}:
		case <-s.closed:
		}
	}
	return length, err
}

// openCheckpoints opens the connection of the checkpoints.
func (s *Store) openCheckpoints() (*sql.DB, error) {
	db, err := connect(s.config.Path, url.Values{"_synchronous": {"NORMAL"}})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// pragmaCheckpoint runs a checkpoint and returns how many pages the log has, and how many of them
// are in the file now.
func pragmaCheckpoint(ctx context.Context, q querier, mode string) (length, moved int64, err error) {
	var busy int64
	if err := q.QueryRowContext(ctx, `PRAGMA wal_checkpoint(`+mode+`)`).Scan(&busy, &length, &moved); err != nil {
		return 0, 0, fmt.Errorf("cannot move the log into the file: %w", err)
	}
	if busy != 0 {
		moved = 0
	}
	return length, moved, nil
}

// checkpoint moves the log into the file as far as readers allow. Later writes reuse the space of
// the log. It reports whether everything was moved.
func (w *writer) checkpoint(q querier) (all bool, err error) {
	if err := w.store.present(); err != nil {
		return false, err
	}
	length, moved, err := pragmaCheckpoint(w.ctx, q, "PASSIVE")
	return err == nil && moved == length, err
}

// makeRoom moves the log into the file after the disk was full, so that the space of the log can be
// reused. It runs before each transaction until it succeeds: the file may have to grow for the
// checkpoint, and without it the log would take the space that a person has freed. It reports
// whether it succeeded.
func (w *writer) makeRoom() bool {
	all, err := w.checkpoint(w.conn)
	w.full = err != nil || !all
	return !w.full
}

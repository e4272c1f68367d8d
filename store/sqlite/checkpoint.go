package sqlite

import (
	"fmt"
	"time"

	"go.uber.org/zap"
)

// checkpointEvery is the interval of checkpoints, in addition to those that the size of the log
// triggers.
const checkpointEvery = time.Minute

// checkpoint moves the log into the file as far as readers allow. Later writes reuse the space of
// the log. It reports whether everything was moved.
func (w *writer) checkpoint() (all bool, err error) {
	if err := w.store.present(); err != nil {
		return false, err
	}
	var busy, frames, moved int64
	if err := w.conn.QueryRowContext(w.ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &frames, &moved); err != nil {
		return false, fmt.Errorf("cannot move the log into the file: %w", err)
	}
	return busy == 0 && moved == frames, nil
}

// checkpointDue runs a checkpoint once a minute if something was written, so that the log of an
// idle bot stays short and a file that is copied without its log misses little.
func (w *writer) checkpointDue() {
	if !w.dirty {
		return
	}
	all, err := w.checkpoint()
	if err != nil {
		w.store.config.Logger.Error("checkpoint failed, retrying in a minute", zap.Error(explain(w.store.config.Path, err)))
	}
	w.dirty = !all
	w.full = w.full && !all
	if err := w.promise.Sync(); err != nil {
		w.store.config.Logger.Error("cannot flush the promise file", zap.Error(err))
	}
}

// makeRoom moves the log into the file after the disk was full, so that the space of the log can be
// reused. It runs before each transaction until it succeeds: the file may have to grow for the
// checkpoint, and without it the log would take the space that a person has freed. It reports
// whether it succeeded.
func (w *writer) makeRoom() bool {
	all, err := w.checkpoint()
	w.full = err != nil || !all
	return !w.full
}

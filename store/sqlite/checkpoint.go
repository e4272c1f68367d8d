package sqlite

import (
	"fmt"
	"time"

	"go.uber.org/zap"
)

// checkpointEvery is how often the log is moved into the file, beside the moves that its size causes.
const checkpointEvery = time.Minute

// checkpoint moves the log into the file, as far as no reader is in the way. What comes then begins the log anew, in the room that it has.
// It reports whether all was moved.
func (w *writer) checkpoint() (all bool, err error) {
	if err := w.store.present(); err != nil {
		return false, err
	}
	var busy, frames, moved int64
	if err := w.conn.QueryRowContext(w.ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &frames, &moved); err != nil {
		return false, fmt.Errorf("the log cannot be moved into the file: %w", err)
	}
	return busy == 0 && moved == frames, nil
}

// checkpointInTime does it once a minute if something was written: so that the log of a quiet bot does not stay long, and a file that is copied or
// damaged without it lacks little.
func (w *writer) checkpointInTime() {
	if !w.unmoved {
		return
	}
	all, err := w.checkpoint()
	if err != nil {
		w.store.config.Logger.Error("a checkpoint failed; the next one is tried in a minute", zap.Error(explain(w.store.config.Path, err)))
	}
	w.unmoved = !all
	w.full = w.full && !all
	if err := w.promise.Sync(); err != nil {
		w.store.config.Logger.Error("what was promised could not be flushed to the disk", zap.Error(err))
	}
}

// makeRoom moves the log into the file after the disk was full, so that its room is used again. It is called before each transaction until that succeeds:
// the file may have to grow for it, and what a person frees would otherwise go into a longer log. It reports whether it has succeeded.
func (w *writer) makeRoom() bool {
	all, err := w.checkpoint()
	w.full = err != nil || !all
	return !w.full
}

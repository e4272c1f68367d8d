package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"time"
)

// tx is the transaction of a batch. It keeps the first error of SQLite; after that its methods do
// nothing.
type tx struct {
	writer *writer
	conn   connection
	now    time.Time
	meta   meta
	stored meta // the values in the file
	err    error
	ready  bool     // a lane has become ready
	wrote  bool     // a row was changed
	undo   []func() // reverts the changes in memory
	then   []func() // runs after the transaction is committed
}

// meta holds the counters of the file. commits is never 0 once it was read.
type meta struct{ items, dead, keys, revision, commits int64 }

// errStale means that another process has changed the file since the counters were read.
var errStale = errors.New("sqlite: the file was changed by another process")

func (t *tx) begin() error {
	t.exec(`BEGIN IMMEDIATE`)
	if t.meta = t.writer.meta; t.meta.commits == 0 {
		m, epoch := &t.meta, uint64(0)
		t.row(`SELECT items, dead, keys, revision, commits, epoch FROM meta`, nil,
			&m.items, &m.dead, &m.keys, &m.revision, &m.commits, &epoch)
		if t.err == nil && epoch != t.writer.epoch && !t.writer.store.config.Maintenance {
			t.err = fmt.Errorf("%w: another bot has opened %s since, and this one must not write to it: stop one of them",
				ErrLocked, t.writer.store.config.Path)
		}
	}
	t.stored, t.wrote = t.meta, false
	return t.err
}

// commit writes the counters, if they are still those that this process knows.
func (t *tx) commit() error {
	if t.wrote || t.meta != t.stored {
		t.meta.commits++
		m := t.meta
		changed, _ := t.exec(`UPDATE meta SET items = ?, dead = ?, keys = ?, revision = ?, commits = ?
			WHERE commits = ? AND (epoch = ? OR ?)`,
			m.items, m.dead, m.keys, m.revision, m.commits, t.stored.commits, t.writer.epoch, asInt(t.writer.store.config.Maintenance))
		if t.err == nil && changed == 0 {
			t.err = errStale
		}
	}
	t.exec(`COMMIT`)
	return t.err
}

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *tx) rollback() {
	t.err = nil
	t.exec(`ROLLBACK`) // fails if SQLite has already rolled back
	for _, back := range slices.Backward(t.undo) {
		back()
	}
}

// onUndo registers a function that reverts a change in memory if the transaction fails.
func (t *tx) onUndo(back func()) { t.undo = append(t.undo, back) }

// onCommit registers a function that runs after the transaction is committed, before the callers
// get their answers.
func (t *tx) onCommit(do func()) { t.then = append(t.then, do) }

// exec runs a statement and returns the number of changed rows and the last rowid.
func (t *tx) exec(text string, args ...any) (changed, last int64) {
	if t.err != nil {
		return 0, 0
	}
	stmt, err := t.statement(text)
	if err == nil {
		var result driver.Result
		if result, err = stmt.exec(t.writer.ctx, args); err == nil {
			changed, _ = result.RowsAffected() // the driver never returns an error here
			last, _ = result.LastInsertId()
			t.wrote = t.wrote || changed > 0
		}
	}
	t.err = err
	return changed, last
}

// row reads one row. It reports whether there was one.
func (t *tx) row(text string, args []any, into ...any) (found bool) {
	t.rows(text, args, func(row scanner) error {
		found = true
		return row.Scan(into...)
	})
	return found && t.err == nil
}

// rows reads rows and calls scan for each.
func (t *tx) rows(text string, args []any, scan func(scanner) error) {
	if t.err != nil {
		return
	}
	var stmt *statement
	if stmt, t.err = t.statement(text); t.err == nil {
		t.err = stmt.query(t.writer.ctx, args, scan)
	}
}

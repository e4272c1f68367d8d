package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// tx is the transaction of a batch. It keeps the first error of SQLite; after that its methods do
// nothing.
type tx struct {
	writer *writer
	now    time.Time
	meta   meta
	stored meta // the values in the file
	err    error
	ready  bool     // a lane has become ready
	wrote  bool     // a row was changed
	undo   []func() // reverts the changes in memory
}

// meta holds the counters of the file.
type meta struct{ items, dead, keys, revision, commits int64 }

func (t *tx) begin() error {
	t.exec(`BEGIN IMMEDIATE`)
	m, epoch := &t.meta, uint64(0)
	t.row(`SELECT items, dead, keys, revision, commits, epoch FROM meta`, nil, &m.items, &m.dead, &m.keys, &m.revision, &m.commits, &epoch)
	t.stored = t.meta
	if t.err == nil && epoch != t.writer.epoch && !t.writer.store.config.Maintenance {
		t.err = fmt.Errorf("%w: another bot has opened %s since, and this one must not write to it: stop one of them",
			ErrLocked, t.writer.store.config.Path)
	}
	return t.err
}

func (t *tx) commit() error {
	if t.wrote || t.meta != t.stored {
		t.meta.commits++
		m := t.meta
		t.exec(`UPDATE meta SET items = ?, dead = ?, keys = ?, revision = ?, commits = ?`, m.items, m.dead, m.keys, m.revision, m.commits)
	}
	t.exec(`COMMIT`)
	return t.err
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

// exec runs a statement and returns the number of changed rows and the last rowid.
func (t *tx) exec(text string, args ...any) (changed, last int64) {
	if t.err != nil {
		return 0, 0
	}
	stmt, err := t.writer.statement(text)
	if err == nil {
		var result sql.Result
		if result, err = stmt.ExecContext(t.writer.ctx, args...); err == nil {
			changed, _ = result.RowsAffected() // the driver never returns an error here
			last, _ = result.LastInsertId()
			t.wrote = t.wrote || changed > 0
		}
	}
	t.err = err
	return changed, last
}

// row reads one row. It reports whether there was one.
func (t *tx) row(text string, args []any, into ...any) bool {
	if t.err != nil {
		return false
	}
	stmt, err := t.writer.statement(text)
	if err == nil {
		err = stmt.QueryRowContext(t.writer.ctx, args...).Scan(into...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false
	}
	t.err = err
	return err == nil
}

// rows reads rows and calls scan for each.
func (t *tx) rows(text string, args []any, scan func(scanner) error) {
	if t.err != nil {
		return
	}
	stmt, err := t.writer.statement(text)
	if err != nil {
		t.err = err
		return
	}
	rows, err := stmt.QueryContext(t.writer.ctx, args...)
	if err != nil {
		t.err = err
		return
	}
	defer rows.Close()
	for err == nil && rows.Next() {
		err = scan(rows)
	}
	t.err = errors.Join(err, rows.Err())
}

package sqlite

import (
	"database/sql"
	"errors"
	"slices"
	"time"
)

// tx is the transaction of a batch. Its methods do nothing after the first error of SQLite, which it keeps.
type tx struct {
	writer *writer
	now    time.Time
	meta   meta
	stored meta // as it is in the file
	err    error
	ready  bool     // a lane has become ready
	undo   []func() // what takes back changes in memory
}

// meta is what the file counts.
type meta struct{ items, dead, keys, revision int64 }

func (t *tx) begin() error {
	t.exec(`BEGIN IMMEDIATE`)
	t.row(`SELECT items, dead, keys, revision FROM meta`, nil, &t.meta.items, &t.meta.dead, &t.meta.keys, &t.meta.revision)
	t.stored = t.meta
	return t.err
}

func (t *tx) commit() error {
	if m := t.meta; m != t.stored {
		t.exec(`UPDATE meta SET items = ?, dead = ?, keys = ?, revision = ?`, m.items, m.dead, m.keys, m.revision)
	}
	t.exec(`COMMIT`)
	return t.err
}

func (t *tx) rollback() {
	t.err = nil
	t.exec(`ROLLBACK`) // fails if SQLite has done it already
	for _, back := range slices.Backward(t.undo) {
		back()
	}
}

// onUndo has a change in memory taken back if the transaction fails.
func (t *tx) onUndo(back func()) { t.undo = append(t.undo, back) }

// exec runs a statement, and returns how many rows it changed and the last rowid.
func (t *tx) exec(text string, args ...any) (changed, last int64) {
	if t.err != nil {
		return 0, 0
	}
	stmt, err := t.writer.statement(text)
	if err == nil {
		var result sql.Result
		if result, err = stmt.ExecContext(t.writer.ctx, args...); err == nil {
			changed, _ = result.RowsAffected() // the driver has no errors there
			last, _ = result.LastInsertId()
		}
	}
	t.err = err
	return changed, last
}

// row reads one row; false means that there is none.
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

// rows reads rows: scan is called for each.
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

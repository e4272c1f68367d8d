package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// connection is what the writer needs of a connection of the driver. Its statements are called
// directly: database/sql would lock and convert for callers that share a pool.
type connection interface {
	driver.ConnPrepareContext
}

// statement is a prepared statement of the writer's connection.
type statement struct {
	driver.Stmt
	args   []driver.NamedValue // reused by each call
	values []driver.Value      // of one row, reused by each call
}

// statement returns the prepared statement of a text.
func (t *tx) statement(text string) (*statement, error) {
	if s := t.writer.stmts[text]; s != nil {
		return s, nil
	}
	prepared, err := t.conn.PrepareContext(t.writer.ctx, text)
	if err != nil {
		return nil, err
	}
	s := &statement{Stmt: prepared}
	t.writer.stmts[text] = s
	return s, nil
}

// exec runs the statement.
func (s *statement) exec(ctx context.Context, args []any) (driver.Result, error) {
	if err := s.bind(args); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, s.args)
}

// query runs the statement and calls scan for each row.
func (s *statement) query(ctx context.Context, args []any, scan func(scanner) error) (err error) {
	if err := s.bind(args); err != nil {
		return err
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, s.args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if s.values == nil {
		s.values = make([]driver.Value, len(rows.Columns()))
	}
	for {
		switch err := rows.Next(s.values); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := scan(row(s.values)); err != nil {
			return err
		}
	}
}

// bind converts the arguments of a call.
func (s *statement) bind(args []any) error {
	s.args = s.args[:0]
	for i, arg := range args {
		var v driver.Value
		switch arg := arg.(type) {
		case nil, int64, string, []byte:
			v = arg
		case int:
			v = int64(arg)
		case uint64:
			v = int64(arg) //nolint:gosec // a seq or a revision of SQLite
		default:
			return fmt.Errorf("an argument of type %T", arg)
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return nil
}

// row is a row of the driver.
type row []driver.Value

// Scan implements scanner.
func (r row) Scan(into ...any) error {
	if len(into) != len(r) {
		return fmt.Errorf("a row of %d values is scanned into %d", len(r), len(into))
	}
	for i, to := range into {
		ok := true
		switch to := to.(type) {
		case *int64:
			*to, ok = r[i].(int64)
		case *int:
			var n int64
			n, ok = r[i].(int64)
			*to = int(n)
		case *uint64:
			var n int64
			n, ok = r[i].(int64)
			*to = uint64(n) //nolint:gosec // a seq or a revision of SQLite
		case *string:
			*to, ok = r[i].(string)
		case *store.SendState:
			var s string
			s, ok = r[i].(string)
			*to = store.SendState(s)
		case *[]byte:
			if *to = nil; r[i] != nil {
				*to, ok = r[i].([]byte)
			}
		default:
			ok = false
		}
		if !ok {
			return fmt.Errorf("column %d: a %T for a %T", i, r[i], to)
		}
	}
	return nil
}

// fromNano and toNano convert the times of rows: Unix nanoseconds, 0 for the zero time.
func toNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNano(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}

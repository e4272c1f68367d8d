package sqlite

import (
	"context"
	"fmt"
	"os"
)

// Tidy runs the housekeeping that otherwise happens once a minute.
func (s *Store) Tidy(ctx context.Context) error { return s.tidy(ctx) }

// Plan returns SQLite's query plan for a statement.
func (s *Store) Plan(ctx context.Context, text string, args ...any) (plan []string, err error) {
	err = s.query(ctx, func(row scanner) error {
		var id, parent, unused int
		var detail string
		err := row.Scan(&id, &parent, &unused, &detail)
		plan = append(plan, detail)
		return err
	}, "EXPLAIN QUERY PLAN "+text, args...)
	return plan, err
}

// CountRows counts the rows of a part of the file.
func (s *Store) CountRows(ctx context.Context, from string, args ...any) (n int, err error) {
	err = s.query(ctx, func(row scanner) error { return row.Scan(&n) }, "SELECT count(*) FROM "+from, args...)
	return n, err
}

// ReadLines is the statement of a query of a log.
var ReadLines = readLines

// Pragma reads a setting of the writer's connection.
func (s *Store) Pragma(ctx context.Context, name string) (value string, err error) {
	err = s.writer.finish(ctx, func(t *tx) error {
		t.rows("PRAGMA "+name, nil, func(r scanner) error {
			value = fmt.Sprint(r.(row)[0])
			return nil
		})
		return nil
	})
	return value, err
}

// SetFlush replaces the function that flushes the log. It must be called before the first change.
func (s *Store) SetFlush(flush func(*os.File) error) { s.writer.flush.sync = flush }

// FirstTables are the tables of version 1.
func FirstTables() string { return migrations()[0] }

// The defaults of Config.
const (
	DefaultRemember = defaultRemember
)

// Lacks asks families for a key twice. While the first call reads the file, where it finds some
// keys, others write: true for an entry that they put, false for one that they delete. Or another
// process does, so that all is cleared.
func Lacks(key string, found []string, written map[string]bool, cleared bool) (first, then bool) {
	var fs families
	read := 0
	list := func(context.Context, string, int) ([]string, error) {
		if read++; read == 1 {
			for key, there := range written {
				fs.write(key, there)
			}
			if cleared {
				fs.clear()
			}
		} else {
			found = append(found, key)
		}
		return found, nil
	}
	return fs.lacks(context.Background(), key, list), fs.lacks(context.Background(), key, list)
}

package history

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Rows counts the messages of the file, also those whose time is over.
func (f *File) Rows(t testing.TB) (n int) {
	t.Helper()
	require.NoError(t, f.read.QueryRowContext(t.Context(), `SELECT count(*) FROM messages`).Scan(&n))
	return n
}

// Look is Search with other parts.
func (f *File) Look(t testing.TB, q Query, part int64, most time.Duration) Page {
	t.Helper()
	require.NoError(t, f.CatchUp(t.Context()))
	p, err := f.look(t.Context(), q, part, most)
	require.NoError(t, err)
	return p
}

// Plan is the query plan of a question.
func (f *File) Plan(t testing.TB, q Query, search bool) string {
	t.Helper()
	s, err := f.messages(t.Context(), &q)
	if search {
		s, err = f.search(t.Context(), q)
		s.args = append(s.args, 0, 1000, 10)
	}
	require.NoError(t, err)
	rows, err := f.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.text, s.args...)
	require.NoError(t, err)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		lines = append(lines, detail)
	}
	require.NoError(t, rows.Err())
	return strings.Join(lines, "\n")
}

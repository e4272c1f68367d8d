package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// Table lays rows out in columns, by the width that characters have on a terminal: those of Chinese
// take two places. The zero value is empty.
type Table struct{ rows [][]string }

// Row adds a row. A cell stays on its line: a name cannot add lines or columns.
func (t *Table) Row(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range Lines(cells) {
		row[i] = fmt.Sprint(cell)
	}
	t.rows = append(t.rows, row)
}

// Rows is the number of rows.
func (t *Table) Rows() int { return len(t.rows) }

// gap separates two columns.
const gap = "  "

// WriteTo writes the rows. No line ends in a blank.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	measure := runewidth.Condition{} // not by the locale: the output of a command is the same everywhere
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], measure.StringWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-measure.StringWidth(cell)) + gap)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

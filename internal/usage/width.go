package usage

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// standardWidth is the columns of what is not a terminal.
const standardWidth = 80

// width is the columns of a terminal, as kong finds them.
func width(w io.Writer) int {
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	if file, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return standardWidth
}

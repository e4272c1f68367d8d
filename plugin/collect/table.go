package collect

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
)

const (
	byteOrderMark = "\ufeff" // without it, spreadsheets take the file for another encoding
	fileMode      = 0o600
	dirMode       = 0o700
	columnFirst   = 0
	columnURL     = 5
)

func header() []string {
	return []string{"first", "group", "who", "type", "title", "url", "source", "mentions", "last"}
}

// cells are the row as it stands in the table.
func (r row) cells() []string {
	return []string{
		r.First.Format(time.DateTime), plugin.Cell(r.Group), plugin.Cell(r.Who), r.Type, plugin.Cell(r.Title), plugin.Cell(r.URL),
		plugin.Cell(r.Source), strconv.Itoa(r.Mentions), r.Last.Format(time.DateTime),
	}
}

// writeTable puts rows into a CSV file, each in the place of the one with the same address and
// first time. To do so again changes nothing. Columns that a person has added stay.
func writeTable(file string, rows []row) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), dirMode); err != nil {
		return err
	}
	newer := map[string][]string{} // by address and first time
	var order []string
	for _, r := range rows {
		cells := r.cells()
		id := cells[columnFirst] + " " + cells[columnURL]
		if newer[id] == nil {
			order = append(order, id)
		}
		newer[id] = cells
	}
	next := file + ".new"
	to, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode) //nolint:gosec // of the configuration
	if err != nil {
		return err
	}
	err = copyTable(to, file, newer, order)
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return os.Rename(next, file)
}

func copyTable(to io.Writer, file string, newer map[string][]string, order []string) error {
	if _, err := io.WriteString(to, byteOrderMark); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	from, err := os.Open(file) //nolint:gosec // of the configuration
	if errors.Is(err, fs.ErrNotExist) {
		if err := w.Write(header()); err != nil {
			return err
		}
	} else if err != nil {
		return err
	} else if err := errors.Join(copyRows(w, from, newer), from.Close()); err != nil {
		return err
	}
	for _, id := range order {
		if cells := newer[id]; cells != nil {
			if err := w.Write(cells); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

// copyRows copies a table, with the newer rows in it, which it takes out of newer.
func copyRows(w *csv.Writer, from io.Reader, newer map[string][]string) error {
	buffered := bufio.NewReader(from)
	if mark, err := buffered.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = buffered.Discard(len(byteOrderMark))
	}
	r := csv.NewReader(buffered)
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(cells) >= len(header()) {
			id := cells[columnFirst] + " " + cells[columnURL]
			if now := newer[id]; now != nil {
				copy(cells, now)
				newer[id] = nil
			}
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
}

// appendLines adds a line of JSON for each row.
func appendLines(file string, rows []row) error {
	if err := os.MkdirAll(filepath.Dir(file), dirMode); err != nil {
		return err
	}
	var lines []byte
	for _, r := range rows {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, fileMode) //nolint:gosec // of the configuration
	if err != nil {
		return err
	}
	_, err = f.Write(lines)
	return errors.Join(err, f.Close())
}

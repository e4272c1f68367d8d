// Package table keeps tables of plugins as CSV files that people open and edit.
package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	byteOrderMark = "\ufeff" // without it, spreadsheets take the file for another encoding
	fileMode      = 0o600
	dirMode       = 0o700
)

// Write puts rows into a file, each in the place of the row with the same id, and the others at the
// end. To do so again changes nothing. Columns that a person has added at the right stay. The file
// is replaced as a whole, so a crash leaves the old or the new one.
func Write(file string, header []string, rows [][]string, id func(cells []string) string) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), dirMode); err != nil {
		return err
	}
	newer := map[string][]string{}
	var order []string
	for _, cells := range rows {
		if newer[id(cells)] == nil {
			order = append(order, id(cells))
		}
		newer[id(cells)] = cells
	}
	next := file + ".new"
	to, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode) //nolint:gosec // of the configuration
	if err != nil {
		return err
	}
	t := &update{header: header, id: id, newer: newer}
	err = t.write(to, file, order)
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return os.Rename(next, file)
}

// update is a table with the rows that are not in it yet.
type update struct {
	header []string
	id     func(cells []string) string
	newer  map[string][]string
}

func (t *update) write(to io.Writer, file string, order []string) error {
	if _, err := io.WriteString(to, byteOrderMark); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	from, err := os.Open(file) //nolint:gosec // of the configuration
	if errors.Is(err, fs.ErrNotExist) {
		if err := w.Write(t.header); err != nil {
			return err
		}
	} else if err != nil {
		return err
	} else if err := errors.Join(t.copyRows(w, from), from.Close()); err != nil {
		return err
	}
	for _, id := range order {
		if cells := t.newer[id]; cells != nil {
			if err := w.Write(cells); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

// copyRows copies a table, with the newer rows in it, which it takes out of newer.
func (t *update) copyRows(w *csv.Writer, from io.Reader) error {
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
		if len(cells) >= len(t.header) {
			id := t.id(cells)
			if now := t.newer[id]; now != nil {
				copy(cells, now)
				t.newer[id] = nil
			}
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
}

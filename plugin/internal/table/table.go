// Package table keeps rows in a file of comma-separated values that people open in a spreadsheet.
package table

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	byteOrderMark = "\ufeff" // without it, spreadsheets take the file for another encoding
	fileMode      = 0o600
	dirMode       = 0o700
)

// Rows that come within After are written together, those that go on coming after Most.
const (
	After = 2 * time.Second
	Most  = 20 * time.Second
)

// Table is a file with a first row of names. Rows with the same cells in the columns of ID are the
// same row.
type Table struct {
	Header []string
	ID     []int
}

func (t Table) id(cells []string) string {
	parts := make([]string, len(t.ID))
	for i, column := range t.ID {
		parts[i] = cells[column]
	}
	return strings.Join(parts, "\x00")
}

// Write puts rows into a file, each in the place of the same row, or at the end. To do so again
// changes nothing. Columns that a person has added stay.
func (t Table) Write(file string, rows [][]string) error {
	if err := os.MkdirAll(filepath.Dir(file), dirMode); err != nil {
		return err
	}
	newer := map[string][]string{}
	var order []string
	for _, cells := range rows {
		id := t.id(cells)
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
	err = t.copy(to, file, newer, order)
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return os.Rename(next, file)
}

func (t Table) copy(to io.Writer, file string, newer map[string][]string, order []string) error {
	if _, err := io.WriteString(to, byteOrderMark); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	from, err := os.Open(file) //nolint:gosec // of the configuration
	if errors.Is(err, fs.ErrNotExist) {
		if err := w.Write(t.Header); err != nil {
			return err
		}
	} else if err != nil {
		return err
	} else if err := errors.Join(t.copyRows(w, from, newer), from.Close()); err != nil {
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
func (t Table) copyRows(w *csv.Writer, from io.Reader, newer map[string][]string) error {
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
		if len(cells) >= len(t.Header) {
			id := t.id(cells)
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

const maxFile = 4 << 20 // bytes of a file that people have written

// Read reads a file that people have written: the names in its first row, and the rows below it,
// which have a cell for each name. Empty rows, and those without a first cell, are left out. Its
// errors are sentences for the person who asks for it in a chat.
func Read(file string, most int) (names []string, rows [][]string, err error) {
	text, err := os.ReadFile(file) //nolint:gosec // of the configuration
	name := filepath.Base(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("数据目录里没有文件 %s", name)
	case err != nil:
		return nil, nil, err
	case len(text) > maxFile:
		return nil, nil, fmt.Errorf("文件 %s 超过 %d MB", name, maxFile>>20)
	case !utf8.Valid(text):
		return nil, nil, fmt.Errorf("文件 %s 不是 UTF-8 编码，请另存为“CSV UTF-8”", name)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), byteOrderMark)))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	all, err := r.ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("文件 %s 不是表格：%w", name, err)
	}
	for i, row := range all {
		for j := range row {
			row[j] = strings.TrimSpace(row[j])
		}
		switch {
		case i == 0:
			names = row
		case row[0] == "":
		case len(rows) == most:
			return nil, nil, fmt.Errorf("文件 %s 超过 %d 行", name, most)
		default:
			rows = append(rows, append(row, make([]string, len(names))...)[:len(names)])
		}
	}
	return names, rows, nil
}

// AppendJSON adds a line of JSON for each of the values to a file.
func AppendJSON[T any](file string, values []T) error {
	if err := os.MkdirAll(filepath.Dir(file), dirMode); err != nil {
		return err
	}
	var lines []byte
	for _, v := range values {
		line, err := json.Marshal(v)
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

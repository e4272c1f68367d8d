package rules

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// tail is how much of the end of a file is searched for a line that an earlier run has written.
const tail = 64 << 10

// errNoData says what to set.
var errNoData = router.Permanent(errors.New("rules: the bot has no data directory: set data: in the file"))

// append adds a line to a table.
func (p *ruleset) append(c *router.Context, r *active) error {
	if r.Append == nil || r.rehearsed(c, "append a line") {
		return nil
	}
	key := eventKey(c, r.Name)
	name, line, err := r.line(c, key, p.h.Zone())
	if err != nil {
		return err
	}
	return c.Once("append", func() error {
		p.files.Lock()
		defer p.files.Unlock()
		return appendOnce(p.h.Data(), name, key, line)
	})
}

// line is the file and the line for the message, with times of a zone. Its last cell is the key.
func (r *active) line(c *router.Context, key string, zone *time.Location) (name string, line []byte, err error) {
	at := c.Event.Time
	if at.IsZero() {
		at = c.Received()
	}
	when := at.In(zone).Format(time.RFC3339)
	if r.Append.JSONL != "" {
		m := messageOf(&c.Subject, zone)
		line, err = json.Marshal(map[string]any{
			"time": when, "account": c.Account(), "chat": m.Chat, "chat_name": c.GroupName(), "sender": person(c),
			"sender_name": c.SenderName(), "kind": m.Kind, "text": m.Text, "file_name": m.FileName, "file_size": m.FileSize,
			"title": m.Title, "url": m.URL, "key": key,
		})
		return r.Append.JSONL, append(line, '\n'), err
	}
	cells := []string{when, c.GroupName(), c.SenderName(), person(c), what(c)}
	if len(r.Append.Row) > 0 {
		cells = cells[:0]
		for i := range r.Append.Row {
			text, err := r.render(c, fmt.Sprintf("append.row[%d]", i))
			if err != nil {
				return "", nil, err
			}
			cells = append(cells, text)
		}
	}
	cells = append(cells, key)
	for i := range cells {
		cells[i] = plugin.Cell(cells[i])
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(cells); err != nil {
		return "", nil, err
	}
	w.Flush()
	return r.Append.CSV, b.Bytes(), w.Error()
}

// appendOnce adds a line to a file below a directory, unless the end of the file has its key.
func appendOnce(dir, name, key string, line []byte) (err error) {
	if dir == "" {
		return errNoData
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("rules: append: %w", err)
	}
	defer root.Close()
	if parent := filepath.Dir(name); parent != "." {
		if err := root.MkdirAll(parent, 0o700); err != nil {
			return fmt.Errorf("rules: append: %w", err)
		}
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("rules: append: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("rules: append: %w", err)
	}
	end := make([]byte, min(size, tail))
	if _, err := f.ReadAt(end, size-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("rules: append: %w", err)
	}
	if bytes.Contains(end, []byte(key)) {
		return nil
	}
	if len(end) > 0 && end[len(end)-1] != '\n' { // a crash has cut the last line off
		line = append([]byte("\n"), line...)
	}
	if _, err := f.Write(line); err != nil {
		return fmt.Errorf("rules: append: %w", err)
	}
	return f.Sync()
}

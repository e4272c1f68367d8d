package archive

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
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// exports is the folder of what was exported, in dir.
const exports = "exports"

// exported is what the command is about.
type exported struct {
	Days   int    `arg:"天数" default:"30" help:"最近几天"`
	Format string `arg:"格式" default:"csv" enum:"csv,json" help:"表格（csv）或 json"`
}

// exportCommand lets the people in charge have the index, in private.
func (p *part) exportCommand() {
	name := "导出归档"
	if p.c.Name != "" {
		name += ":" + p.c.Name
	}
	p.h.Anywhere().Where(match.Owner()).Command(name, p.export, router.Help("把归档的目录发给您", name+" 7 csv")).Named(p.h.Name() + "/export")
}

func (p *part) export(c *router.Context, a exported) error {
	if a.Days < 1 || a.Days > 3650 {
		return c.Reply("天数要写 1 到 3650。")
	}
	name := "index." + a.Format
	lines, err := router.Remember(c, "export", func() (int, error) {
		return p.index.export(filepath.Join(exports, name), a.Format, c.Now().AddDate(0, 0, -a.Days), p.h.Zone())
	})
	switch {
	case err != nil:
		return err
	case lines == 0:
		return c.Reply("这段时间没有归档。")
	}
	return c.Chat().SendFile(filepath.Join(p.h.Path(p.c.Dir), exports, name))
}

// row is a line of a writer of an export.
type row func(e Entry) error

// export writes the lines of the index that are not older than a time into a file of the directory,
// and returns how many there are.
func (x *index) export(name, format string, since time.Time, zone *time.Location) (lines int, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	from, err := x.root.Open(indexName)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("archive: %w", err)
	}
	defer from.Close()
	if err := x.root.MkdirAll(exports, dirMode); err != nil {
		return 0, fmt.Errorf("archive: %w", err)
	}
	to, err := x.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return 0, fmt.Errorf("archive: %w", err)
	}
	buffered := bufio.NewWriter(to)
	rows := func() (row, func() error) { return csvRows(buffered, zone) }
	if format == "json" {
		rows = func() (row, func() error) { return jsonRows(buffered) }
	}
	write, finish := rows()
	lines, err = copySince(write, from, since)
	if err = errors.Join(err, finish(), buffered.Flush(), to.Close()); err != nil {
		return 0, fmt.Errorf("archive: %w", err)
	}
	return lines, nil
}

// copySince writes the lines of an index that are not older than a time. What is no line of an
// index is left out.
func copySince(write row, from io.Reader, since time.Time) (n int, err error) {
	for lines := bufio.NewReader(from); ; {
		line, err := lines.ReadBytes('\n')
		var e Entry
		if len(line) > 0 && json.Unmarshal(line, &e) == nil && !e.Time.Before(since) {
			if err := write(e); err != nil {
				return n, err
			}
			n++
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// csvRows writes a table as spreadsheets open it.
func csvRows(to io.Writer, zone *time.Location) (row, func() error) {
	w := csv.NewWriter(to)
	_, _ = io.WriteString(to, "\ufeff") // the writer keeps its error
	_ = w.Write([]string{"time", "account", "chat", "group", "sender", "sender_name", "kind", "file", "text", "path", "size", "sha256", "md5",
		"key", "error"})
	write := func(e Entry) error {
		cells := []string{e.Time.In(zone).Format(time.DateTime), e.Account, e.Chat, e.Group, e.Sender, e.Name, string(e.Kind), e.File, e.Text,
			e.Path, strconv.FormatInt(e.Size, 10), e.SHA256, e.MD5, e.Key, e.Error}
		for i := range cells {
			cells[i] = plugin.Cell(cells[i])
		}
		return w.Write(cells)
	}
	return write, func() error { w.Flush(); return w.Error() }
}

// jsonRows writes a list.
func jsonRows(to io.Writer) (row, func() error) {
	before := "["
	write := func(e Entry) error {
		line, err := json.Marshal(e)
		if err == nil {
			_, err = fmt.Fprintf(to, "%s\n%s", before, line)
		}
		before = ","
		return err
	}
	return write, func() error {
		if before == "[" {
			_, err := io.WriteString(to, "[]\n")
			return err
		}
		_, err := io.WriteString(to, "\n]\n")
		return err
	}
}

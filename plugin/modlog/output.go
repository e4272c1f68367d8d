package modlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
)

const (
	maxLines = 20 // of a mirrored message
	maxNamed = 10 // people whom a line names
)

// write adds lines to the file.
func (p *part) write(t *bot.Task[[]event]) error {
	if err := t.Once("append", func() error { return table.AppendJSON(p.h.Path(p.c.File), t.Data) }); err != nil {
		return fmt.Errorf("modlog: file: %w", err)
	}
	return nil
}

// mirror tells of events in one message: those of a kind in a group in one line.
func (p *part) mirror(t *bot.Task[[]event]) error {
	type line struct {
		begin, end string
		names      []string
	}
	var lines []*line
	for i := range t.Data {
		begin, end := t.Data[i].words()
		at := slices.IndexFunc(lines, func(l *line) bool { return l.begin == begin && l.end == end })
		if at < 0 {
			at, lines = len(lines), append(lines, &line{begin: begin, end: end})
		}
		lines[at].names = append(lines[at].names, plugin.CleanName(t.Data[i].Name, plugin.CleanName(t.Data[i].Person, "有人")))
	}
	var texts []string
	for _, l := range lines[:min(len(lines), maxLines)] {
		names := strings.Join(l.names[:min(len(l.names), maxNamed)], "、")
		if len(l.names) > 1 {
			names += fmt.Sprintf("（%d 人）", len(l.names))
		}
		texts = append(texts, l.begin+names+l.end)
	}
	if more := len(lines) - maxLines; more > 0 {
		texts = append(texts, fmt.Sprintf("另有 %d 条。", more))
	}
	var errs []error
	for _, to := range plugin.Chats(p.h, p.c.Mirror.To) {
		errs = append(errs, p.h.Chat(t, t.Data[0].Account, to).SendText(strings.Join(texts, "\n")))
	}
	return router.Each(errs...)
}

// words are what stands before and after the names in a line about an event.
func (e *event) words() (begin, end string) {
	begin = "【" + plugin.CleanName(e.GroupName, e.Group) + "】"
	switch e.Event {
	case join:
		return begin, " 进群（" + e.how() + "）"
	case leave:
		return begin, " 离开了"
	case removed:
		if e.By == "" {
			return begin, " 被移出群"
		}
		return begin, " 被 " + plugin.CleanName(e.ByName, e.By) + " 移出群"
	case rename:
		return begin + "群名改为“" + plugin.CleanName(e.Text, "空") + "”，", " 改的"
	case announcement:
		return begin, " 发了群公告：" + e.Text
	case ownerChanged:
		return begin, " 成为群主"
	case revoke:
		return begin, " 撤回了一条消息"
	}
	return begin, " " + e.Text + "（" + e.By + "）"
}

// how says how somebody joined.
func (e *event) how() string {
	by := plugin.CleanName(e.ByName, e.By)
	switch {
	case e.Way == byQRCode && by != "":
		return "扫 " + by + " 分享的二维码"
	case e.Way == byQRCode:
		return "扫二维码"
	case by != "":
		return by + " 邀请"
	}
	return "受邀"
}

// prune takes lines out of the file that are older than keep.
func (p *part) prune(j *bot.Job) error {
	before, file := j.Due.Add(-p.c.Keep), p.h.Path(p.c.File)
	from, err := os.Open(file) //nolint:gosec // of the configuration
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("modlog: file: %w", err)
	}
	kept, dropped, err := young(from, before)
	if err = errors.Join(err, from.Close()); err != nil || dropped == 0 {
		return err
	}
	next := file + ".new"
	if err := os.WriteFile(next, kept, 0o600); err != nil {
		return fmt.Errorf("modlog: file: %w", err)
	}
	return os.Rename(next, file)
}

// young returns the lines that are not older, and how many are. A line that cannot be read stays.
func young(from io.Reader, before time.Time) (kept []byte, dropped int, err error) {
	r := bufio.NewReader(from)
	for {
		line, err := r.ReadBytes('\n')
		var e struct {
			Time time.Time `json:"time"`
		}
		if json.Unmarshal(bytes.TrimSpace(line), &e) == nil && e.Time.Before(before) {
			dropped++
		} else {
			kept = append(kept, line...)
		}
		if errors.Is(err, io.EOF) {
			return kept, dropped, nil
		}
		if err != nil {
			return nil, 0, err
		}
	}
}

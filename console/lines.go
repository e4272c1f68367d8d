package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap/zapcore"
)

// maxLines is how many lines of the log are in memory.
const maxLines = 5000

// logLine is a line of the log.
type logLine struct {
	Seq     uint64     `json:"seq,string"`
	Time    time.Time  `json:"time"`
	Level   string     `json:"level"`
	Logger  string     `json:"logger,omitempty"`
	Message string     `json:"message"`
	Fields  []logField `json:"fields,omitempty"`
	Stack   string     `json:"stack,omitempty"`
	Times   int        `json:"times"` // how often it came in a row

	level zapcore.Level
}

// logField is a field of a line.
type logField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// get is the value of a field; empty if the line has none of that name.
func (l *logLine) get(names ...string) string {
	for _, f := range l.Fields {
		if slices.Contains(names, f.Name) {
			return f.Value
		}
	}
	return ""
}

// lines are the last lines of the log of this process.
type lines struct {
	mu   sync.Mutex
	ring []logLine // the latest last
	seq  uint64
}

func newLines() *lines { return &lines{} }

// lineCore is the core that fills lines.
type lineCore struct {
	zapcore.LevelEnabler
	lines *lines
	told  func()
}

// core is what the log is written to; told is called with each line.
func (l *lines) core(told func()) zapcore.Core { return lineCore{zapcore.InfoLevel, l, told} }

// With implements zapcore.Core. The bot keeps the fields.
func (c lineCore) With([]zapcore.Field) zapcore.Core { return c }

// Check implements zapcore.Core.
func (c lineCore) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return checked.AddCore(e, c)
}

// Sync implements zapcore.Core.
func (lineCore) Sync() error { return nil }

// Write implements zapcore.Core.
func (c lineCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	line := logLine{
		Time: e.Time, Level: e.Level.String(), Logger: e.LoggerName, Message: e.Message, Stack: e.Stack, Times: 1, level: e.Level,
	}
	line.Fields = make([]logField, 0, len(fields))
	for _, f := range fields {
		line.Fields = append(line.Fields, fieldOf(f))
	}
	c.lines.add(line)
	c.told()
	return nil
}

// fieldOf is a field as text, in the words of the encoder.
func fieldOf(f zapcore.Field) logField {
	switch f.Type { // those of nearly all lines
	case zapcore.StringType:
		return logField{f.Key, bounded(f.String)}
	case zapcore.Int64Type, zapcore.Int32Type:
		return logField{f.Key, strconv.FormatInt(f.Integer, 10)}
	case zapcore.DurationType:
		return logField{f.Key, time.Duration(f.Integer).String()}
	default:
	}
	enc := zapcore.NewMapObjectEncoder()
	f.AddTo(enc)
	value, ok := enc.Fields[f.Key]
	if !ok && len(enc.Fields) > 0 { // an error whose key is another, or an inline object
		value = enc.Fields
	}
	text := fmt.Sprint(value)
	switch x := value.(type) {
	case time.Time:
		text = x.Format(time.RFC3339)
	case time.Duration:
		text = x.String()
	}
	return logField{f.Key, bounded(text)}
}

// bounded is a text of at most 4,000 characters.
func bounded(text string) string {
	const most = 4000
	if len(text) <= most {
		return text
	}
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// add adds a line, or counts it if it is the last one again.
func (l *lines) add(x logLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	x.Seq = l.seq
	if n := len(l.ring); n > 0 {
		last := &l.ring[n-1]
		if last.level == x.level && last.Logger == x.Logger && last.Message == x.Message && slices.Equal(last.Fields, x.Fields) {
			x.Times = last.Times + 1
			*last = x
			return
		}
	}
	if len(l.ring) == maxLines {
		l.ring = append(l.ring[:0], l.ring[maxLines/10:]...)
	}
	l.ring = append(l.ring, x)
}

// logQuery selects lines. Zero fields select all.
type logQuery struct {
	Level   string `json:"level,omitempty"` // this one and above
	Account string `json:"account,omitempty"`
	Plugin  string `json:"plugin,omitempty"` // the logger, or the field plugin, route or schedule
	Event   string `json:"event,omitempty"`
	Words   string `json:"q,omitempty"`
	Before  uint64 `json:"-"`
	After   uint64 `json:"-"`
	Limit   int    `json:"-"`
}

func (q *logQuery) filtered() bool {
	return q.Level != "" && q.Level != "info" || q.Account != "" || q.Plugin != "" || q.Event != "" || q.Words != ""
}

// includes reports whether a line is selected, apart from its place.
func (q *logQuery) includes(x *logLine, level zapcore.Level, words []string) bool {
	switch {
	case x.level < level,
		q.Account != "" && x.get("account", "app_id", "appId") != q.Account,
		q.Event != "" && x.get("event", "key") != q.Event,
		q.Plugin != "" && x.Logger != q.Plugin && x.get("plugin", "route", "schedule", "source") != q.Plugin:
		return false
	}
	if len(words) == 0 {
		return true
	}
	var b strings.Builder
	b.WriteString(x.Logger + " " + x.Message)
	for _, f := range x.Fields {
		b.WriteString(" " + f.Name + "=" + f.Value)
	}
	text := strings.ToLower(b.String())
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// find returns the last Limit lines that are selected, the latest last, and whether there are more
// before them.
func (l *lines) find(q logQuery) (found []logLine, more bool) {
	level, err := zapcore.ParseLevel(q.Level)
	if err != nil || q.Level == "" {
		level = zapcore.InfoLevel
	}
	words := strings.Fields(strings.ToLower(q.Words))
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range slices.Backward(l.ring) {
		x := &l.ring[i]
		if q.Before > 0 && x.Seq >= q.Before {
			continue
		}
		if x.Seq <= q.After {
			break
		}
		if !q.includes(x, level, words) {
			continue
		}
		if len(found) == q.Limit {
			more = true
			break
		}
		found = append(found, *x)
	}
	slices.Reverse(found)
	return found, more
}

// last is the number of the last line.
func (l *lines) last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seq
}

package logging

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap/zapcore"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/terminal"
)

// console is a core whose lines are for people: the time, the level, the message, and the fields as
// name=value. A stack and the rest of an error of several lines stand below, indented.
type console struct {
	zapcore.LevelEnabler
	to     zapcore.WriteSyncer
	color  bool
	texts  *lang.Printer
	fields []zapcore.Field
}

// With implements zapcore.Core.
func (c *console) With(fields []zapcore.Field) zapcore.Core {
	other := *c
	other.fields = slices.Concat(c.fields, fields)
	return &other
}

// Check implements zapcore.Core.
func (c *console) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

// Write implements zapcore.Core.
func (c *console) Write(e zapcore.Entry, fields []zapcore.Field) error {
	var line, below strings.Builder
	c.paint(&line, faint, e.Time.Format(time.TimeOnly))
	line.WriteByte(' ')
	c.paint(&line, colorOf(e.Level), fmt.Sprintf("%-5s", e.Level.CapitalString()))
	line.WriteByte(' ')
	if e.LoggerName != "" {
		line.WriteString(terminal.Line(e.LoggerName) + ": ")
	}
	line.WriteString(terminal.Line(c.texts.Word(e.Message)))
	for _, f := range slices.Concat(c.fields, fields) {
		for _, v := range c.values(f) {
			if strings.Contains(v.text, "\n") {
				fmt.Fprintf(&below, "    %s: %s\n", v.name, lines(v.text))
				continue
			}
			line.WriteByte(' ')
			c.paint(&line, faint, terminal.Line(v.name)+"=")
			line.WriteString(quoted(v.text))
		}
	}
	if e.Stack != "" {
		below.WriteString("    " + lines(e.Stack) + "\n")
	}
	_, err := c.to.Write([]byte(line.String() + "\n" + below.String()))
	return err
}

// Sync implements zapcore.Core.
func (c *console) Sync() error { return c.to.Sync() }

type value struct{ name, text string }

// values are those of a field: one, several for an inlined object, or none.
func (c *console) values(f zapcore.Field) (all []value) {
	switch v := f.Interface.(type) {
	case error:
		if f.Type == zapcore.ErrorType {
			return []value{{f.Key, c.texts.Error(v)}}
		}
	case phrase.Text:
		return []value{{f.Key, c.texts.Text(v)}}
	}
	if f.Type == zapcore.StringType && (f.Key == "reason" || f.Key == "cause") {
		return []value{{f.Key, c.texts.Word(f.String)}}
	}
	enc := zapcore.NewMapObjectEncoder()
	f.AddTo(enc)
	if v, ok := enc.Fields[f.Key]; ok { // an error may have added its details, too
		return []value{{f.Key, fmt.Sprint(v)}}
	}
	for name, v := range enc.Fields {
		all = append(all, value{name, fmt.Sprint(v)})
	}
	return all
}

// quoted is the text of a value, in quotes if it could be read as more than one.
func quoted(text string) string {
	text = terminal.Line(text)
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '"' || r == '=' }) {
		return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
	}
	return text
}

// lines is a text of several lines as the continuation of an indented one.
func lines(text string) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range all {
		all[i] = terminal.Line(strings.ReplaceAll(all[i], "\t", "  "))
	}
	return strings.Join(all, "\n    ")
}

// The colors of SGR sequences.
const (
	faint  = "2"
	red    = "31"
	yellow = "33"
	blue   = "34"
	cyan   = "36"
)

func colorOf(l zapcore.Level) string {
	switch {
	case l >= zapcore.ErrorLevel:
		return red
	case l == zapcore.WarnLevel:
		return yellow
	case l == zapcore.InfoLevel:
		return cyan
	}
	return blue
}

func (c *console) paint(b *strings.Builder, color, text string) {
	if c.color {
		text = "\x1b[" + color + "m" + text + "\x1b[0m"
	}
	b.WriteString(text)
}

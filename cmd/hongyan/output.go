package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/hongyan-go/hongyan/internal/terminal"
)

// The output of a command goes through a terminal.Writer, see run. The functions here also keep a
// value on its line: a name cannot add lines or columns.

// say writes to standard error, for the person at the terminal; tell writes results to standard
// output.
func (c console) say(format string, args ...any) {
	fmt.Fprintln(c.errOut, c.line(format, args))
}

func (c console) tell(format string, args ...any) {
	fmt.Fprintln(c.out, c.line(format, args))
}

// line is a format with its arguments, in the language of the person.
func (c console) line(format string, args []any) string {
	p := c.printer()
	return p.F(format, terminal.Lines(p.Args(args))...)
}

// fail writes an error to standard error: its lines stay lines.
func (c console) fail(err error) { fmt.Fprintln(c.errOut, "hongyan:", c.printer().Error(err)) }

// indented indents all lines of a text but the first.
func indented(text string, by int) string {
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", by))
}

// field writes a value after its name, which takes at least width columns.
func (c console) field(name string, width int, value string) {
	fmt.Fprintln(c.out, runewidth.FillRight(c.printer().Word(name), width), value)
}

// table lays rows out in columns.
type table struct {
	terminal.Table
	c console
}

func (c console) table() *table { return &table{c: c} }

// head adds the line of the headers.
func (t *table) head(names ...string) {
	cells := make([]any, len(names))
	for i, name := range names {
		cells[i] = t.c.printer().Word(name)
	}
	t.Row(cells...)
}

// row adds a line.
func (t *table) row(cells ...any) { t.Row(cells...) }

// end writes the table.
func (t *table) end() error {
	_, err := t.WriteTo(t.c.out)
	return err
}

// jsonFlag is the flag of the commands with a result.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// print writes v as JSON if --json is set, and calls text otherwise.
func (f jsonFlag) print(c console, v any, text func() error) error {
	if !f.JSON {
		return text()
	}
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// line is print for one of several results: v is on one line.
func (f jsonFlag) line(c console, v any, format string, args ...any) error {
	if !f.JSON {
		c.tell(format, args...)
		return nil
	}
	line, err := marshal(v)
	if err == nil {
		_, err = fmt.Fprintf(c.out, "%s\n", line)
	}
	return err
}

// done tells that something has been done: v as JSON, or a sentence.
func (f jsonFlag) done(c console, v any, format string, args ...any) error {
	return f.print(c, v, func() error { c.tell(format, args...); return nil })
}

// marshal does not escape <, > and &, so that people can read the output.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

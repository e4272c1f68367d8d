package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/hongyan-go/hongyan/internal/terminal"
)

// The output of a command goes through a terminal.Writer, see run. The functions here also keep a
// value on its line: a name cannot add lines or columns.

// say writes to standard error, for the person at the terminal; tell writes results to standard
// output.
func (c console) say(format string, args ...any) {
	fmt.Fprintf(c.errOut, format+"\n", terminal.Lines(args)...)
}

func (c console) tell(format string, args ...any) {
	fmt.Fprintf(c.out, format+"\n", terminal.Lines(args)...)
}

// indented indents all lines of a text but the first.
func indented(text string, by int) string {
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", by))
}

// table lays rows out in columns.
type table struct{ w *tabwriter.Writer }

func (c console) table() table { return table{tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)} }

// row writes a line.
func (t table) row(cells ...any) {
	verbs := strings.TrimSuffix(strings.Repeat("%v\t", len(cells)), "\t")
	fmt.Fprintf(t.w, verbs+"\n", terminal.Lines(cells)...)
}

// end writes the table.
func (t table) end() error { return t.w.Flush() }

// print writes v as JSON if --json is set, and calls text otherwise.
func (f *accountFlags) print(c console, v any, text func() error) error {
	if !f.JSON {
		return text()
	}
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// marshal does not escape <, > and &, so that people can read the output.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/hongyan-go/hongyan/internal/terminal"
)

// What a command writes goes through a terminal.Writer, see run. The functions here also keep a value on its line, so that no name
// makes a line or a column of its own.

// say tells a person at the terminal something; tell is for the result.
func (c console) say(format string, args ...any) {
	fmt.Fprintf(c.errOut, format+"\n", terminal.Lines(args)...)
}

func (c console) tell(format string, args ...any) {
	fmt.Fprintf(c.out, format+"\n", terminal.Lines(args)...)
}

// indented is a text of several lines, of which none but the first begins where a line of the output does.
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

// print writes v as JSON if that is wanted, else what text writes.
func (f *accountFlags) print(c console, v any, text func() error) error {
	if !f.JSON {
		return text()
	}
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// marshal leaves <, > and & as they are: the output is for people, too.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

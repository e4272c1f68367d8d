// Package terminal keeps text from outside from steering a terminal: names, messages and errors of others may hold escape sequences,
// characters that turn the line around, and line breaks that forge a line of their own.
package terminal

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Writer passes text on to a terminal, and writes what would steer it as \uXXXX: the control characters of C0 and C1 but for tab and line
// feed, the marks that change the direction of text, and the separators of lines and paragraphs. Bytes that are not UTF-8 become U+FFFD.
// JSON stays JSON with the same meaning, as such characters stand only inside its strings. A Writer may be used by many at once.
type Writer struct {
	mu   sync.Mutex
	to   io.Writer
	rest []byte // the beginning of a rune whose end has not come yet
}

// NewWriter is a Writer in front of another one.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := p
	if len(w.rest) > 0 {
		text = slices.Concat(w.rest, p)
	}
	whole := len(text) - unfinished(text)
	w.rest = append([]byte(nil), text[whole:]...)
	if _, err := w.to.Write(clean(text[:whole], breaks)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes what is left of a rune that was cut off. It does not close the writer behind.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rest) == 0 {
		return nil
	}
	_, err := w.to.Write(clean(w.rest, breaks))
	w.rest = nil
	return err
}

// Line is s on one line, for a cell of a table or a value within a sentence: tabs and line breaks are written as \uXXXX, too.
func Line(s string) string { return string(clean([]byte(s), "")) }

// Lines applies Line to the texts among the arguments of a format: texts of any type, errors, and what has a String method.
func Lines(args []any) []any {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			safe[i] = Line(v)
		case error:
			safe[i] = Line(v.Error())
		case fmt.Stringer:
			safe[i] = Line(v.String())
		default:
			safe[i] = arg
			if r := reflect.ValueOf(arg); r.Kind() == reflect.String {
				safe[i] = Line(r.String())
			}
		}
	}
	return safe
}

// breaks are the control characters that lay a text out.
const breaks = "\t\n"

// unfinished is how many bytes at the end are the beginning of a rune.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// clean returns the text itself where there is nothing to do.
func clean(text []byte, allowed string) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		broken := r == utf8.RuneError && size == 1
		if broken || steers(r) && !strings.ContainsRune(allowed, r) {
			out = append(out, text[done:i]...)
			if broken {
				out = utf8.AppendRune(out, utf8.RuneError)
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
			done = i + size
		}
		i += size
	}
	if out == nil {
		return text
	}
	return append(out, text[done:]...)
}

// steers tells whether a terminal does something with a character other than to show it.
func steers(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f: // C0, DEL, C1
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // direction
		return true
	case r == 0x2028, r == 0x2029: // separators of lines and paragraphs
		return true
	case r >= 0x206a && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb, r == 0xfeff: // deprecated format characters, annotations, byte order
		return true
	}
	return false
}

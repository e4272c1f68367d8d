// Package terminal keeps external text from controlling a terminal: names, messages and errors may
// contain escape sequences, characters that reverse the direction of a line, and line breaks that
// fake a line.
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

// Writer passes text on to a terminal, and writes control characters as \uXXXX: those of C0 and C1
// except tab and line feed, the marks that change the direction of text, and the line and paragraph
// separators. Bytes that are not UTF-8 become U+FFFD. JSON keeps its meaning, because such
// characters occur only inside strings. A Writer is safe for concurrent use.
type Writer struct {
	mu   sync.Mutex
	to   io.Writer
	rest []byte // the beginning of an incomplete rune
}

// NewWriter returns a Writer that writes to another one.
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

// Close writes the rest of an incomplete rune. It does not close the underlying writer.
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

// Line returns s on one line, for a cell of a table or a value in a sentence: tabs and line breaks
// become \uXXXX as well.
func Line(s string) string { return string(clean([]byte(s), "")) }

// Lines applies Line to the texts among the arguments of a format: strings of any type, errors, and
// values with a String method.
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

// breaks are the control characters for layout.
const breaks = "\t\n"

// unfinished returns the number of bytes at the end that begin an incomplete rune.
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

// clean returns the text itself if there is nothing to replace.
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

// steers reports whether a terminal does anything with a character other than display it.
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

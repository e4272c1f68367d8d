// Package phrase has texts for people that can still be translated: a format and its arguments.
// The format, in English, is the key of its translations; package lang finds them. As a string or
// an error, and in JSON, a text is English.
package phrase

import (
	"errors"
	"fmt"
	"strings"
)

// Text is a text for people. The zero value is empty.
type Text struct {
	format string
	args   []any
	word   bool // the format is a text as it is
}

// New returns the text of a format. Arguments that are texts or errors are translated with it.
func New(format string, args ...any) Text { return Text{format: format, args: args} }

// Word returns a text without arguments. A percent sign has no meaning in it.
func Word(text string) Text { return Text{format: text, word: true} }

// String is the text in English.
func (t Text) String() string {
	if t.word {
		return t.format
	}
	return fmt.Sprintf(t.format, t.args...)
}

// IsZero reports whether the text is empty.
func (t Text) IsZero() bool { return t.format == "" }

// Parts returns the format and its arguments; word means that the format is the whole text, in
// which a percent sign has no meaning.
func (t Text) Parts() (format string, args []any, word bool) { return t.format, t.args, t.word }

// MarshalText implements encoding.TextMarshaler: JSON does not change with the language.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Text) UnmarshalText(text []byte) error {
	*t = Word(string(text))
	return nil
}

// Error is an error whose message can be translated.
type Error struct {
	text Text
	err  error
}

// Errorf is fmt.Errorf for a message that can be translated.
func Errorf(format string, args ...any) error {
	return &Error{Text{format: strings.ReplaceAll(format, "%w", "%v"), args: args}, fmt.Errorf(format, args...)}
}

// Fail is an error with the text.
func Fail(t Text) error { return &Error{t, errors.New(t.String())} }

// Error implements error, in English.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap returns the error without its translation.
func (e *Error) Unwrap() error { return e.err }

// Phrase returns the message.
func (e *Error) Phrase() Text { return e.text }

// Count is a number of things: one is the format if there is one thing.
func Count(n int, one, several string) Text {
	if n == 1 {
		return New(one, n)
	}
	return New(several, n)
}

// Join is texts with a separator between them.
func Join(texts []Text, separator Text) Text {
	var all Text
	for i, t := range texts {
		if i == 0 {
			all = New("%v", t)
		} else {
			all = New("%v%v%v", all, separator, t)
		}
	}
	return all
}

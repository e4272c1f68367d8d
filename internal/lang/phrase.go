package lang

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Phrases are the Chinese texts of a program by their English texts, which are the formats that its
// code has. Unlike the texts of a Table, they print numbers as package fmt does: in commands to
// type, ports and keys, a separator would be wrong.
type Phrases map[string]string

// Table is the phrases as a table for New. %w counts as %v.
func (p Phrases) Table() Table {
	t := Table{}
	for en, zh := range p {
		en = plainWrap(en)
		t[en] = Text{ZH: plainWrap(zh), EN: en}
	}
	return t
}

func plainWrap(format string) string { return strings.ReplaceAll(format, "%w", "%v") }

// asIs is an argument that is formatted as package fmt does, not by the language.
type asIs struct{ v any }

// Format implements fmt.Formatter.
func (a asIs) Format(s fmt.State, verb rune) { _, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), a.v) }

// F is fmt.Sprintf with the translation of the format, if there is one. Arguments that are texts
// or errors are translated, too.
func (p *Printer) F(format string, args ...any) string {
	format = plainWrap(format)
	if _, known := p.known[format]; !known {
		return fmt.Sprintf(format, p.Args(args)...)
	}
	values := p.Args(args)
	for i := range values {
		values[i] = asIs{values[i]}
	}
	return p.print(format, values)
}

// Args translates the texts and errors among the arguments of a format.
func (p *Printer) Args(args []any) []any {
	translated := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case phrase.Text:
			translated[i] = p.Text(v)
		case error:
			translated[i] = p.Error(v)
		default:
			translated[i] = arg
		}
	}
	return translated
}

// Word translates a text without arguments, if it is known.
func (p *Printer) Word(text string) string {
	if t, known := p.known[text]; known {
		if p.lang == English {
			return t.EN
		}
		return t.ZH
	}
	if p.lang == Chinese && p.read != nil {
		return p.read(text)
	}
	return text
}

// Text translates a text.
func (p *Printer) Text(t phrase.Text) string {
	format, args, word := t.Parts()
	if word {
		return p.Word(format)
	}
	return p.F(format, args...)
}

// Describe translates errors of a type that has no text of its own. It reports whether it knows the
// error.
type Describe func(p *Printer, err error) (text string, ok bool)

// Error translates the message of an error: that of a phrase.Error by its text, that of a type
// which the catalogue describes by its fields, and a constant one as a whole. What wraps other
// errors keeps its own words and has theirs translated.
func (p *Printer) Error(err error) string {
	if err == nil {
		return ""
	}
	if p.lang == English {
		return err.Error()
	}
	if said, ok := err.(interface{ Phrase() phrase.Text }); ok {
		return p.Text(said.Phrase())
	}
	for _, describe := range p.describe {
		if text, ok := describe(p, err); ok {
			return text
		}
	}
	whole := err.Error()
	if _, known := p.known[whole]; known {
		return p.Word(whole)
	}
	var b strings.Builder
	for _, inner := range wrapped(err) {
		before, after, found := strings.Cut(whole, inner.Error())
		if !found {
			continue
		}
		b.WriteString(before + p.Error(inner))
		whole = after
	}
	return b.String() + whole
}

// wrapped are the errors that an error wraps itself.
func wrapped(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap()
	}
	if inner := errors.Unwrap(err); inner != nil {
		return []error{inner}
	}
	return nil
}

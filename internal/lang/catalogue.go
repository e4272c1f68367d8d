package lang

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Text is a text in all languages. The texts have the verbs of fmt; numbers get thousands
// separators. %[2]s and the like change the order of the arguments.
type Text struct {
	ZH, EN string
	// One is the English text if the first argument is 1: "%d message" for the EN "%d messages".
	// Empty means EN.
	One string
}

// Table is texts by their keys.
type Table map[string]Text

// Catalogue is the texts of a program. It is safe for concurrent use.
type Catalogue struct {
	texts    Table
	printers map[Lang]*Printer
}

// Reading makes the Chinese printer have texts read that are not known as a whole, such as the
// reasons that a store keeps in English. It must come before its use.
func (c *Catalogue) Reading(read func(text string) string) *Catalogue {
	c.printers[Chinese].read = read
	return c
}

// Describing makes the printers describe errors of other types. It must come before their use.
func (c *Catalogue) Describing(all ...Describe) *Catalogue {
	for _, p := range c.printers {
		p.describe = all
	}
	return c
}

// New joins tables. It returns an error for a text that lacks a language, or whose languages have
// different verbs, and for a key that has different texts in two tables.
func New(tables ...Table) (*Catalogue, error) {
	c := &Catalogue{texts: Table{}, printers: map[Lang]*Printer{}}
	var errs []error
	for _, table := range tables {
		for _, key := range slices.Sorted(maps.Keys(table)) {
			if had, twice := c.texts[key]; twice && had != table[key] {
				errs = append(errs, fmt.Errorf("lang: %q is defined twice", key))
			}
			errs = append(errs, table[key].check(key))
			c.texts[key] = table[key]
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	builder := catalog.NewBuilder(catalog.Fallback(language.Chinese))
	added := &sync.Map{}
	for _, l := range All() {
		c.printers[l] = &Printer{
			lang: l, known: c.texts, printer: message.NewPrinter(language.MustParse(l.Tag()), message.Catalog(builder)),
			builder: builder, added: added,
		}
	}
	return c, nil
}

// add adds a text to a catalogue of x/text.
func (t Text) add(builder *catalog.Builder, key string) error {
	t.ZH, t.EN, t.One = escaped(t.ZH), escaped(t.EN), escaped(t.One)
	if err := builder.Set(language.SimplifiedChinese, key, catalog.String(t.ZH)); err != nil {
		return err
	}
	if err := builder.SetString(language.MustParse(Chinese.Tag()), key, t.ZH); err != nil {
		return err
	}
	if t.One == "" {
		return builder.SetString(language.English, key, t.EN)
	}
	return builder.Set(language.English, key, plural.Selectf(1, "%d", plural.One, t.One, plural.Other, t.EN))
}

// dollar stands for "${" in the catalogue of x/text, which would replace a variable there.
const dollar = "\ue000{"

func escaped(text string) string { return strings.ReplaceAll(text, "${", dollar) }

// print prints a text that is known. The catalogue of x/text gets it when it is first printed: a
// command prints a few of two thousand.
func (p *Printer) print(key string, args []any) string {
	if _, ok := p.added.Load(key); !ok {
		if err := p.known[key].add(p.builder, key); err != nil { // cannot happen: there is one way to select a plural
			return "⟦" + key + "⟧"
		}
		p.added.Store(key, true)
	}
	text := p.printer.Sprintf(key, args...)
	if strings.Contains(key, "${") || strings.Contains(p.known[key].ZH, "${") {
		return strings.ReplaceAll(text, dollar, "${")
	}
	return text
}

// verb matches a verb of fmt, or an escaped percent sign.
var verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*\d*(\.\d+)?([a-zA-Z%])`)

// check returns an error for a text with a gap.
func (t Text) check(key string) error {
	switch {
	case t.ZH == "" || t.EN == "":
		return fmt.Errorf("lang: %q lacks a language", key)
	case !slices.Equal(verbs(t.ZH), verbs(t.EN)):
		return fmt.Errorf("lang: %q has the verbs %q in Chinese and %q in English", key, verbs(t.ZH), verbs(t.EN))
	}
	return nil
}

// verbs returns the verbs of a text by the number of their arguments, such as "1d".
func verbs(text string) []string {
	if !strings.Contains(text, "%") {
		return nil
	}
	var all []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[3] == "%" {
			continue
		}
		if m[1] != "" {
			if _, err := fmt.Sscanf(m[1], "[%d]", &next); err != nil {
				return []string{text} // cannot happen: the expression found digits
			}
		}
		all = append(all, strconv.Itoa(next)+m[3])
		next++
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Has reports whether there is a text.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.texts[key]
	return ok
}

// Keys returns all keys in their order.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.texts)) }

// In returns the printer of a language; that of Chinese for an unknown one.
func (c *Catalogue) In(l Lang) *Printer {
	if p, ok := c.printers[l]; ok {
		return p
	}
	return c.printers[Chinese]
}

// Printer prints the texts of a catalogue in one language. It is safe for concurrent use.
type Printer struct {
	lang     Lang
	known    Table
	describe []Describe
	read     func(text string) string
	printer  *message.Printer
	builder  *catalog.Builder // of printer; for both languages
	added    *sync.Map        // the keys of the texts that builder has
}

// Lang returns the language.
func (p *Printer) Lang() Lang { return p.lang }

// Has reports whether there is a text.
func (p *Printer) Has(key string) bool {
	_, ok := p.known[key]
	return ok
}

// T returns a text with its arguments. A key without a text is returned as it is, in brackets;
// tests find such keys.
func (p *Printer) T(key string, args ...any) string {
	if _, ok := p.known[key]; !ok {
		return "⟦" + key + "⟧"
	}
	return p.print(key, args)
}

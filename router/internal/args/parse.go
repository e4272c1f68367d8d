package args

import (
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Input is what a command was written with.
type Input struct {
	// Text is the text after the command.
	Text string
	// Now is when it was written: "明天 9点" counts from it, in its zone.
	Now time.Time
	// Person finds the person of a mention by its name, or by an id. last counts the mentions after
	// it. nil finds nobody.
	Person func(name string, last int) (xmlmsg.Person, bool)
	// Quoted is the message that the command quotes. nil means none.
	Quoted xmlmsg.Payload
}

// Parse reads a text into a new struct. Its error is an *Error.
func (s *Spec) Parse(in Input) (reflect.Value, error) {
	v := reflect.New(s.typ).Elem()
	words, err := split(in.Text)
	if err != nil {
		return v, err
	}
	in = in.counting(words)
	given := map[*arg]bool{}
	for i, a := range s.positional {
		if words, err = s.takeFlags(v, words, in, given); err != nil {
			return v, err
		}
		if len(words) == 0 {
			break
		}
		if words, err = s.take(a, v, words, in, i == len(s.positional)-1); err != nil {
			return v, err
		}
		given[a] = true
	}
	if words, err = s.takeFlags(v, words, in, given); err != nil {
		return v, err
	}
	if len(words) > 0 {
		return v, &Error{problem: surplus, Word: words[0].text}
	}
	if err := s.fill(v, in, given); err != nil {
		return v, err
	}
	return v, s.quote(v, in)
}

// counting tells Person how many mentions come after each, by wrapping it with the words.
func (in Input) counting(words []word) Input {
	left := 0
	for _, w := range words {
		if w.mention {
			left++
		}
	}
	find := in.Person
	in.Person = func(name string, mention int) (xmlmsg.Person, bool) {
		if find == nil {
			return xmlmsg.Person{}, false
		}
		left -= mention
		return find(name, left)
	}
	return in
}

// take reads a positional argument from the first words, and returns those after it.
func (s *Spec) take(a *arg, v reflect.Value, words []word, in Input, last bool) ([]word, error) {
	n := 1
	switch {
	case a.rest:
		n = len(words)
		if n > 1 || !words[0].quoted && !words[0].mention {
			words = []word{{text: strings.TrimRightFunc(in.Text[words[0].start:], unicode.IsSpace)}}
			n = 1
		}
	case a.list && last:
		if n = slices.IndexFunc(words, s.isFlag); n < 0 {
			n = len(words)
		}
	case a.typ == timeType:
		n = longest(words, 3, func(text string) bool { _, ok := parseTime(text, in.Now); return ok })
	case a.typ == durationType:
		n = longest(words, 4, func(text string) bool { _, ok := parseDuration(text); return ok })
	}
	value, err := a.read(words[:n], in)
	if err != nil {
		return nil, err
	}
	v.Field(a.index).Set(value)
	return words[n:], nil
}

// longest is the largest number of words, up to a bound, that fit together; 1 if none do.
func longest(words []word, most int, fits func(string) bool) int {
	for n := min(most, len(words)); n > 1; n-- {
		if fits(joined(words[:n])) {
			return n
		}
	}
	return 1
}

func joined(words []word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}

// read makes the value of a field.
func (a *arg) read(words []word, in Input) (reflect.Value, error) {
	if a.list {
		return a.readList(words, in)
	}
	w := words[0]
	if len(words) > 1 {
		w.text = joined(words)
	}
	value, err := a.readOne(w, in)
	if err == nil && a.pointer {
		p := reflect.New(a.typ)
		p.Elem().Set(value)
		value = p
	}
	return value, err
}

func (a *arg) readList(words []word, in Input) (reflect.Value, error) {
	list := reflect.MakeSlice(reflect.SliceOf(a.typ), 0, len(words))
	for _, w := range words {
		parts := []string{w.text}
		if !w.quoted && !w.mention {
			parts = strings.FieldsFunc(w.text, isSeparator)
		}
		for _, text := range parts {
			one, err := a.readOne(word{text: text, mention: w.mention}, in)
			if err != nil {
				return list, err
			}
			list = reflect.Append(list, one)
		}
	}
	return list, nil
}

func isSeparator(r rune) bool { return strings.ContainsRune(",，、;；", r) }

func (a *arg) readOne(w word, in Input) (reflect.Value, error) {
	text := w.text
	if w.mention && a.typ != personType {
		text = "@" + text
	}
	if len(a.enum) > 0 {
		i := slices.IndexFunc(a.enum, func(e string) bool { return matching.Fold(e) == matching.Fold(text) })
		if i < 0 {
			return reflect.Value{}, &Error{problem: notListed, Arg: a.name, Word: text, Allowed: a.enum}
		}
		text = a.enum[i]
	}
	value := reflect.New(a.typ).Elem()
	if err := a.value(value, word{text: text, mention: w.mention}, in); err != nil {
		if err.Word = text; err.Arg == "" {
			err.Arg = a.name
		}
		return reflect.Value{}, err
	}
	return value, nil
}

// fill sets the defaults, and reports what is missing.
func (s *Spec) fill(v reflect.Value, in Input, given map[*arg]bool) error {
	for _, list := range [][]*arg{s.positional, s.flags} {
		for _, a := range list {
			switch {
			case given[a]:
			case a.hasDef:
				value, err := a.read([]word{{text: a.def}}, in)
				if err != nil {
					return err
				}
				v.Field(a.index).Set(value)
			case a.needed():
				return &Error{problem: missing, Arg: a.name, Allowed: a.enum}
			}
		}
	}
	return nil
}

// quote sets the arguments that are the quoted message.
func (s *Spec) quote(v reflect.Value, in Input) error {
	for _, a := range s.quoted {
		if in.Quoted != nil && reflect.TypeOf(in.Quoted).AssignableTo(a.typ) {
			v.Field(a.index).Set(reflect.ValueOf(in.Quoted))
		} else if !a.optional {
			return &Error{problem: unquoted, Arg: a.name}
		}
	}
	return nil
}

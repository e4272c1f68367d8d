package args

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// dashes are the signs that begin a flag; a phone turns two of the first into one of the last.
const dashes = "-－–—"

// flagOf splits a word such as "--人数=3" or "人数：3". dashed is false for one without a dash,
// which is a flag only if it has one of the names.
func flagOf(w word) (name, value string, hasValue, dashed bool) {
	if w.quoted || w.mention {
		return "", "", false, false
	}
	name = strings.TrimLeft(w.text, dashes)
	dashed = name != w.text && name != ""
	if r, _ := utf8.DecodeRuneInString(name); dashed && (unicode.IsDigit(r) || r == '.') { // a negative number
		dashed = false
	}
	if i := strings.IndexAny(name, "=＝:："); i > 0 {
		_, n := utf8.DecodeRuneInString(name[i:])
		return name[:i], name[i+n:], true, dashed
	}
	return name, "", false, dashed
}

// takeFlags reads the flags with which the words begin, and returns those after them.
func (s *Spec) takeFlags(v reflect.Value, words []word, in Input, given map[*arg]bool) ([]word, error) {
	for len(words) > 0 && len(s.flags) > 0 {
		name, value, hasValue, dashed := flagOf(words[0])
		i := s.flag(name)
		switch {
		case i < 0 && dashed:
			return nil, &Error{problem: unknown, Word: words[0].text, Allowed: s.flagNames()}
		case i < 0 || !dashed && !hasValue:
			return words, nil
		}
		a := s.flags[i]
		if given[a] {
			return nil, &Error{problem: repeated, Arg: a.name}
		}
		given[a] = true
		words = words[1:]
		switch {
		case s.isSwitch(a) && !hasValue:
			v.Field(a.index).SetBool(true)
			continue
		case !hasValue && len(words) == 0:
			return nil, &Error{problem: valueless, Arg: a.name}
		case !hasValue:
			one, err := a.read(words[:1], in)
			if err != nil {
				return nil, err
			}
			v.Field(a.index).Set(one)
			words = words[1:]
			continue
		}
		one, err := a.read([]word{{text: value}}, in)
		if err != nil {
			return nil, err
		}
		v.Field(a.index).Set(one)
	}
	return words, nil
}

// flag is the index of a flag by its name; less than 0 if there is none.
func (s *Spec) flag(name string) int {
	return slices.IndexFunc(s.flags, func(a *arg) bool { return matching.Fold(a.name) == matching.Fold(name) })
}

// isFlag reports whether a word is a flag, or what is meant as one.
func (s *Spec) isFlag(w word) bool {
	name, _, hasValue, dashed := flagOf(w)
	return len(s.flags) > 0 && (dashed || hasValue && s.flag(name) >= 0)
}

// isSwitch reports whether an argument is a flag that is true if it is there.
func (s *Spec) isSwitch(a *arg) bool {
	return a.typ.Kind() == reflect.Bool && !a.list && !a.pointer && slices.Contains(s.flags, a)
}

func (s *Spec) flagNames() []string {
	names := make([]string, len(s.flags))
	for i, a := range s.flags {
		names[i] = "--" + a.name
	}
	return names
}

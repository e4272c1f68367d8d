// Package reason has the reasons that the framework gives: why a route does not want a message, why
// a send waits or was refused, why a plugin is off. A reason is a Code and its arguments. Where it
// is made it becomes a sentence in English, which is what the store keeps, the log has and programs
// read; Of reads the sentence again, and In shows it in another language.
package reason

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Code identifies a reason. The table of this package has its sentences.
type Code string

// sentence is a reason in both languages. Each %s is an argument, in the same order.
type sentence struct{ en, zh string }

// String returns the sentence of a reason without arguments, in English.
func (c Code) String() string { return c.With() }

// With returns the sentence of a reason in English.
func (c Code) With(args ...string) string { return fill(table()[c].en, args) }

// fill puts arguments into a sentence.
func fill(text string, args []string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "%s") {
		if i > 0 && i <= len(args) {
			b.WriteString(args[i-1])
		}
		b.WriteString(part)
	}
	return b.String()
}

// Reason is a code and its arguments.
type Reason struct {
	Code Code
	Args []string
}

// pattern reads sentences of one code.
type pattern struct {
	code  Code
	fixed int // bytes of the sentence that are no arguments
	shape *regexp.Regexp
}

// patterns are those of the table: those without arguments by their text, the others with the
// longest text first, so that the most special one reads a sentence.
type patterns struct {
	plain map[string]Code
	rest  []pattern
}

//nolint:gochecknoglobals // constants
var (
	table = sync.OnceValue(sentences)
	known = sync.OnceValue(func() patterns {
		p := patterns{plain: map[string]Code{}}
		for code, s := range table() {
			parts := strings.Split(s.en, "%s")
			if len(parts) == 1 {
				p.plain[s.en] = code
				continue
			}
			shape, fixed := strings.Builder{}, 0
			for i, part := range parts {
				switch {
				case i == len(parts)-1:
					shape.WriteString("(.*)")
				case i > 0: // the rest belongs to the last argument
					shape.WriteString("(.*?)")
				}
				shape.WriteString(regexp.QuoteMeta(part))
				fixed += len(part)
			}
			p.rest = append(p.rest, pattern{code, fixed, regexp.MustCompile(`(?s)^` + shape.String() + `$`)})
		}
		slices.SortFunc(p.rest, func(a, b pattern) int {
			if a.fixed != b.fixed {
				return b.fixed - a.fixed
			}
			return strings.Compare(string(a.code), string(b.code))
		})
		return p
	})
)

// maxSentence bounds the sentences that are read, in bytes.
const maxSentence = 4096

// Of reads a sentence; false if it is not one of this package.
func Of(text string) (Reason, bool) {
	if code, ok := known().plain[text]; ok {
		return Reason{Code: code}, true
	}
	if len(text) > maxSentence {
		return Reason{}, false
	}
	for _, p := range known().rest {
		if found := p.shape.FindStringSubmatch(text); found != nil {
			return Reason{p.code, found[1:]}, true
		}
	}
	return Reason{}, false
}

// Chinese returns a sentence in Chinese. One that is not of this package, such as the words of the
// service or those of a plugin, stays as it is.
func Chinese(text string) string {
	if r, ok := Of(text); ok {
		return r.Chinese()
	}
	return text
}

// deepest is how many reasons within reasons are read.
const deepest = 4

// Chinese returns the reason in Chinese. An argument that is a reason itself is read, too.
func (r Reason) Chinese() string { return r.chinese(deepest) }

func (r Reason) chinese(depth int) string {
	args := slices.Clone(r.Args)
	for i, a := range args {
		if inner, ok := Of(a); ok && depth > 0 {
			args[i] = inner.chinese(depth - 1)
		}
	}
	return fill(table()[r.Code].zh, args)
}

// Codes returns all codes in their order.
func Codes() []Code { return slices.Sorted(maps.Keys(table())) }

// Gaps returns how many arguments the sentence of a code has.
func (c Code) Gaps() int { return strings.Count(table()[c].en, "%s") }

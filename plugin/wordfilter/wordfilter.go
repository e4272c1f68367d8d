// Package wordfilter is a plugin that keeps the bot from saying words: it looks at all that goes
// out, whatever plugin sends it.
package wordfilter

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
)

// Config configures the plugin. In are the chats that a message goes to; what goes to the people in
// charge passes.
type Config struct {
	plugin.Scope

	Words       []string `yaml:"words" help:"Words that must not go out, or files (.txt) with a word in each line."`
	Patterns    []string `yaml:"patterns" help:"Regular expressions that must not match."`
	Then        string   `yaml:"then" default:"hold" enum:"hold,drop,replace" help:"What happens to the message."`
	Replacement string   `yaml:"replacement" default:"**" help:"What stands for a word, with replace."`
}

// What happens to a message.
const (
	drop    = "drop"
	replace = "replace"
)

// why is the reason of a verdict. It does not name the word.
func why() string { return reason.WordOfList.String() }

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("wordfilter", "Keeps the bot from saying words, whatever plugin sends them.", New).
		WithExample("wordfilter: {in: all, words: [内部价], then: hold}\n")
}

type filter struct {
	c        Config
	h        *bot.Handle
	words    []string
	patterns []*regexp.Regexp
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	f := &filter{c: c}
	words, err := plugin.ReadWords("words", c.Words)
	errs := []error{plugin.Require(map[string][]string{"in": c.In}), err}
	for _, word := range words {
		f.words = append(f.words, matching.Fold(word))
	}
	f.patterns, err = plugin.ReadPatterns("patterns", c.Patterns)
	errs = append(errs, err)
	if len(c.Words)+len(c.Patterns) == 0 {
		errs = append(errs, &plugin.FieldError{Field: "words", Err: errors.New("there are none, so the plugin would do nothing")})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("wordfilter", f), nil
}

func (f *filter) Setup(h *bot.Handle) error {
	f.h = h
	h.Gate(f.look)
	return nil
}

func (f *filter) Close() error { return nil }

// look is the gate.
func (f *filter) look(ctx context.Context, m outbox.Message) (v outbox.Verdict) {
	to := api.TargetOf(m.Send)
	if !f.h.On(ctx, api.AccountOf(m.Send), to) || slices.Contains(f.h.Owners(), to) {
		return v
	}
	instead, found := f.clean(m.Send)
	switch {
	case !found:
	case f.h.Dry():
		f.h.Logger().Info("dry run: a message would be stopped: " + why())
	case f.c.Then == drop:
		v.Drop = why()
	case f.c.Then == replace && instead != nil:
		v.Replace = instead
	default:
		v.Hold = why()
	}
	return v
}

// clean looks for words in a message. instead is the message without them; nil if that cannot be
// made.
func (f *filter) clean(m api.Send) (instead api.Send, found bool) {
	clean := func(texts ...*string) {
		for _, text := range texts {
			without, has := f.cleanText(*text)
			found = found || has
			*text = without
		}
	}
	switch m := m.(type) {
	case api.PostText:
		clean(&m.Content)
		return m, found
	case api.PostLink:
		clean(&m.Title, &m.Desc)
		return m, found
	case api.PostFile:
		clean(&m.FileName)
		return m, found
	case api.PostMiniApp:
		clean(&m.Title)
		return m, found
	case api.FinderPostDirectMessageRequest:
		clean(&m.Content)
		return m, found
	case api.FinderCommentRequest:
		clean(&m.Content)
		return m, found
	case api.PostAppMsg: // quotes, and all that is forwarded
		clean(&m.AppMsg)
	}
	return nil, found
}

// cleanText replaces the words in a text.
func (f *filter) cleanText(text string) (without string, found bool) {
	var marked []bool // the characters of words; nil as long as there are none
	mark := func(in string, from, to int) {
		if marked == nil {
			marked = make([]bool, utf8.RuneCountInString(text))
		}
		first := utf8.RuneCountInString(in[:from])
		for i := range utf8.RuneCountInString(in[from:to]) {
			marked[first+i] = true
		}
	}
	folded := matching.Fold(text) // has as many characters
	for _, word := range f.words {
		for at := 0; ; {
			i := strings.Index(folded[at:], word)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(word)
			if whole(folded, from, to) {
				mark(folded, from, to)
			}
			at = to
		}
	}
	for _, re := range f.patterns {
		for _, at := range re.FindAllStringIndex(text, -1) {
			mark(text, at[0], at[1])
		}
	}
	if marked == nil {
		return text, false
	}
	var b strings.Builder
	i := 0
	for _, r := range text {
		switch {
		case !marked[i]:
			b.WriteRune(r)
		case i == 0 || !marked[i-1]:
			b.WriteString(f.c.Replacement)
		}
		i++
	}
	return b.String(), true
}

// whole reports whether a word does not begin or end within another one of Latin letters: "ass" is
// not in "class".
func whole(text string, from, to int) bool {
	within := func(i int) bool { return i > 0 && i < len(text) && latin(text[i-1]) && latin(text[i]) }
	return !within(from) && !within(to)
}

func latin(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }

// Package rules is the bot without Go code: rules that answer and forward, as a configuration file
// writes them.
package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Rule is one rule: what it is about, what narrows it, and what it does. Rules are tried in order; the first
// that matches handles the message.
type Rule struct {
	// Name is unique; it shows up in logs and in `hongyan routes`.
	Name string
	// On is the kind of message: text, image, file, link, or any of the kinds of xmlmsg.
	On xmlmsg.Kind

	In      []string // conversations: ids of groups or friends
	From    []string // wxids of senders
	Private bool     // only private messages
	Group   bool     // only group messages
	AtMe    bool     // only messages that mention the account

	Keyword []string       // the text contains one of these
	Exact   []string       // the text is one of these
	Regexp  *regexp.Regexp // the text matches; named groups fill the placeholders of Reply

	Ext     []string // the file has one of these extensions
	MinSize int64    // the file has at least this many bytes; 0 means any
	MaxSize int64    // the file has at most this many bytes; 0 means any

	// Reply is a text to answer with: a template, see router.ParseTemplate.
	Reply string
	// Forward sends the message on.
	Forward Forward
}

// Forward says where a message goes.
type Forward struct {
	To      []string // ids of groups or friends
	Caption string   // a text sent before: a template, see router.ParseTemplate
	Title   string   // another title, or file name; empty leaves it
}

// Error is a mistake in a rule.
type Error struct {
	Index int    // of the rule, from 0
	Field string // as in the configuration file: "regexp", "forward.to" …
	Err   error
}

// Error names the field and the cause; the caller knows the file and the line.
func (e *Error) Error() string { return fmt.Sprintf("rules: %s: %v", e.Field, e.Err) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Check reports the first mistake in a list of rules, as an *Error.
func Check(rules []Rule) error {
	names := map[string]int{}
	for i, r := range rules {
		field, err := r.check()
		if err == nil {
			if first, taken := names[r.Name]; taken {
				field, err = "name", fmt.Errorf("%q is the name of rule %d, too", r.Name, first+1)
			}
		}
		if err != nil {
			return &Error{Index: i, Field: field, Err: err}
		}
		names[r.Name] = i
	}
	if err := checkCycles(rules); err != nil {
		return err
	}
	trial := router.New().LiveGroup() // finds the rules that can never run
	for i, r := range rules {
		if err := r.register(trial); err != nil {
			if j := covers(rules[:i], r); j >= 0 {
				err = fmt.Errorf("%q can never run: rule %d, %q, comes first and takes all of its messages; move it before that one", r.Name, j+1, rules[j].Name)
			}
			return &Error{Index: i, Field: "name", Err: err}
		}
	}
	return nil
}

// covers is the first of the rules that leaves another nothing, -1 if none of them alone does.
func covers(before []Rule, r Rule) int {
	return slices.IndexFunc(before, func(first Rule) bool {
		pair := router.New().LiveGroup()
		return first.register(pair) == nil && r.register(pair) != nil
	})
}

// kinds are what a rule can be about.
func kinds() []xmlmsg.Kind {
	return []xmlmsg.Kind{
		xmlmsg.KindText, xmlmsg.KindImage, xmlmsg.KindFile, xmlmsg.KindLink,
	}
}

func (r *Rule) check() (field string, err error) {
	isText, isFile := r.On == xmlmsg.KindText, r.On == xmlmsg.KindFile
	switch {
	case r.Name == "":
		return "name", errors.New("a rule needs a name")
	case !slices.Contains(kinds(), r.On):
		return "on", fmt.Errorf("%q is not one of %s", r.On, joinKinds(kinds()))
	case r.Reply == "" && len(r.Forward.To) == 0:
		return "reply", errors.New("the rule does nothing: give it a reply or a forward")
	case !isText && len(r.Keyword) > 0:
		return "keyword", errors.New("only rules on text have words")
	case !isText && len(r.Exact) > 0:
		return "exact", errors.New("only rules on text have words")
	case !isText && r.Regexp != nil:
		return "regexp", errors.New("only rules on text have words")
	case !isText && r.AtMe:
		return "at_me", errors.New("only texts mention somebody")
	case !isFile && len(r.Ext) > 0:
		return "ext", errors.New("only rules on file have extensions")
	case !isFile && r.MinSize != 0:
		return "min_size", errors.New("only rules on file have a size")
	case !isFile && r.MaxSize != 0:
		return "max_size", errors.New("only rules on file have a size")
	case r.MaxSize != 0 && r.MaxSize < r.MinSize:
		return "max_size", errors.New("it is below min_size: no file fits")
	case r.Private && r.Group:
		return "group", errors.New("a message is private or in a group, never both: leave both out for either")
	}
	for _, list := range []struct {
		field string
		words []string
	}{
		{"in", r.In}, {"from", r.From}, {"keyword", r.Keyword}, {"exact", r.Exact}, {"ext", r.Ext}, {"forward.to", r.Forward.To},
	} {
		if slices.ContainsFunc(list.words, func(w string) bool { return strings.TrimSpace(w) == "" }) {
			return list.field, errors.New("an entry is empty")
		}
	}
	if err := r.checkTemplate(r.Reply); err != nil {
		return "reply", err
	}
	if err := r.checkTemplate(r.Forward.Caption); err != nil {
		return "forward.caption", err
	}
	return "", nil
}

func (r *Rule) checkTemplate(text string) error {
	t, err := router.ParseTemplate(text)
	if err != nil {
		return err
	}
	return t.Check(r.captures()...)
}

// captures are the named groups of the expression.
func (r *Rule) captures() []string {
	var names []string
	if r.Regexp != nil {
		for _, n := range r.Regexp.SubexpNames() {
			if n != "" {
				names = append(names, n)
			}
		}
	}
	return names
}

func joinKinds(ks []xmlmsg.Kind) string {
	words := make([]string, len(ks))
	for i, k := range ks {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// matchers are what narrows the rule.
func (r *Rule) matchers() []match.Matcher {
	var ms []match.Matcher
	lists := []struct {
		words []string
		make  func(...string) match.Matcher
	}{
		{r.In, match.In}, {r.From, match.From}, {r.Keyword, match.Keyword}, {r.Exact, match.Exact}, {r.Ext, match.Ext},
	}
	for _, l := range lists {
		if len(l.words) > 0 {
			ms = append(ms, l.make(l.words...))
		}
	}
	if r.Regexp != nil {
		ms = append(ms, match.Pattern(r.Regexp))
	}
	if r.Private {
		ms = append(ms, match.Private())
	}
	if r.Group {
		ms = append(ms, match.Group())
	}
	if r.AtMe {
		ms = append(ms, match.AtMe())
	}
	if r.MinSize > 0 {
		ms = append(ms, match.MinSize(r.MinSize))
	}
	if r.MaxSize > 0 {
		ms = append(ms, match.MaxSize(r.MaxSize))
	}
	return ms
}

// New makes a plugin of rules. It reports the mistakes that Check reports.
func New(rules []Rule) (bot.Plugin, error) {
	if err := Check(rules); err != nil {
		return nil, err
	}
	return plugin(slices.Clone(rules)), nil
}

type plugin []Rule

func (plugin) Name() string { return "rules" }

func (plugin) Close() error { return nil }

func (p plugin) Setup(h *bot.Handle) error {
	for _, r := range p {
		if err := r.register(h.Group); err != nil {
			return err
		}
	}
	return nil
}

// register adds the rule's route. The router panics if it can never run, which is a mistake of the rule here.
func (r Rule) register(g *router.Group) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	handler, err := r.handler()
	if err != nil {
		return err
	}
	g.Kind(r.On, handler, r.matchers()...).Named(r.Name)
	return nil
}

// handler does what the rule says. What was sent before a failure stays sent.
func (r Rule) handler() (router.Handler, error) {
	reply, err := router.ParseTemplate(r.Reply)
	if err != nil {
		return nil, err
	}
	var options []router.ForwardOption
	if r.Forward.Caption != "" {
		options = append(options, router.Caption(r.Forward.Caption))
	}
	if r.Forward.Title != "" {
		options = append(options, router.Retitle(r.Forward.Title))
	}
	return func(c *router.Context) error {
		if r.Reply != "" {
			text, err := reply.Render(c)
			if err != nil {
				return err
			}
			if err := c.Reply(text); err != nil {
				return err
			}
		}
		for _, to := range r.Forward.To {
			if err := c.Forward(to, options...); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// Package rules is the bot without Go code: rules that answer and forward, as a configuration file
// writes them.
package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Rule is one rule: what it is about, what narrows it, and what it does. Rules are tried in order; the first
// that matches handles the message.
type Rule struct {
	// Name is unique; it shows up in logs and in `hongyan routes`.
	Name string
	// On is the kind of message: text, image, file, link, or any other of xmlmsg.Kinds. Texts include answers
	// that quote a message; a rule on quote gets these first.
	On xmlmsg.Kind

	In      []string // conversations: ids of groups or friends
	From    []string // wxids of senders
	Private bool     // only private messages
	Group   bool     // only group messages
	AtMe    bool     // only messages that mention the account

	// What was said, see match.Subject.Said: without mentions of the account.
	Keyword       []string       // it contains one of these words, see match.Keyword
	ExactSpelling bool           // the words of Keyword count in this spelling only, see match.KeywordExact
	Exact         []string       // it is one of these
	Regexp        *regexp.Regexp // it matches; named groups fill the placeholders of Reply

	Ext     []string // the file has one of these extensions
	MinSize int64    // the file has at least this many bytes; 0 means any
	MaxSize int64    // the file has at most this many bytes; 0 means any

	// MaxAge is how old a message may be. 0 means what the bot says (bot.Config.MaxAge), less than 0 any age.
	MaxAge time.Duration

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

// Check reports the mistakes in a list of rules: each is an *Error, and several are joined.
func Check(rules []Rule) error {
	var all []error
	for _, e := range Mistakes(rules) {
		all = append(all, e)
	}
	return errors.Join(all...)
}

// Mistakes are the mistakes in a list of rules, in their order. Whether the rules hide each other is
// judged only when each is in order by itself.
func Mistakes(rules []Rule) []*Error {
	var all []*Error
	names := map[string]int{}
	for i, r := range rules {
		all = append(all, r.check(i)...)
		if first, taken := names[r.Name]; taken && r.Name != "" {
			all = append(all, &Error{i, "name", fmt.Errorf("%q is the name of rule %d, too", r.Name, first+1)})
		} else {
			names[r.Name] = i
		}
	}
	if len(all) > 0 {
		return all
	}
	if all = cycles(rules); len(all) > 0 {
		return all
	}
	trial, at := router.New().LiveGroup(), map[string]int{} // finds the rules that can never run
	for i, r := range rules {
		first, hidden, err := r.try(trial)
		switch {
		case err != nil:
			all = append(all, &Error{i, "name", err})
		case hidden:
			j := at[first]
			all = append(all, &Error{i, "name", fmt.Errorf(
				"%q can never run: rule %d, %q, comes first and takes all of its messages; move it before that one", r.Name, j+1, rules[j].Name)})
		default:
			at[r.Name] = i
		}
	}
	return all
}

// try adds a route like that of the rule, unless another one hides it: the rule that is called first.
func (r *Rule) try(g *router.Group) (first string, hidden bool, err error) {
	defer refused(&err)
	ms := r.matchers()
	by, hidden := g.HiddenBy(r.On, ms...)
	if !hidden {
		g.Kind(r.On, func(*router.Context) error { return nil }, ms...).Named(r.Name)
	}
	return by.Name, hidden, nil
}

// forwardable tells whether messages of a kind can be sent on. What router.Context.Forward refuses is not.
func forwardable(kind xmlmsg.Kind) bool {
	switch kind {
	case xmlmsg.KindVoice, xmlmsg.KindCard, xmlmsg.KindFriendRequest, xmlmsg.KindVoIP, xmlmsg.KindStatusSync, xmlmsg.KindGroupInvite,
		xmlmsg.KindFileNotice, xmlmsg.KindTransfer, xmlmsg.KindRedPacket, xmlmsg.KindGroupCollect, xmlmsg.KindAnnouncement, xmlmsg.KindPat,
		xmlmsg.KindSystem, xmlmsg.KindRevoke, xmlmsg.KindTodo, xmlmsg.KindTopMessage, xmlmsg.KindJoinRequest, xmlmsg.KindSysMsg, xmlmsg.KindRaw:
		return false
	default:
		return true
	}
}

// check reports the mistakes of one rule, whose index is i.
func (r *Rule) check(i int) (all []*Error) {
	isText, isFile := r.On == xmlmsg.KindText || r.On == xmlmsg.KindQuote, r.On == xmlmsg.KindFile
	wrong := func(is bool, field, message string) {
		if is {
			all = append(all, &Error{i, field, errors.New(message)})
		}
	}
	wrong(r.Name == "", "name", "a rule needs a name")
	if !slices.Contains(xmlmsg.Kinds(), r.On) {
		var words []string
		for _, k := range xmlmsg.Kinds() {
			words = append(words, string(k))
		}
		wrong(true, "on", fmt.Sprintf("%q is not one of text, image, file, link and the other messages of docs/messages.md%s", r.On, suggest.Hint(string(r.On), words)))
		return all
	}
	wrong(r.Reply == "" && len(r.Forward.To) == 0, "reply", "the rule does nothing: give it a reply or a forward")
	wrong(!isText && len(r.Keyword) > 0, "keyword", "only rules on text have words")
	wrong(!isText && len(r.Exact) > 0, "exact", "only rules on text have words")
	wrong(!isText && r.Regexp != nil, "regexp", "only rules on text have words")
	wrong(len(r.Keyword) == 0 && r.ExactSpelling, "exact_spelling", "it is about the words of keyword, and there are none")
	wrong(!isText && r.AtMe, "at_me", "only texts mention somebody")
	wrong(len(r.Forward.To) > 0 && !forwardable(r.On), "forward.to", fmt.Sprintf("the service cannot forward %s messages", r.On))
	wrong(!isFile && len(r.Ext) > 0, "ext", "only rules on file have extensions")
	wrong(!isFile && r.MinSize != 0, "min_size", "only rules on file have a size")
	wrong(!isFile && r.MaxSize != 0, "max_size", "only rules on file have a size")
	wrong(r.MaxSize != 0 && r.MaxSize < r.MinSize, "max_size", "it is below min_size: no file fits")
	wrong(r.Private && r.Group, "group", "a message is private or in a group, never both: leave both out for either")
	for _, list := range []struct {
		field string
		words []string
		ids   bool
	}{
		{"in", r.In, true}, {"from", r.From, true}, {"keyword", r.Keyword, false}, {"exact", r.Exact, false}, {"ext", r.Ext, false},
		{"forward.to", r.Forward.To, true},
	} {
		for _, w := range list.words {
			wrong(strings.TrimSpace(w) == "", list.field, "an entry is empty")
			wrong(list.ids && strings.TrimSpace(w) != "" && !wxid.Valid(w), list.field,
				fmt.Sprintf("%q is a name, not an id: hongyan groups and hongyan contacts list the ids", w))
		}
	}
	for _, t := range []struct{ field, text string }{{"reply", r.Reply}, {"forward.caption", r.Forward.Caption}} {
		if err := r.checkTemplate(t.text); err != nil {
			all = append(all, &Error{i, t.field, err})
		}
	}
	return all
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

// matchers are what narrows the rule.
func (r *Rule) matchers() []match.Matcher {
	var ms []match.Matcher
	keyword := match.Keyword
	if r.ExactSpelling {
		keyword = match.KeywordExact
	}
	lists := []struct {
		words []string
		make  func(...string) match.Matcher
	}{
		{r.In, match.In}, {r.From, match.From}, {r.Keyword, keyword}, {r.Exact, match.Exact}, {r.Ext, match.Ext},
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
	defer refused(&err)
	handler, err := r.handler()
	if err != nil {
		return err
	}
	route := g.Kind(r.On, handler, r.matchers()...).Named(r.Name)
	if r.MaxAge != 0 {
		route.MaxAge(r.MaxAge)
	}
	return nil
}

// refused makes an error of a panic of the router or of a matcher.
func refused(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("%v", v)
	}
}

// handler does what the rule says, all of it: an answer that failed, or a target that refused, keeps nothing else back. What was sent stays sent.
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
		var replyErr, forwardErr error
		if r.Reply != "" {
			var text string
			if text, replyErr = reply.Render(c); replyErr == nil {
				replyErr = c.Reply(text)
			}
		}
		if len(r.Forward.To) > 0 {
			forwardErr = c.ForwardAll(r.Forward.To, options...)
		}
		return router.Each(replyErr, forwardErr)
	}, nil
}

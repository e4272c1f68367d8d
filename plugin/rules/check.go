package rules

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Check reports the mistakes in a list of rules: each is an *Error, and several are joined.
func Check(rules []Rule) error {
	var all []error
	for _, e := range Mistakes(rules) {
		all = append(all, e)
	}
	return errors.Join(all...)
}

// Mistakes returns the mistakes in a list of rules, in their order. Forwards in a circle are looked
// for only when each rule is correct by itself, and rules that can never run only when there are
// none.
func Mistakes(rules []Rule) []*Error {
	var all []*Error
	names := map[string]int{}
	for i, r := range rules {
		all = append(all, r.check(i)...)
		if first, taken := names[r.Name]; taken && r.Name != "" {
			all = append(all, &Error{i, "name", phrase.Errorf("%q is the name of rule %d, too: give one another name", r.Name, first+1)})
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
	return hidden(rules)
}

// Cautions returns what is no mistake, but hardly meant: words of one character that a rule looks
// for anywhere in a text, where they are parts of other words and of names.
func Cautions(rules []Rule) (all []*Error) {
	for i, r := range rules {
		for _, w := range r.Keyword {
			if !r.Disabled && !r.AtMe && utf8.RuneCountInString(strings.TrimSpace(w)) == 1 {
				all = append(all, &Error{i, "keyword", phrase.Errorf("%q is in many other words and in names: "+
					"write it in exact or in starts, or a longer word", w)})
			}
		}
	}
	return all
}

// hidden finds the rules that can never run, since those before them handle all of their messages.
func hidden(rules []Rule) (all []*Error) {
	trial, at := router.New().LiveGroup(), map[string]int{}
	for i := range rules {
		r := &rules[i]
		if r.Disabled {
			continue
		}
		at[r.Name] = i
		for _, kind := range r.On {
			first, isHidden, err := r.try(trial, kind)
			switch j := at[first]; {
			case err != nil:
				all = append(all, &Error{i, "name", err})
			case isHidden && len(r.On) > 1:
				all = append(all, &Error{i, "on", phrase.Errorf("%q can never get %s: rule %d, %q, comes first and takes all of them",
					r.Name, kind, j+1, rules[j].Name)})
			case isHidden:
				all = append(all, &Error{i, "name", phrase.Errorf("%q can never run: rule %d, %q, comes first and takes all of its "+
					"messages; move it before that one",
					r.Name, j+1, rules[j].Name)})
			}
		}
	}
	return all
}

// try adds a route like that of the rule, unless another one hides it: the rule whose name is
// first.
func (r *Rule) try(g *router.Group, kind xmlmsg.Kind) (first string, hidden bool, err error) {
	defer refused(&err)
	ms, err := r.matchers(kind, nil, time.UTC)
	if err != nil {
		return "", false, err
	}
	by, hidden := g.HiddenBy(kind, ms...)
	if !hidden {
		route := g.Kind(kind, func(*router.Context) error { return nil }, ms...).Named(r.Name)
		if r.Continue {
			route.Passes()
		}
	}
	return by.Name, hidden, nil
}

// checker collects the mistakes of one rule.
type checker struct {
	index int
	all   []*Error
}

func (c *checker) add(field string, err error) { c.all = append(c.all, &Error{c.index, field, err}) }

// wrong adds a mistake if there is one.
func (c *checker) wrong(is bool, field, format string, args ...any) {
	if is {
		c.add(field, phrase.Errorf(format, args...))
	}
}

// check reports the mistakes of one rule, whose index is i. A rule whose kind is unknown is not
// checked further.
func (r *Rule) check(i int) []*Error {
	c := &checker{index: i}
	c.wrong(r.Name == "", "name", "a rule needs a name")
	if r.checkKinds(c) {
		r.checkText(c)
		r.checkFile(c)
		r.checkActions(c)
	}
	c.wrong(r.Private && r.Group, "group", "a message is private or in a group, never both: leave both out for either")
	c.wrong(r.Stop && r.Continue, "stop", "it is the opposite of continue: leave one of them out")
	c.wrong(r.Probability < 0 || r.Probability > 1, "probability", "it is between 0 and 1: 0.2 is every fifth message")
	r.checkCooldown(c)
	r.checkLists(c)
	if r.If != "" {
		if _, err := compile(r.If, time.UTC); err != nil {
			c.add("if", err)
		}
	}
	if r.Hours.From != r.Hours.To {
		if _, err := r.Hours.Hours(); err != nil {
			c.add("hours", err)
		}
	}
	for _, t := range r.templates() {
		r.checkTemplate(c, t.field, t.text)
	}
	return c.all
}

// checkKinds reports whether all kinds are known: otherwise it is not known which conditions the
// rule may have.
func (r *Rule) checkKinds(c *checker) bool {
	known := true
	c.wrong(len(r.On) == 0, "on", "it is missing: write text, image, file, link, or another of the messages of docs/en/messages.md")
	for i, kind := range r.On {
		if !slices.Contains(xmlmsg.Kinds(), kind) {
			known = false
			c.add("on", unknownKind(kind))
		}
		c.wrong(slices.Contains(r.On[:i], kind), "on", "%q is there twice", kind)
	}
	return known && len(r.On) > 0
}

// only reports whether all kinds of the rule are among these.
func (r *Rule) only(kinds ...xmlmsg.Kind) bool {
	return !slices.ContainsFunc(r.On, func(k xmlmsg.Kind) bool { return !slices.Contains(kinds, k) })
}

func (r *Rule) checkCooldown(c *checker) {
	c.oneOf("cooldown.per", r.Cooldown.Per, "chat", "sender", "account")
	c.wrong(r.Cooldown.For < 0, "cooldown.for", "it is less than nothing")
	c.wrong(r.Cooldown.For == 0 && r.Cooldown.Per != "", "cooldown.for", "it is missing: write how long, such as 30s")
}

// oneOf adds a mistake if a value is neither empty nor one of those that are possible.
func (c *checker) oneOf(field, value string, first string, more ...string) {
	if value == "" || value == first || slices.Contains(more, value) {
		return
	}
	possible := append([]string{first}, more...)
	c.add(field, phrase.Errorf("%q is not %s%s", value, strings.Join(possible, " or "), suggest.Hint(value, possible)))
}

func unknownKind(kind xmlmsg.Kind) error {
	var words []string
	for _, k := range xmlmsg.Kinds() {
		words = append(words, string(k))
	}
	return phrase.Errorf("%q is not one of text, image, file, link and the other messages of docs/en/messages.md%s",
		kind, suggest.Hint(string(kind), words))
}

// checkText checks what only rules on texts have.
func (r *Rule) checkText(c *checker) {
	other := !r.only(xmlmsg.KindText, xmlmsg.KindQuote)
	c.wrong(other && len(r.Keyword) > 0, "keyword", "only rules on text have words")
	c.wrong(other && len(r.Exact) > 0, "exact", "only rules on text have words")
	c.wrong(other && len(r.Starts) > 0, "starts", "only rules on text have words")
	c.wrong(other && len(r.Not) > 0, "not", "only rules on text have words")
	c.wrong(other && r.Regexp != nil, "regexp", "only rules on text have words")
	c.wrong(r.Regexp != nil && r.Regexp.String() == "", "regexp", "it is empty, and would match every text: leave the key out for all")
	c.wrong(len(r.Keyword) == 0 && r.ExactSpelling, "exact_spelling", "it is about the words of keyword, and there are none")
	c.wrong(other && r.AtMe, "at_me", "only texts mention people")
}

// checkFile checks what only rules on files have.
func (r *Rule) checkFile(c *checker) {
	other := !r.only(xmlmsg.KindFile)
	c.wrong(other && len(r.Ext) > 0, "ext", "only rules on file have extensions")
	c.wrong(other && r.MinSize != 0, "min_size", "only rules on file have a size")
	c.wrong(other && r.MaxSize != 0, "max_size", "only rules on file have a size")
	c.wrong(r.MaxSize != 0 && r.MaxSize < r.MinSize, "max_size", "it is below min_size: no file fits")
}

// The words that lists of chats and people may have, each between blanks.
const (
	chatWords   = " all private groups "
	ownerWords  = " owner owners "
	peopleWords = " all admins owner owners "
)

// checkLists finds lists and entries that are empty, and names where ids belong.
func (r *Rule) checkLists(c *checker) {
	for _, list := range [...]struct {
		field string
		words []string
		ids   bool
		known string // words that are not ids
	}{
		{"account", r.Account, false, ""}, {"in", r.In, true, chatWords}, {"not_in", r.NotIn, true, chatWords},
		{"from", r.From, true, peopleWords}, {"not_from", r.NotFrom, true, peopleWords},
		{"keyword", r.Keyword, false, ""}, {"not", r.Not, false, ""}, {"starts", r.Starts, false, ""}, {"exact", r.Exact, false, ""},
		{"ext", r.Ext, false, ""}, {"forward.to", r.Forward.To, true, ""}, {"notify", r.Notify, true, ownerWords},
	} {
		c.wrong(list.words != nil && len(list.words) == 0, list.field, "an empty list matches nothing: leave the key out for all")
		for _, w := range list.words {
			empty := strings.TrimSpace(w) == ""
			c.wrong(empty, list.field, "an entry is empty")
			if list.ids && !empty && !strings.Contains(list.known, " "+w+" ") {
				c.id(list.field, w)
			}
		}
	}
}

// id adds a mistake if a text cannot be an id.
func (c *checker) id(field, w string) {
	c.wrong(!wxid.Valid(w), field, "%q is a name, not an id: hongyan groups and hongyan contacts list the ids", w)
}

func (r *Rule) checkTemplate(c *checker, field, text string) {
	t, err := router.ParseTemplate(text)
	if err == nil {
		err = t.Check(r.captures()...)
	}
	if err != nil {
		c.add(field, err)
	}
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

// forwardable reports whether router.Context.Forward accepts messages of a kind.
func forwardable(kind xmlmsg.Kind) bool {
	switch kind {
	case xmlmsg.KindVoice, xmlmsg.KindCard, xmlmsg.KindFriendRequest, xmlmsg.KindVoIP, xmlmsg.KindStatusSync,
		xmlmsg.KindGroupInvite, xmlmsg.KindFileNotice, xmlmsg.KindTransfer, xmlmsg.KindRedPacket, xmlmsg.KindGroupCollect,
		xmlmsg.KindAnnouncement, xmlmsg.KindPat, xmlmsg.KindSystem, xmlmsg.KindRevoke, xmlmsg.KindTodo,
		xmlmsg.KindTopMessage, xmlmsg.KindJoinRequest, xmlmsg.KindSysMsg, xmlmsg.KindRaw:
		return false
	default:
		return true
	}
}

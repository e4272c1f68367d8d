package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

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
	return hidden(rules)
}

// hidden finds the rules that can never run, since those before them handle all of their messages.
func hidden(rules []Rule) (all []*Error) {
	trial, at := router.New().LiveGroup(), map[string]int{}
	for i, r := range rules {
		first, isHidden, err := r.try(trial)
		switch {
		case err != nil:
			all = append(all, &Error{i, "name", err})
		case isHidden:
			j := at[first]
			all = append(all, &Error{i, "name", fmt.Errorf(
				"%q can never run: rule %d, %q, comes first and takes all of its messages; move it before that one",
				r.Name, j+1, rules[j].Name)})
		default:
			at[r.Name] = i
		}
	}
	return all
}

// checker collects the mistakes of one rule.
type checker struct {
	index int
	all   []*Error
}

func (c *checker) add(field string, err error) { c.all = append(c.all, &Error{c.index, field, err}) }

// wrong adds a mistake if there is one.
func (c *checker) wrong(is bool, field, message string) {
	if is {
		c.add(field, errors.New(message))
	}
}

// check reports the mistakes of one rule, whose index is i. A rule whose kind is unknown is not
// checked further.
func (r *Rule) check(i int) []*Error {
	c := &checker{index: i}
	c.wrong(r.Name == "", "name", "a rule needs a name")
	if slices.Contains(xmlmsg.Kinds(), r.On) {
		r.checkText(c)
		c.wrong(len(r.Forward.To) > 0 && !forwardable(r.On), "forward.to", fmt.Sprintf("the service cannot forward %s messages", r.On))
		r.checkFile(c)
	} else { // which conditions it may have is not known
		c.add("on", unknownKind(r.On))
	}
	c.wrong(r.Reply == "" && len(r.Forward.To) == 0, "reply", "the rule does nothing: give it a reply or a forward")
	c.wrong(r.Private && r.Group, "group", "a message is private or in a group, never both: leave both out for either")
	r.checkLists(c)
	r.checkTemplate(c, "reply", r.Reply)
	r.checkTemplate(c, "forward.caption", r.Forward.Caption)
	return c.all
}

func unknownKind(kind xmlmsg.Kind) error {
	var words []string
	for _, k := range xmlmsg.Kinds() {
		words = append(words, string(k))
	}
	return fmt.Errorf("%q is not one of text, image, file, link and the other messages of docs/messages.md%s",
		kind, suggest.Hint(string(kind), words))
}

// checkText checks what only rules on texts have.
func (r *Rule) checkText(c *checker) {
	other := r.On != xmlmsg.KindText && r.On != xmlmsg.KindQuote
	c.wrong(other && len(r.Keyword) > 0, "keyword", "only rules on text have words")
	c.wrong(other && len(r.Exact) > 0, "exact", "only rules on text have words")
	c.wrong(other && r.Regexp != nil, "regexp", "only rules on text have words")
	c.wrong(len(r.Keyword) == 0 && r.ExactSpelling, "exact_spelling", "it is about the words of keyword, and there are none")
	c.wrong(other && r.AtMe, "at_me", "only texts mention people")
}

// checkFile checks what only rules on files have.
func (r *Rule) checkFile(c *checker) {
	other := r.On != xmlmsg.KindFile
	c.wrong(other && len(r.Ext) > 0, "ext", "only rules on file have extensions")
	c.wrong(other && r.MinSize != 0, "min_size", "only rules on file have a size")
	c.wrong(other && r.MaxSize != 0, "max_size", "only rules on file have a size")
	c.wrong(r.MaxSize != 0 && r.MaxSize < r.MinSize, "max_size", "it is below min_size: no file fits")
}

// checkLists finds empty entries, and names where ids belong.
func (r *Rule) checkLists(c *checker) {
	for _, list := range []struct {
		field string
		words []string
		ids   bool
	}{
		{"in", r.In, true}, {"from", r.From, true}, {"keyword", r.Keyword, false}, {"exact", r.Exact, false}, {"ext", r.Ext, false},
		{"forward.to", r.Forward.To, true},
	} {
		for _, w := range list.words {
			empty := strings.TrimSpace(w) == ""
			c.wrong(empty, list.field, "an entry is empty")
			c.wrong(list.ids && !empty && !wxid.Valid(w), list.field,
				fmt.Sprintf("%q is a name, not an id: hongyan groups and hongyan contacts list the ids", w))
		}
	}
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

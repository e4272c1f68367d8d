package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The words that stand in lists of chats and people.
const (
	wordAll     = "all"
	wordPrivate = "private"
	wordGroups  = "groups"
	wordOwners  = "owners"
	wordOwner   = "owner"
	wordAdmins  = "admins"
)

// matchers are the conditions of the rule for one of its kinds, those that are quick to tell first.
// owners are the people in charge, and zone is that of the times in an expression.
func (r *Rule) matchers(kind xmlmsg.Kind, owners []string, zone *time.Location) ([]match.Matcher, error) {
	var ms []match.Matcher
	people := func(list ...string) match.Matcher { return people(owners, list) }
	if r.Watch {
		ms = append(ms, router.Watch())
	}
	keyword := match.Keyword
	if r.ExactSpelling {
		keyword = match.KeywordExact
	}
	lists := []struct {
		words []string
		make  func(...string) match.Matcher
	}{
		{r.Account, match.Account}, {r.In, chats}, {r.NotIn, not(chats)}, {r.From, people}, {r.NotFrom, not(people)},
		{r.Keyword, keyword}, {r.Exact, match.Exact}, {r.Starts, match.Prefix}, {r.Not, not(match.Keyword)}, {r.Ext, match.Ext},
	}
	for _, l := range lists {
		if len(l.words) == 0 {
			continue
		}
		if m := l.make(l.words...); m != nil {
			ms = append(ms, m)
		}
	}
	if r.Regexp != nil {
		ms = append(ms, match.Pattern(r.Regexp))
	}
	if kind == xmlmsg.KindText && slices.Contains(r.On, xmlmsg.KindQuote) { // an answer that quotes is both
		ms = append(ms, match.Not(match.Kind(xmlmsg.KindQuote)))
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
	return r.costly(ms, zone)
}

// costly adds the conditions that take more time than others, or cannot be compared with those of
// other rules.
func (r *Rule) costly(ms []match.Matcher, zone *time.Location) ([]match.Matcher, error) {
	if r.Hours.From != r.Hours.To {
		hours, err := r.Hours.Hours()
		if err != nil {
			return nil, err
		}
		ms = append(ms, match.Func("Hours("+r.Hours.String()+")", func(s *match.Subject) bool {
			return s.Event.Time.IsZero() || hours.Contains(s.Event.Time)
		}))
	}
	if r.If != "" {
		program, err := compile(r.If, zone)
		if err != nil {
			return nil, err
		}
		ms = append(ms, match.Func("If("+r.If+")", program.holds))
	}
	if r.Probability > 0 && r.Probability < 1 {
		ms = append(ms, match.Func(fmt.Sprintf("Probability(%v)", r.Probability), func(s *match.Subject) bool {
			return drawn(s.Event, r.Name, "probability") < r.Probability
		}))
	}
	return ms, nil
}

// not turns a list of what matches into one of what does not.
func not(list func(...string) match.Matcher) func(...string) match.Matcher {
	return func(words ...string) match.Matcher {
		if m := list(words...); m != nil {
			return match.Not(m)
		}
		return match.Not(match.Func("All()", func(*match.Subject) bool { return true }))
	}
}

// chats matches what is said in chats; nil means everywhere.
func chats(list ...string) match.Matcher {
	return oneOf(list, match.In, map[string]match.Matcher{wordPrivate: match.Private(), wordGroups: match.Group()})
}

// people matches what people say; nil means everybody.
func people(owners, list []string) match.Matcher {
	owner := match.Func("Owners()", func(s *match.Subject) bool { return slices.Contains(owners, s.Event.Sender) })
	return oneOf(list, match.From, map[string]match.Matcher{wordOwners: owner, wordOwner: owner, wordAdmins: match.Admin()})
}

// oneOf matches ids and words; nil if all is among them.
func oneOf(list []string, ids func(...string) match.Matcher, words map[string]match.Matcher) match.Matcher {
	var all []match.Matcher
	var named []string
	for _, entry := range list {
		switch m, isWord := words[entry]; {
		case entry == wordAll:
			return nil
		case isWord:
			all = append(all, m)
		default:
			named = append(named, entry)
		}
	}
	if len(named) > 0 {
		all = append([]match.Matcher{ids(named...)}, all...)
	}
	if len(all) == 1 {
		return all[0]
	}
	return match.Or(all...)
}

// drawn is a number from 0 to 1, below 1, that looks random, and is the same for the same event: a
// handler that runs again must do the same.
func drawn(e *callback.Event, rule, what string) float64 {
	id := e.Key()
	if id == "" {
		id = string(e.Body)
	}
	sum := sha256.Sum256([]byte(id + "\x00" + rule + "\x00" + what))
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

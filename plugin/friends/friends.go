// Package friends is a plugin that accepts friend requests by a password, greets the new friends
// and invites them to a group.
package friends

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin. It works in private chats unless In says otherwise.
type Config struct {
	plugin.Scope
	Rule

	Accept      []Rule           `yaml:"accept" help:"Several passwords, each with what follows."`
	Wait        outbox.Range     `yaml:"wait" default:"20s-90s" help:"How long it waits before it accepts, drawn at random."`
	Limit       Caps             `yaml:"limit" was:"caps" help:"How many requests are accepted at most: [3/10m, 20/24h], up to 30/24h."`
	Full        int              `yaml:"group_full" default:"180" help:"From how many members on a group is full: the next one is taken."`
	AlreadyIn   string           `yaml:"already_in" help:"What somebody is told who is in one of the groups already."`
	Arrived     time.Duration    `yaml:"arrived,off" default:"24h" help:"When notify is told who was invited, and is not in the group."`
	Others      string           `yaml:"others" also:"else" default:"ask_owner" enum:"ask_owner,ignore" help:"What about other requests."`
	Invitations GroupInvitations `yaml:"group_invitations" help:"Invitations of the account to groups."`
}

// Rule is what happens to a request with a password.
type Rule struct {
	Password []string  `yaml:"password" help:"Words, one of which the request must have. None accepts nobody."`
	Match    string    `yaml:"match" enum:"contains,exact" help:"How: contains (the default), or exact, the whole text."`
	Until    time.Time `yaml:"until,date" help:"The last day on which the password is good."`
	Greet    []string  `yaml:"greet" help:"What the new friend is told, a message each: {{.Name}} and {{.Date}} are known."`
	Invite   []string  `yaml:"invite" of:"chats" help:"Groups, by id or name; the first that is not full is taken."`
	Remark   string    `yaml:"remark" help:"The remark that the friend gets: {{.Name}} and {{.Date}} are known."`
	Label    string    `yaml:"label" help:"The label that the friend gets; it is made if there is none."`
}

// Caps bound how many requests are accepted. Many at once are what accounts are banned for.
type Caps struct {
	Per10m int `yaml:"per_10m" default:"3" help:"In ten minutes, from 1 to 3."`
	PerDay int `yaml:"per_day" default:"20" help:"In 24 hours, from 1 to 30."`
}

// UnmarshalShortList reads them as limits: 3/10m, 30/24h.
func (c *Caps) UnmarshalShortList(limits []string) error {
	for _, text := range limits {
		var l plugin.Limit
		if err := l.UnmarshalText([]byte(text)); err != nil {
			return err
		}
		switch l.Per {
		case cooling:
			c.Per10m = l.Most
		case window:
			c.PerDay = l.Most
		default:
			return phrase.Errorf("%q is for another time: write 3/10m, or 30/24h", text)
		}
	}
	return nil
}

// GroupInvitations are the invitations that the account accepts.
type GroupInvitations struct {
	From []string `yaml:"accept_from" of:"people" help:"Whose invitations are accepted: wxids, unique names, owners. None if it is absent."`
}

// The most that Caps allow.
const (
	most10m = 3
	mostDay = 30
)

// patience is how long a question to the person in charge waits for an answer.
const patience = 72 * time.Hour

// exact is the value of match by which a request must have the password and nothing else.
const exact = "exact"

// askOwner is the value of others that asks the person in charge.
const askOwner = "ask_owner"

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("friends", "Accepts friend requests by a password, greets, and invites to a group.", New).
		WithExample("friends: {password: [进群123], invite: 产品1群}\n")
}

type friends struct {
	c     Config
	h     *bot.Handle
	rules []Rule
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if len(c.In) == 0 {
		c.In = []string{plugin.Private}
	}
	f := &friends{c: c}
	var errs []error
	mistake := func(field, text string) { errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New(text)}) }
	if len(c.Password) > 0 {
		f.rules = append(f.rules, c.Rule)
		errs = append(errs, c.check("")...)
	}
	for i, r := range c.Accept {
		field := "accept[" + strconv.Itoa(i) + "]."
		if len(r.Password) == 0 {
			mistake(field+"password", "it is missing, so the entry would accept nobody")
		}
		errs = append(errs, r.check(field)...)
		f.rules = append(f.rules, r)
	}
	if len(f.rules) == 0 && c.Others != askOwner && len(c.Invitations.From) == 0 {
		mistake("password", "there is none, so the plugin would do nothing")
	}
	if c.Limit.Per10m < 1 || c.Limit.Per10m > most10m {
		mistake("limit.per_10m", "it is not from 1 to 3: accounts that accept more are banned")
	}
	if c.Limit.PerDay < 1 || c.Limit.PerDay > mostDay {
		mistake("limit.per_day", "it is not from 1 to 30: accounts that accept more are banned")
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("friends", f), nil
}

// check finds the mistakes in a rule.
func (r *Rule) check(field string) (errs []error) {
	for i, word := range r.Password {
		if strings.TrimSpace(word) == "" {
			errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf("%spassword[%d]", field, i), Err: errors.New("it is empty")})
		}
	}
	if r.Match != "" && r.Match != "contains" && r.Match != exact {
		errs = append(errs, &plugin.FieldError{Field: field + "match", Err: phrase.Errorf("%q is not possible: write contains or exact",
			r.Match)})
	}
	for i, text := range r.Greet {
		_, err := plugin.ParseText(fmt.Sprintf("%sgreet[%d]", field, i), text, "Name", "Date")
		errs = append(errs, err)
	}
	_, err := plugin.ParseText(field+"remark", r.Remark, "Name", "Date")
	return append(errs, err)
}

func (f *friends) Setup(h *bot.Handle) error {
	f.h = h
	h.FriendRequest(f.asked).Named(h.Name() + "/asked")
	h.Task("accept", f.accept, bot.RetryFor(time.Hour))
	h.Task("welcome", f.welcome, bot.RetryFor(time.Hour))
	h.Task("arrived", f.arrived, bot.RetryFor(time.Hour))
	h.Task("absent", f.absent, bot.RetryFor(time.Hour))
	if len(f.c.Invitations.From) > 0 {
		h.GroupInvite(f.invited, match.Private()).Named(h.Name() + "/invited").Passes()
		h.Task("join", f.join, bot.RetryFor(time.Hour))
	}
	return nil
}

func (f *friends) Close() error { return nil }

// plan is what happens to a request.
type plan struct {
	Rule Rule          // what follows; empty for a request without a password
	Ask  string        // the question to the person in charge; empty if there is none
	Wait time.Duration // until it is accepted; 0 if it is not yet known
}

// asked accepts a request, or asks the person in charge.
func (f *friends) asked(c *router.Context, r *xmlmsg.FriendRequest) error {
	p, err := router.Remember(c, "plan", func() (plan, error) { return f.plan(c, r) })
	if err != nil {
		return err
	}
	if p.Ask != "" {
		yes, err := c.AskOther(f.h.Owners()[0], p.Ask, router.Timeout(patience))
		if err != nil || !yes {
			return err
		}
		if p.Wait, err = f.book(c, r.FromUsername, 0); err != nil {
			return err
		}
	}
	if p.Wait == 0 {
		f.h.Logger().Info("a friend request is left alone: it has no password", zap.String("person", r.FromUsername))
		return router.Next
	}
	return c.Later("accept", "accept/"+r.FromUsername, p.Wait, p.Rule, bot.Keep())
}

// plan decides on a request.
func (f *friends) plan(c *router.Context, r *xmlmsg.FriendRequest) (p plan, err error) {
	asks := f.c.Others == askOwner && len(f.h.Owners()) > 0
	name := plugin.CleanName(r.FromNickname, r.FromUsername)
	rule := f.matching(r.Content, c.Now())
	if rule == nil {
		if asks {
			p.Ask = fmt.Sprintf("%s 想加好友，附言“%s”。同意吗？", name, plugin.CleanName(r.Content, "无"))
		}
		return p, nil
	}
	p.Rule = *rule
	wait := plugin.Draw(f.c.Wait)
	limit := wait
	if !asks {
		limit = 0
	}
	if p.Wait, err = f.bookAfter(c, r.FromUsername, wait, limit); err != nil || p.Wait > 0 {
		return p, err
	}
	p.Ask = name + " 用口令想加好友，但刚刚已经通过了不少。同意吗？同意后一有名额就通过。"
	return p, nil
}

// matching is the rule of a password in the text of a request; nil if it has none that is good.
func (f *friends) matching(text string, now time.Time) *Rule {
	text = strings.TrimSpace(matching.Fold(text))
	for i := range f.rules {
		r := &f.rules[i]
		if !r.Until.IsZero() && !now.Before(r.Until.AddDate(0, 0, 1)) {
			continue
		}
		if slices.ContainsFunc(r.Password, func(word string) bool {
			word = matching.Fold(strings.TrimSpace(word))
			return text == word || r.Match != exact && strings.Contains(text, word)
		}) {
			return r
		}
	}
	return nil
}

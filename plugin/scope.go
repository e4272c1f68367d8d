package plugin

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/router"
)

// Scope says where a plugin works, for whom, and who hears of it. Config structs embed it; each
// plugin has these keys in a file.
type Scope struct {
	Disabled bool      `yaml:"enabled,not" default:"true" help:"Whether the plugin runs."`
	Name     string    `yaml:"name" help:"A name of its own, for a plugin that a bot has several times."`
	In       []string  `yaml:"in" of:"chats" help:"The chats where it works: ids, unique names, private, groups, all."`
	NotIn    []string  `yaml:"not_in" of:"chats" help:"Chats where it does not work, whatever in says: as in."`
	From     []string  `yaml:"from" of:"people" default:"all" help:"Whose messages: wxids, unique names, admins, owners, or all."`
	NotFrom  []string  `yaml:"not_from" of:"people" help:"Whose messages it does not handle."`
	Accounts []string  `yaml:"accounts" was:"account" help:"The accounts it works for, by app_id; all if it is absent."`
	DryRun   Rehearsal `yaml:"dry_run" default:"false" help:"Do all but send, for a time or always; the log says what it would send."`
	Notify   []string  `yaml:"notify" was:"notify.to" of:"chats" default:"owners" help:"Who is told what matters: chats, people or owners."`
}

// The words that stand in lists of chats and people.
const (
	All     = "all"
	Private = "private" // all private chats
	Groups  = "groups"  // all groups
	Owners  = "owners"  // the people in charge of the bot
	Admins  = "admins"  // the owner and the administrators of the group, and the people in charge
)

// Part is what a plugin does, without its name and its scope.
type Part interface {
	Setup(h *bot.Handle) error
	Close() error
}

// Rehearser is a part that looks itself after a rehearsal of some time, in which it tells people
// what it would do.
type Rehearser interface{ Rehearse(on func() bool) }

// Bind makes a plugin of a part: under a name, and only where and for whom the scope says. The
// routes, observers, tasks and schedules of the part need not look at the scope.
func (s Scope) Bind(name string, p Part) bot.Plugin {
	if s.Name != "" {
		name += ":" + s.Name
	}
	return &bound{Part: p, scope: s, name: name}
}

// bound is a part with its scope.
type bound struct {
	Part
	scope Scope
	name  string
}

func (b *bound) Name() string { return b.name }

// Scope implements bot.Scoped.
func (b *bound) Scope() bot.Scope {
	s := bot.Scope{Accounts: b.scope.Accounts}
	for _, chat := range b.scope.In {
		switch chat {
		case All:
			s.Everywhere = true
		case Private:
			s.Private = true
		case Groups:
			s.Groups = true
		default:
			s.In = append(s.In, chat)
		}
	}
	for _, chat := range b.scope.NotIn {
		switch chat {
		case All:
			return bot.Scope{}
		case Private, Groups:
			s = without(s, chat)
		default:
			s.NotIn = append(s.NotIn, chat)
		}
	}
	if b.scope.Disabled {
		s = bot.Scope{}
	}
	return s
}

// without is a scope without the private chats, or without the groups.
func without(s bot.Scope, kind string) bot.Scope {
	if s.Everywhere {
		s.Everywhere, s.Private, s.Groups = false, true, true
	}
	if kind == Private {
		s.Private = false
	} else {
		s.Groups = false
	}
	s.In = slices.DeleteFunc(s.In, func(id string) bool { return strings.HasSuffix(id, "@chatroom") == (kind == Groups) })
	return s
}

// Enabled is false for a plugin that a file has switched off, whatever else it says.
func (b *bound) Enabled() bool { return !b.scope.Disabled }

// Setup implements bot.Plugin.
func (b *bound) Setup(h *bot.Handle) error {
	h.Use(b.scope.only(h))
	dry, err := b.scope.DryRun.Begin(context.Background(), h)
	if err != nil {
		return err
	}
	if tells, ok := b.Part.(Rehearser); ok && b.scope.DryRun >= 0 {
		tells.Rehearse(dry)
	} else {
		h.Rehearse(dry)
	}
	return b.Part.Setup(h)
}

// only passes on what is from other people.
func (s Scope) only(h *bot.Handle) router.Middleware {
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			if !s.Handles(c, h) {
				return router.Next
			}
			return next(c)
		}
	}
}

// CheckScope returns the mistakes in the lists of the scope: an empty one matches nothing, which
// nobody means who writes it.
func (s Scope) CheckScope() error {
	var errs []error
	for _, list := range []struct {
		field string
		texts []string
	}{{"accounts", s.Accounts}, {"from", s.From}} {
		if list.texts != nil && len(list.texts) == 0 {
			errs = append(errs, &FieldError{list.field, errors.New("it is empty, so it matches nothing: name some, or leave it out for all")})
		}
	}
	return errors.Join(errs...)
}

// Handles reports whether the scope has the sender of an event; an event without a sender is
// everyone's.
func (s Scope) Handles(c *router.Context, h *bot.Handle) bool {
	from := s.From
	if from == nil { // an empty list matches nobody
		from = []string{All}
	}
	return c.Sender() == "" || Among(c, h, c.Sender(), from...) && !Among(c, h, c.Sender(), s.NotFrom...)
}

// Among reports whether a person is in a list of people, as from has them: wxids, unique names,
// admins, owners, all.
func Among(c *router.Context, h *bot.Handle, wxid string, list ...string) bool {
	for _, name := range list {
		switch name {
		case All, wxid:
			return true
		case Owners:
			if slices.Contains(h.Owners(), wxid) {
				return true
			}
		case Admins:
			role, err := c.Role(wxid)
			if err == nil && role >= router.RoleAdmin || slices.Contains(h.Owners(), wxid) {
				return true
			}
		default:
			if id, err := h.Contacts().Find(c, c.Account(), name); err == nil && id == wxid {
				return true
			}
		}
	}
	return false
}

// Tell sends a text to those whom the scope notifies; account is the one that sends, empty if the
// bot has only one. Call it in a handler, a task or a schedule: what was sent is not sent again.
func (s Scope) Tell(ctx context.Context, h *bot.Handle, account, text string) error {
	to := s.Notify
	if to == nil {
		to = []string{Owners}
	}
	var errs []error
	for _, chat := range Chats(h, to) {
		if err := h.Chat(ctx, account, chat).SendText(text); err != nil {
			errs = append(errs, err)
		}
	}
	return router.Each(errs...)
}

// Chats replaces the word owners in a list of chats by the people in charge.
func Chats(h *bot.Handle, list []string) (all []string) {
	for _, chat := range list {
		if chat == Owners || chat == "owner" {
			all = append(all, h.Owners()...)
			continue
		}
		all = append(all, chat)
	}
	return all
}

// Defaults gives the fields of a config struct that are zero the defaults of their tags. A
// constructor calls it first.
func Defaults(config any) { conf.Defaults(config) }

// Require returns a mistake for each field whose list is empty: an empty list matches nothing.
func Require(lists map[string][]string) error {
	var errs []error
	for _, field := range slices.Sorted(maps.Keys(lists)) {
		if len(lists[field]) == 0 {
			errs = append(errs, &FieldError{field, errors.New("it is missing or empty, so the plugin would do nothing")})
		}
	}
	return errors.Join(errs...)
}

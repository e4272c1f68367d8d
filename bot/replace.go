package bot

import (
	"errors"
	"reflect"
	"slices"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// ErrClose means that plugins were exchanged, and that one that was taken out failed to close.
var ErrClose = errors.New("bot: the plugins are exchanged, but an old one was not closed in order")

// Replace exchanges a plugin for another one, of the same name or not, while the bot runs; see
// Exchange.
func (b *Bot) Replace(old string, p Plugin) error { return b.Exchange([]string{old}, p) }

// Exchange exchanges plugins, by their names, for others while the bot runs, in one step: each
// message meets the routes of the old or of the new ones. The new ones have the place of the first
// old one in the order of plugins, or the end without old ones, and their own order among
// themselves. A value of next, such as a pointer, that is installed as one of old stays as it is,
// in its new place.
//
// If the Setup of a new one fails, nothing changes. A form that is open goes on with the route of
// the same name. A handler of an old plugin that is running finishes, while its plugin is closed;
// if it fails for that, the message is tried again and meets the new ones. If only the Close of an
// old one has failed, the error is an ErrClose, and the new ones are installed.
func (b *Bot) Exchange(old []string, next ...Plugin) error { return b.plugins.exchange(b, old, next) }

func (ps *plugins) exchange(b *Bot, old []string, next []Plugin) error {
	ps.changing.Lock()
	defer ps.changing.Unlock()
	var before []installed
	for _, name := range old {
		i := ps.find(name)
		if i < 0 {
			return ps.missing(name)
		}
		before = append(before, ps.all()[i])
	}
	after, err := ps.stage(b, before, next)
	if err != nil {
		return err
	}
	gone, fresh := without(before, after), without(after, before)
	ps.edit(func(list []installed) []installed {
		at := len(list)
		if len(before) > 0 {
			at = slices.IndexFunc(list, func(x installed) bool { return in(before, x) })
		}
		rest := without(list, before) // all before at stay: the first that goes is there
		return slices.Insert(rest, min(at, len(rest)), after...)
	})
	b.router.Exchange(groupsOf(before), groupsOf(after))
	b.tasks.exchange(namesOf(gone), tasksOf(fresh))
	for _, x := range gone {
		x.handle.replaced = true
	}
	for _, x := range fresh {
		x.handle.staged = false
	}
	b.tasks.changed()
	return b.settle(gone, fresh)
}

// stage sets up those of next that are not installed as one of before.
func (ps *plugins) stage(b *Bot, before []installed, next []Plugin) (after []installed, err error) {
	defer func() {
		if err == nil {
			return
		}
		for _, x := range without(after, before) {
			err = errors.Join(err, x.close())
		}
		after = nil
	}()
	for _, p := range next {
		if p == nil {
			return after, errors.New("bot: the new plugin is nil")
		}
		name := p.Name()
		named := func(x installed) bool { return x.handle.name == name }
		if slices.ContainsFunc(after, named) || slices.ContainsFunc(without(ps.all(), before), named) {
			return after, phrase.Errorf("bot: plugin %s is installed already: give one another name", name)
		}
		if i := slices.IndexFunc(before, func(x installed) bool { return same(x.plugin, p) }); i >= 0 {
			after = append(after, before[i])
			continue
		}
		h := newHandle(b, b.router.Stage(), p)
		h.staged = true
		if err := h.setUp(p); err != nil {
			return after, err
		}
		after = append(after, installed{p, h})
	}
	return after, nil
}

// settle closes the plugins that an exchange has taken out, and starts the schedules of the fresh
// ones: their names may be those of a plugin that is gone, whose runs end first.
func (b *Bot) settle(gone, fresh []installed) error {
	var errs []error
	for _, x := range gone {
		errs = append(errs, x.close())
	}
	for _, x := range fresh {
		h := x.handle
		for _, job := range h.pending {
			errs = append(errs, b.schedules.Add(job))
			h.schedules = append(h.schedules, job.Name)
		}
		h.pending, h.pendingTasks = nil, nil
	}
	if err := errors.Join(errs...); err != nil {
		return phrase.Errorf("%w: %w", ErrClose, err)
	}
	return nil
}

// same reports whether two plugins are one value.
func same(a, b Plugin) bool {
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

func in(list []installed, x installed) bool {
	return slices.ContainsFunc(list, func(y installed) bool { return x.handle == y.handle })
}

// without is a list without those of another.
func without(list, others []installed) (rest []installed) {
	for _, x := range list {
		if !in(others, x) {
			rest = append(rest, x)
		}
	}
	return rest
}

func groupsOf(list []installed) (all []*router.Group) {
	for _, x := range list {
		all = append(all, x.handle.Group)
	}
	return all
}

func namesOf(list []installed) (all []string) {
	for _, x := range list {
		all = append(all, x.handle.name)
	}
	return all
}

func tasksOf(list []installed) (all []*taskKind) {
	for _, x := range list {
		all = append(all, x.handle.pendingTasks...)
	}
	return all
}

// edit replaces the list, for those who read it meanwhile.
func (ps *plugins) edit(change func([]installed) []installed) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.list = change(slices.Clone(ps.list))
}

// all are the installed plugins now.
func (ps *plugins) all() []installed {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.list
}

// handle is the handle of an installed plugin; nil if there is none.
func (ps *plugins) handle(name string) *Handle {
	for _, x := range ps.all() {
		if x.handle.name == name {
			return x.handle
		}
	}
	return nil
}

func (ps *plugins) has(name string) bool { return ps.handle(name) != nil }

// forgive forgets the failures of a plugin.
func (ps *plugins) forgive(name string) {
	if h := ps.handle(name); h != nil {
		h.failures.forget()
	}
}

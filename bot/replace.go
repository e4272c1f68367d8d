package bot

import (
	"errors"
	"fmt"
	"slices"
)

// Replace exchanges a plugin for another one, of the same name or not, while the bot runs: each
// message meets the routes of one of them. The new one has the place of the old in the order. If
// its Setup fails, the old one stays as it is.
//
// A form that is open goes on with the route of the same name. A handler of the old plugin that is
// running finishes, while its plugin is closed; if it fails for that, the message is tried again
// and meets the new one. An error of the old plugin's Close is returned, and the new one is
// installed.
func (b *Bot) Replace(old string, p Plugin) error {
	if p == nil {
		return errors.New("bot: Replace: the new plugin is nil")
	}
	return b.plugins.replace(b, old, p)
}

func (ps *plugins) replace(b *Bot, old string, p Plugin) error {
	ps.changing.Lock()
	defer ps.changing.Unlock()
	i := ps.find(old)
	if i < 0 {
		return ps.missing(old)
	}
	name := p.Name()
	if at := ps.find(name); at >= 0 && at != i {
		return fmt.Errorf("bot: plugin %s is installed already: it cannot take the place of %s, too", name, old)
	}
	before := ps.all()[i]
	h := newHandle(b, b.router.Stage(before.handle.Group), p)
	h.staged = true
	if err := h.setUp(p); err != nil {
		return err
	}
	ps.edit(func(list []installed) []installed {
		list[i] = installed{p, h}
		return list
	})
	b.router.Swap(before.handle.Group, h.Group)
	b.tasks.exchange(before.handle.name, h.pendingTasks)
	before.handle.replaced, h.staged = true, false
	b.tasks.changed()
	err := before.close()
	for _, job := range h.pending { // their names may be those of the old plugin
		err = errors.Join(err, b.schedules.Add(job))
		h.schedules = append(h.schedules, job.Name)
	}
	h.pending, h.pendingTasks = nil, nil
	return err
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

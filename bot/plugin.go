package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/router"
)

// Plugin is a part of a bot that comes and goes as a whole.
//
//   - Setup registers routes on the handle, and starts what the plugin needs. After an error
//     nothing of it remains.
//   - Close undoes all of Setup that is not a route, a schedule or a gate, and returns when its
//     goroutines have ended. These are taken out before.
//   - A plugin value is installed at most once at a time.
type Plugin interface {
	// Name is unique in a bot; it shows up in logs.
	Name() string
	Setup(h *Handle) error
	Close() error
}

// Handle is a plugin's place in a bot: routes go to its Group.
type Handle struct {
	*router.Group
	bot       *Bot
	name      string
	scope     *namedScope
	schedules []string
	failures  failures

	// staged means that the plugin is to take the place of others, and does not run yet. Then its
	// schedules and tasks are pending.
	staged       bool
	pending      []schedule.Schedule
	pendingTasks []*taskKind
	replaced     bool // another plugin has its tasks

	gates  []func() // take them out
	blocks []*block
	dry    atomic.Pointer[func() bool] // whether the plugin is a rehearsal; nil if not
}

// newHandle makes the place of a plugin, whose routes go to a group.
func newHandle(b *Bot, g *router.Group, p Plugin) *Handle {
	h := &Handle{Group: g, bot: b, name: p.Name(), scope: newNamedScope(scopeOf(p))}
	h.scope.lookUp(context.Background(), b, h.name)
	b.router.OnlyIf(g, func(account, chat string) bool {
		h.scope.lookUp(context.Background(), b, h.name)
		on, _ := b.switches.on(h.name, h.scope.get(), account, chat)
		return on
	})
	g.OfPlugin(h.name)
	g.Use(h.guard)
	return h
}

// setUp calls Setup. After an error nothing of it remains.
func (h *Handle) setUp(p Plugin) (err error) {
	defer func() {
		if v := recover(); v != nil { // a route or a schedule that is refused
			err = fmt.Errorf("bot: plugin %s: %v", h.name, v)
		}
		if err != nil {
			h.takeOut()
		}
	}()
	if err := p.Setup(h); err != nil {
		return fmt.Errorf("bot: plugin %s: %w", h.name, err)
	}
	return nil
}

// Bot is the bot of the plugin, for a plugin that looks after others.
func (h *Handle) Bot() *Bot { return h.bot }

// takeOut removes the plugin's routes, schedules and gates. It waits for a schedule that runs.
func (h *Handle) takeOut() {
	h.bot.router.Remove(h.Group)
	if !h.staged && !h.replaced {
		h.bot.tasks.remove(h.name)
	}
	for _, name := range h.schedules {
		h.bot.schedules.Remove(name)
	}
	for _, remove := range h.gates {
		remove()
	}
	h.bot.blocks.remove(h.blocks)
}

// Logger names the plugin in each line.
func (h *Handle) Logger() *zap.Logger { return h.bot.logger.Named(h.name) }

// Client is the client of the service.
func (h *Handle) Client() *api.Client { return h.bot.client }

// Install sets plugins up, before or after the start. It stops at the first that fails.
func (b *Bot) Install(list ...Plugin) error {
	for _, p := range list {
		if err := b.plugins.install(b, p); err != nil {
			return err
		}
	}
	return nil
}

// Uninstall takes a plugin's routes, schedules and gates out, and closes it.
func (b *Bot) Uninstall(name string) error { return b.plugins.uninstall(name) }

// plugins are the installed plugins, in the order of their installation.
type plugins struct {
	changing sync.Mutex  // one change at a time: a Setup may take long
	mu       sync.Mutex  // guards list
	list     []installed // never changed, only replaced
}

type installed struct {
	plugin Plugin
	handle *Handle
}

func (ps *plugins) install(b *Bot, p Plugin) error {
	if p == nil {
		return errors.New("bot: Install: the plugin is nil")
	}
	ps.changing.Lock()
	defer ps.changing.Unlock()
	name := p.Name()
	if ps.find(name) >= 0 {
		return fmt.Errorf("bot: plugin %s is installed twice: give one another name", name)
	}
	h := newHandle(b, b.router.LiveGroup(), p)
	if err := h.setUp(p); err != nil {
		return err
	}
	ps.edit(func(list []installed) []installed { return append(list, installed{p, h}) })
	b.tasks.changed()
	return nil
}

func (ps *plugins) uninstall(name string) error {
	ps.changing.Lock()
	defer ps.changing.Unlock()
	i := ps.find(name)
	if i < 0 {
		return ps.missing(name)
	}
	x := ps.all()[i]
	ps.edit(func(list []installed) []installed { return slices.Delete(list, i, i+1) })
	return x.close()
}

// missing is the error for a plugin that is not installed.
func (ps *plugins) missing(name string) error {
	return fmt.Errorf("bot: no plugin %s is installed", name)
}

// closeAll closes the plugins, the last one first.
func (ps *plugins) closeAll() error {
	ps.changing.Lock()
	defer ps.changing.Unlock()
	var errs []error
	for _, x := range slices.Backward(ps.all()) {
		errs = append(errs, x.close())
	}
	ps.edit(func([]installed) []installed { return nil })
	return errors.Join(errs...)
}

func (ps *plugins) find(name string) int {
	return slices.IndexFunc(ps.all(), func(x installed) bool { return x.handle.name == name })
}

func (x installed) close() error {
	x.handle.takeOut()
	if err := x.plugin.Close(); err != nil {
		return fmt.Errorf("bot: plugin %s: %w", x.handle.name, err)
	}
	return nil
}

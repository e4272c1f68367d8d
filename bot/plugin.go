package bot

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
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
	schedules []string
	gates     []func() // take them out
}

// takeOut removes the plugin's routes, schedules and gates. It waits for a schedule that runs.
func (h *Handle) takeOut() {
	h.bot.router.Remove(h.Group)
	h.bot.tasks.remove(h.name)
	for _, name := range h.schedules {
		h.bot.schedules.Remove(name)
	}
	for _, remove := range h.gates {
		remove()
	}
	h.bot.dryPlugins.Delete(h.name)
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
	mu   sync.Mutex
	list []installed
}

type installed struct {
	plugin Plugin
	handle *Handle
}

func (ps *plugins) install(b *Bot, p Plugin) (err error) {
	if p == nil {
		return errors.New("bot: Install: the plugin is nil")
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	name := p.Name()
	if ps.find(name) >= 0 {
		return fmt.Errorf("bot: plugin %s is installed twice: give one another name", name)
	}
	h := &Handle{Group: b.router.LiveGroup(), bot: b, name: name}
	h.OfPlugin(name)
	defer func() {
		if v := recover(); v != nil { // a route, a task or a schedule that is refused
			err = fmt.Errorf("bot: plugin %s: %v", name, v)
		}
		if err != nil {
			h.takeOut()
		}
	}()
	if err := p.Setup(h); err != nil {
		return fmt.Errorf("bot: plugin %s: %w", name, err)
	}
	ps.list = append(ps.list, installed{p, h})
	b.tasks.changed()
	return nil
}

func (ps *plugins) uninstall(name string) error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	i := ps.find(name)
	if i < 0 {
		return fmt.Errorf("bot: no plugin %s is installed", name)
	}
	x := ps.list[i]
	ps.list = slices.Delete(ps.list, i, i+1)
	return x.close()
}

// closeAll closes the plugins, the last one first.
func (ps *plugins) closeAll() error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var errs []error
	for _, x := range slices.Backward(ps.list) {
		errs = append(errs, x.close())
	}
	ps.list = nil
	return errors.Join(errs...)
}

func (ps *plugins) find(name string) int {
	return slices.IndexFunc(ps.list, func(x installed) bool { return x.plugin.Name() == name })
}

func (x installed) close() error {
	x.handle.takeOut()
	if err := x.plugin.Close(); err != nil {
		return fmt.Errorf("bot: plugin %s: %w", x.plugin.Name(), err)
	}
	return nil
}

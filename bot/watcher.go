package bot

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap/zapcore"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// Watcher is told what the whole bot does in this process: for a plugin that shows it. Its
// functions are called while messages are handled, so they must be quick, and must not block. Those
// that are nil are not called.
type Watcher struct {
	// Handled is called after each run of an event through the routes.
	Handled func(Handled)
	// Sent is called with each send that has its outcome, or is held, without its body.
	Sent func(store.Send)
	// Turn is called with each request of a send that begins.
	Turn func(outbox.Turn)
	// Log gets each line of the log, of the levels that it enables.
	Log zapcore.Core
}

// Handled is a run of an event through the routes.
type Handled struct {
	Event    *callback.Event // what it says is as secret as the message
	Key      string          // identifies the event, as the sends of its handler name it
	Received time.Time
	Attempt  int // 1 for the first run
	Took     time.Duration
	Outcome  router.Outcome
	Err      error
}

// Tell has the bot tell a watcher what it does, for as long as the plugin is installed.
func (h *Handle) Tell(w Watcher) {
	entry := &w
	h.bot.watchers.edit(func(list []*Watcher) []*Watcher { return append(list, entry) })
	h.gates = append(h.gates, func() {
		h.bot.watchers.edit(func(list []*Watcher) []*Watcher {
			return slices.DeleteFunc(list, func(x *Watcher) bool { return x == entry })
		})
	})
}

// watchers are what Handle.Tell got. The zero value is empty.
type watchers struct {
	changing sync.Mutex
	list     atomic.Pointer[[]*Watcher] // never changed, only replaced
}

func (ws *watchers) all() []*Watcher {
	if list := ws.list.Load(); list != nil {
		return *list
	}
	return nil
}

func (ws *watchers) edit(change func([]*Watcher) []*Watcher) {
	ws.changing.Lock()
	defer ws.changing.Unlock()
	list := change(slices.Clone(ws.all()))
	ws.list.Store(&list)
}

func (ws *watchers) handled(x Handled) {
	for _, w := range ws.all() {
		if w.Handled != nil {
			w.Handled(x)
		}
	}
}

func (ws *watchers) sent(s store.Send) {
	for _, w := range ws.all() {
		if w.Sent != nil {
			w.Sent(s)
		}
	}
}

func (ws *watchers) turn(t outbox.Turn) {
	for _, w := range ws.all() {
		if w.Turn != nil {
			w.Turn(t)
		}
	}
}

// logTap is a core that passes lines on to the cores of the watchers of the moment.
type logTap struct {
	watchers *watchers
	fields   []zapcore.Field
}

// Enabled implements zapcore.Core.
func (t *logTap) Enabled(level zapcore.Level) bool {
	for _, w := range t.watchers.all() {
		if w.Log != nil && w.Log.Enabled(level) {
			return true
		}
	}
	return false
}

// With implements zapcore.Core.
func (t *logTap) With(fields []zapcore.Field) zapcore.Core {
	return &logTap{t.watchers, slices.Concat(t.fields, fields)}
}

// Check implements zapcore.Core.
func (t *logTap) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if t.Enabled(e.Level) {
		return checked.AddCore(e, t)
	}
	return checked
}

// Write implements zapcore.Core.
func (t *logTap) Write(e zapcore.Entry, fields []zapcore.Field) error {
	all := slices.Concat(t.fields, fields)
	for _, w := range t.watchers.all() {
		if w.Log != nil && w.Log.Enabled(e.Level) {
			_ = w.Log.Write(e, all) // a page that shows the log must not disturb it
		}
	}
	return nil
}

// Sync implements zapcore.Core.
func (*logTap) Sync() error { return nil }

// turn records and tells that the request of a send begins.
func (b *Bot) turn(t outbox.Turn) {
	b.counters.turn(t)
	b.watchers.turn(t)
}

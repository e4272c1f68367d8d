package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

// Scope says where a plugin is on as long as nobody has switched it; see Bot.Switch.
type Scope struct {
	Everywhere bool     // in all chats
	Private    bool     // in all private chats
	Groups     bool     // in all groups
	In         []string // chats, by id or by a name that means only one; empty means in none
	NotIn      []string // chats in which it is off, whatever the others say
	Accounts   []string // appIds; it is off for all others, also where it is switched on. Empty means all
}

// Scoped is a plugin with a Scope of its own. Others are on everywhere.
type Scoped interface {
	Plugin
	Scope() Scope
}

// scopeOf is the scope of a plugin.
func scopeOf(p Plugin) Scope {
	if s, ok := p.(Scoped); ok {
		return s.Scope()
	}
	return Scope{Everywhere: true}
}

// switchFresh is how long the switches are not read again: another process follows that much later.
const switchFresh = 2 * time.Second

// switchPrefix is the prefix of the keys of the switches in the state.
const switchPrefix = "bot/switch/"

// switches are what was switched on or off while the bot ran. They are in the state, so that they
// outlive a restart, and hold for all processes.
type switches struct {
	state  store.State
	clock  clock.Clock
	logger *zap.Logger

	set     atomic.Pointer[map[place]switched]    // never changed, only replaced
	quiet   atomic.Pointer[map[quietPlace][]hush] // the same
	hours   atomic.Pointer[map[string]chatHours]  // the same, by chat
	owners  atomic.Pointer[[]string]              // the same: first, and those who were bound
	first   []string                              // the owners of the configuration
	loading sync.Mutex

	anyHours func(are bool) // called after each reading with whether any hours are set; may be nil

	loaded atomic.Int64 // when, in Unix nanoseconds
	failed atomic.Bool  // the last reading did; it is logged once
}

// place is a plugin in a chat. An empty plugin stands for the whole bot, an empty chat for all
// chats.
type place struct{ plugin, chat string }

// switched is what the state keeps of a place.
type switched struct {
	Plugin string    `json:"plugin"`
	Chat   string    `json:"chat"`
	On     bool      `json:"on"`
	Why    string    `json:"why,omitempty"` // of what the bot switched off itself
	At     time.Time `json:"at"`
}

func (p place) key() string {
	return stateKey(switchPrefix, url.PathEscape(p.plugin)+"/"+url.PathEscape(p.chat))
}

func newSwitches(state store.State, c Config, logger *zap.Logger) *switches {
	s := &switches{state: state, clock: c.Clock, logger: logger, first: c.Owners}
	s.owners.Store(&s.first)
	s.set.Store(&map[place]switched{})
	s.quiet.Store(&map[quietPlace][]hush{})
	s.hours.Store(&map[string]chatHours{})
	return s
}

// refresh reads the switches if that is due. If it fails, those that were read last hold.
func (s *switches) refresh(ctx context.Context) {
	age := s.clock.Now().Sub(time.Unix(0, s.loaded.Load())) // negative after the clock was set back
	if age >= 0 && age < switchFresh || !s.loading.TryLock() {
		return
	}
	defer s.loading.Unlock()
	err := s.load(ctx)
	if err != nil && !s.failed.Swap(true) {
		s.logger.Error("what is switched off cannot be read; what was read last holds", zap.Error(err))
	}
}

// load reads all switches. The caller holds loading.
func (s *switches) load(ctx context.Context) error {
	began := s.clock.Now()
	set := map[place]switched{}
	for after := ""; ; {
		const page = 500
		entries, err := s.state.List(ctx, switchPrefix, after, page)
		if err != nil {
			return fmt.Errorf("bot: switches: %w", err)
		}
		for _, e := range entries {
			var one switched
			if err := json.Unmarshal(e.Value, &one); err == nil { // else of a later version
				set[place{one.Plugin, one.Chat}] = one
			}
			after = e.Key
		}
		if len(entries) < page {
			break
		}
	}
	if err := errors.Join(s.loadQuiet(ctx), s.loadHours(ctx), s.loadOwners(ctx)); err != nil {
		return err
	}
	s.set.Store(&set)
	s.loaded.Store(began.UnixNano())
	s.failed.Store(false)
	return nil
}

// put switches a place, here at once.
func (s *switches) put(ctx context.Context, p place, on bool, why string) error {
	one := switched{Plugin: p.plugin, Chat: p.chat, On: on, Why: why, At: s.clock.Now().UTC()}
	value, err := json.Marshal(one)
	if err == nil {
		_, err = s.state.Put(ctx, p.key(), value, 0)
	}
	if err != nil {
		return phrase.Errorf("bot: Switch: %w", err)
	}
	return s.reload(ctx)
}

// broken are the plugins that were switched off because they failed again and again, and when.
func (s *switches) broken() map[string]time.Time {
	off := map[string]time.Time{}
	for p, one := range *s.set.Load() {
		if one.Why != "" && p.chat == "" && !one.On {
			off[p.plugin] = one.At
		}
	}
	return off
}

// clear forgets what was switched at a place.
func (s *switches) clear(ctx context.Context, p place) error {
	if err := s.state.Delete(ctx, p.key()); err != nil {
		return phrase.Errorf("bot: Switch: %w", err)
	}
	return s.reload(ctx)
}

func (s *switches) reload(ctx context.Context) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	return s.load(ctx)
}

// on reports whether a plugin is on in a chat, and what decided; an empty plugin is the bot itself.
// An empty chat is that of an event which belongs to none.
func (s *switches) on(plugin string, scope Scope, account, chat string) (on bool, why string) {
	set := *s.set.Load()
	if chat != "" {
		if _, off := set[place{"", chat}]; off {
			return false, reason.ChatPaused.String()
		}
	}
	if plugin == "" {
		return true, ""
	}
	if one, off := set[place{plugin, ""}]; off {
		if one.Why == "" {
			one.Why = reason.OffEverywhere.String()
		}
		return false, one.Why
	}
	if len(scope.Accounts) > 0 && !slices.Contains(scope.Accounts, account) {
		return false, reason.OtherAccounts.String()
	}
	if chat == "" {
		return true, reason.NoChat.String()
	}
	if until, by := s.quietUntil(plugin, account, chat); until.After(s.clock.Now()) {
		return false, reason.KeptQuiet.With(by, until.Format(time.DateTime))
	}
	switch one, ok := set[place{plugin, chat}]; {
	case ok && one.On:
		return true, reason.SwitchedOn.String()
	case ok:
		return false, reason.SwitchedOff.String()
	case slices.Contains(scope.NotIn, chat):
		return false, reason.ConfiguredOff.String()
	case scope.Everywhere:
		return true, reason.OnEverywhere.String()
	case scope.Groups && callback.IsGroup(chat):
		return true, reason.OnInGroups.String()
	case scope.Private && !callback.IsGroup(chat):
		return true, reason.OnInPrivate.String()
	case slices.Contains(scope.In, chat):
		return true, reason.ConfiguredOn.String()
	}
	return false, reason.OffUnlessOn.String()
}

// Switch switches a plugin on or off in a chat, for all processes of the store and beyond a
// restart; other processes follow within two seconds. Off means that its routes and observers do
// not exist for the messages of the chat, that its forms there wait, and that its schedules for the
// chat do not run. The file or the program says where it is on before that; see Scope.
//
// An empty chat switches the plugin off everywhere, and on again to what holds in each chat. An
// empty plugin pauses the whole bot in a chat: no route handles what is said there, and what others
// send there is held.
func (b *Bot) Switch(ctx context.Context, plugin, chat string, on bool) error {
	p := place{plugin, chat}
	switch {
	case plugin == "" && chat == "":
		return errors.New("bot: Switch: neither a plugin nor a chat is named: Pause stops all sending")
	case plugin != "" && !b.plugins.has(plugin):
		return b.plugins.missing(plugin)
	case on && (plugin == "" || chat == ""):
		b.plugins.forgive(plugin)
		defer b.tasks.changed()
		return b.switches.clear(ctx, p)
	}
	defer b.tasks.changed()
	return b.switches.put(ctx, p, on, "")
}

// PluginState is a plugin in a chat.
type PluginState struct {
	Name string
	On   bool
	Why  string // what decided, as a clause in English
	// Place is where the configuration says so, such as bot.yaml:12; empty if something else
	// decided, or nobody knows.
	Place string
	// Broken means that the bot has switched it off itself, as it failed again and again.
	Broken bool
}

// Plugins lists the plugins in the order of their installation, and whether they are on in a chat
// of an account. An empty chat stands for events that belong to none.
func (b *Bot) Plugins(ctx context.Context, account, chat string) []PluginState {
	b.switches.refresh(ctx)
	broken := b.switches.broken()
	var list []PluginState
	for _, x := range b.plugins.all() {
		on, why := b.switches.on(x.handle.name, x.handle.scope.get(), account, chat)
		_, failed := broken[x.handle.name]
		state := PluginState{Name: x.handle.name, On: on, Why: why, Broken: failed}
		if b.config.Places != nil && configured(why) {
			state.Place = b.config.Places(state.Name, chat)
		}
		list = append(list, state)
	}
	return list
}

// configured reports whether a clause of switches.on means that the configuration has decided.
func configured(why string) bool {
	r, _ := reason.Of(why)
	return slices.Contains([]reason.Code{
		reason.OtherAccounts, reason.ConfiguredOff, reason.ConfiguredOn, reason.OnEverywhere, reason.OnInGroups, reason.OnInPrivate,
		reason.OffUnlessOn,
	}, r.Code)
}

// enabled reports whether a plugin is on for an account in a chat: what runs its routes, schedules,
// tasks and gates asks. An empty plugin is the bot itself, an empty chat that of what belongs to
// none.
func (b *Bot) enabled(ctx context.Context, plugin, account, chat string) bool {
	b.switches.refresh(ctx)
	scope := Scope{Everywhere: true}
	if h := b.plugins.handle(plugin); h != nil {
		h.scope.lookUp(ctx, b, plugin)
		scope = h.scope.get()
	}
	on, _ := b.switches.on(plugin, scope, account, chat)
	return on
}

// paused reports whether the whole bot is paused in a chat.
func (b *Bot) paused(ctx context.Context, chat string) bool { return !b.enabled(ctx, "", "", chat) }

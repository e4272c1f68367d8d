package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/outbox"
)

// Quiet keeps plugins quiet in single chats for a time, in the name of another plugin; see
// Handle.Quiet.
type Quiet struct {
	h       *Handle
	plugins []string
}

// quietPrefix is the prefix of the keys in the state.
const quietPrefix = "bot/quiet/"

// hush is what the state keeps.
type hush struct {
	By      string    `json:"by"`
	Account string    `json:"account"`
	Chat    string    `json:"chat"`
	Plugins []string  `json:"plugins"` // empty: all but By
	Until   time.Time `json:"until"`
}

// quietPlace is a chat of an account.
type quietPlace struct{ account, chat string }

// Quiet is for a plugin that makes others quiet while a person speaks in a chat: those with these
// names, or all but itself if there are none. A plugin that a bot has several times has one name.
//
// While they are quiet, they are off in the chat, as if switched off; the keys of Bot.Switch do not
// change. At their turn, their answers that wait in the queue are dropped, and their proactive
// sends are delayed. It outlives a restart, and other processes follow within two seconds.
func (h *Handle) Quiet(plugins ...string) *Quiet {
	q := &Quiet{h, plugins}
	h.Gate(q.rule)
	return q
}

// Begin makes the plugins quiet in a chat of an account from now for a time. Another Begin replaces
// it.
func (q *Quiet) Begin(ctx context.Context, account, chat string, d time.Duration) error {
	b := q.h.bot
	value, err := json.Marshal(hush{q.h.name, account, chat, q.plugins, b.config.Clock.Now().Add(d)})
	if err == nil {
		_, err = b.store.State().Put(ctx, q.key(account, chat), value, d+quietKept)
	}
	if err != nil {
		return fmt.Errorf("bot: Quiet: %w", err)
	}
	return b.switches.reload(ctx)
}

// quietKept is how much longer an entry is stored: the clocks of processes differ.
const quietKept = time.Minute

// End ends it.
func (q *Quiet) End(ctx context.Context, account, chat string) error {
	b := q.h.bot
	if err := b.store.State().Delete(ctx, q.key(account, chat)); err != nil {
		return fmt.Errorf("bot: Quiet: %w", err)
	}
	defer b.tasks.changed()
	return b.switches.reload(ctx)
}

func (q *Quiet) key(account, chat string) string {
	return stateKey(quietPrefix, q.h.name+"/"+account+"/"+chat)
}

// rule is the gate.
func (q *Quiet) rule(ctx context.Context, m outbox.Message) (v outbox.Verdict) {
	b := q.h.bot
	b.switches.refresh(ctx)
	until, by := b.switches.quietUntil(b.sourcePlugin(m.Source), api.AccountOf(m), api.TargetOf(m))
	if left := until.Sub(b.config.Clock.Now()); by == q.h.name && left > 0 {
		if v.Delay = left; m.Class == outbox.Answer {
			v = outbox.Verdict{Drop: reason.QuietHere.With(by)}
		}
	}
	return v
}

// sourcePlugin is the plugin that a source of a message belongs to; empty if it is none.
func (b *Bot) sourcePlugin(source string) string {
	for _, prefix := range []string{"task:", "schedule:"} {
		if name, ok := strings.CutPrefix(source, prefix); ok {
			plugin, _, found := strings.Cut(name, "/")
			if !found {
				return ""
			}
			return plugin
		}
	}
	if b.plugins.has(source) {
		return source
	}
	return b.router.PluginOf(source)
}

// quietUntil is until when a plugin is quiet in a chat, and which plugin has made it so.
func (s *switches) quietUntil(plugin, account, chat string) (until time.Time, by string) {
	name, _, _ := strings.Cut(plugin, ":")
	for _, one := range (*s.quiet.Load())[quietPlace{account, chat}] {
		if one.By == plugin || len(one.Plugins) > 0 && (plugin == "" || !slices.Contains(one.Plugins, name)) {
			continue
		}
		if one.Until.After(until) {
			until, by = one.Until, one.By
		}
	}
	return until, by
}

// loadQuiet reads who is quiet where.
func (s *switches) loadQuiet(ctx context.Context) error {
	set := map[quietPlace][]hush{}
	for after := ""; ; {
		const page = 500
		entries, err := s.state.List(ctx, quietPrefix, after, page)
		if err != nil {
			return fmt.Errorf("bot: quiet plugins: %w", err)
		}
		for _, e := range entries {
			var one hush
			if err := json.Unmarshal(e.Value, &one); err == nil { // else of a later version
				at := quietPlace{one.Account, one.Chat}
				set[at] = append(set[at], one)
			}
			after = e.Key
		}
		if len(entries) < page {
			break
		}
	}
	s.quiet.Store(&set)
	return nil
}

package bot

import (
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// Failure is something that a person has to see to. It has no message text.
type Failure struct {
	// Kind is "dead_letter" (a message was given up), "unknown_send" (it may have arrived, or
	// not), "held_send" (it waits for a release), "failed_forward" (it was refused, or not sent
	// in time) or "plugin_off" (a plugin failed again and again, and was switched off
	// everywhere).
	Kind string
	// Count is how many there are that were not reported before, Since when the first happened.
	Count int
	Since time.Time
	// Account and Chat are where the latest happened, Source is its route or plugin, and Key its
	// send, the number of its dead letter, or its plugin. They are empty if unknown.
	Account, Chat, Source, Key string
	// Do is the command to type. Text says all of it for a person in English, TextZH in Chinese.
	Do, Text, TextZH string
}

// OnFailure calls a function with failures that a person has to see to, of which Alarm notifies
// people, too: once for each kind, and again if there are new ones after an hour, or after all were
// settled. Of several processes on one store, one is called. The function must not block.
func (b *Bot) OnFailure(f func(Failure)) {
	if f == nil {
		panic("bot: OnFailure at " + caller() + ": the function is nil")
	}
	b.failureMu.Lock()
	defer b.failureMu.Unlock()
	b.onFailure = append(b.onFailure, f)
}

// reportFailure calls the functions of OnFailure.
func (b *Bot) reportFailure(f monitor.Failure) {
	b.failureMu.Lock()
	list := b.onFailure[:len(b.onFailure):len(b.onFailure)]
	b.failureMu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			b.logger.Error("a function of OnFailure panicked", zap.String("panic", fmt.Sprint(p)), zap.Stack("stack"))
		}
	}()
	for _, call := range list {
		call(Failure{
			Kind: string(f.Kind), Count: f.Count, Since: f.Since, Account: f.Account, Chat: f.Chat, Source: f.Source, Key: f.Key,
			Do: f.Do, Text: f.Text, TextZH: f.TextZH,
		})
	}
}

// outcome counts the result of a send, and has the monitor look at one that needs a person.
func (b *Bot) outcome(s store.Send) {
	b.counters.outcome(s)
	b.watchers.sent(s)
	if b.monitor != nil && (s.State == store.Unknown || s.State == store.Held || outbox.Lost(s)) {
		b.monitor.Wake()
	}
}

// died counts a message that becomes a dead letter.
func (b *Bot) died() {
	b.counters.Dead()
	b.monitor.Wake()
}

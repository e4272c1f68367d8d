package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

const (
	// gateTimeout is how long a gate may take. The other chats of the account wait for it.
	gateTimeout = 5 * time.Second
	// keepsPlace is up to which delay a send keeps its place in its chat: later ones wait for it.
	keepsPlace = time.Minute
	// minDelay keeps a gate that asks for no time to speak of from being asked all the time.
	minDelay = 10 * time.Millisecond
	// muteGate is the name of the gate of Mute.
	muteGate = "mute"
)

// The verdicts, as Config.Gated gets them.
const (
	verdictDelay = "delay"
	verdictHold  = "hold"
	verdictDrop  = "drop"
	verdictDry   = "dry run"
)

// Verdict is what a gate says about a send whose turn it is. The zero value lets it pass. If
// several fields are set, or several gates say something, Drop prevails over Hold, and Hold over
// the longest Delay.
type Verdict struct {
	// Drop is why the message is not sent, now or later: its sender gets a *RefusedError.
	Drop string
	// Hold is why a person has to release the message first; see Release and Drop.
	Hold string
	// Delay is how long the message waits before the gates are asked again. That time does not
	// count against its TTL. Up to a minute it keeps its place in its chat, and later sends of
	// its class wait for it; with a longer delay they go first. Other chats never wait.
	Delay time.Duration
	// Replace is the message that leaves instead, such as one without a word that must not be said:
	// of the same type, to the same chat. The gates after this one are asked about it. The ledger
	// keeps what the handler has sent, so that a later run is recognized. nil replaces nothing.
	Replace api.Send
}

// ruling is the verdict of all gates together.
type ruling struct {
	Verdict
	gate string   // the one that drops, or the first that holds or delays longest
	held []string // all that hold

	instead api.Send // what leaves in place of the message; nil if no gate replaces it
}

// word is the verdict as it is counted; empty if the send may go.
func (r *ruling) word() string {
	switch {
	case r.Drop != "":
		return verdictDrop
	case r.Hold != "":
		return verdictHold
	case r.Delay > 0:
		return verdictDelay
	}
	return ""
}

// reason says for people what a gate has decided.
func (r *ruling) reason() string {
	switch r.word() {
	case verdictDrop:
		return r.Drop
	case verdictHold:
		return r.Hold
	case verdictDelay:
		return reason.DelayedByGate.With(r.gate)
	}
	return ""
}

// add applies the verdict of one more gate.
func (r *ruling) add(name string, v Verdict, released []string) {
	switch {
	case v.Drop != "":
		r.Verdict, r.gate = Verdict{Drop: v.Drop}, name
	case v.Hold != "":
		if slices.Contains(released, name) { // by a person
			return
		}
		if r.held = append(r.held, name); r.Hold == "" {
			r.Hold, r.gate = v.Hold, name
		}
	case v.Delay > r.Delay:
		if r.Delay = v.Delay; r.Hold == "" {
			r.gate = name
		}
	}
}

// gates are the gates of an outbox, in the order in which they are asked.
type gates struct {
	mu      sync.Mutex
	list    []*gate
	running sync.WaitGroup
	asked   map[*gate]int // calls that have not returned
}

type gate struct {
	name string
	ask  func(ctx context.Context, m Message) Verdict
}

// Gate adds a gate, which is asked about each send at its turn, right before the request leaves:
// also of a send that was queued before the gate was added, and again of one that was delayed,
// released or tried before. Gates are asked in the order in which they were added, until one
// drops. remove takes the gate out.
//
// A gate must be quick, as the account sends nothing meanwhile: it reads a value, and does not
// ask another system. One that panics, or takes longer than 5 seconds, holds the send. The name
// is for reasons and logs, and tells later which gate a person has released a send from. The
// message has no Hold and is not Queued.
func (o *Outbox) Gate(name string, ask func(ctx context.Context, m Message) Verdict) (remove func()) {
	g := &gate{name: name, ask: ask}
	o.gates.mu.Lock()
	defer o.gates.mu.Unlock()
	o.gates.list = append(o.gates.list, g)
	return func() {
		o.gates.mu.Lock()
		defer o.gates.mu.Unlock()
		o.gates.list = slices.DeleteFunc(slices.Clone(o.gates.list), func(x *gate) bool { return x == g })
	}
}

// all returns the gates. The slice is not changed later, except at its end.
func (gs *gates) all() []*gate {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	return gs.list[:len(gs.list):len(gs.list)]
}

// pass asks the gates about an entry whose turn it is, and reports whether it may leave. Otherwise
// the entry was put back, held or ended.
func (o *Outbox) pass(it *item, s store.Send) (bool, error) {
	m, err := api.DecodeSend(s.Endpoint, s.Body)
	if err != nil {
		return true, nil //nolint:nilerr // begin refuses what cannot be read
	}
	message := Message{Send: m, Key: s.Key, Class: it.class, Source: s.Source, Event: s.Event}
	o.mu.Lock()
	it.released = releasedResult(s)
	o.mu.Unlock()
	r, err := o.rule(it.values, message, releasedFrom(s))
	switch {
	case errors.Is(err, errClosed): // it stays in the queue
		return false, nil
	case err != nil:
		return false, err
	}
	now := o.config.Clock.Now()
	word := r.word()
	sent := &api.SentMessage{To: s.Target}
	switch {
	case o.isDry(message):
		s.State, s.Reason, s.Result = store.Refused, r.rehearsed(), refusal{Kind: dryRun}.encode()
		word = verdictDry
	case word == "":
		o.mu.Lock()
		it.instead = r.instead
		o.mu.Unlock()
		reason, _ := o.pausedSince(o.calls, s.Account) // a gate may have taken longer than a pause has to wait
		return reason == "", nil
	case word == verdictDrop:
		s.State, s.Reason, s.Result = store.Refused, r.Drop, refusal{Kind: byGate, Gate: r.gate}.encode()
	case word == verdictHold:
		s.State, s.Reason, s.Result = store.Held, r.Hold, holding{HeldBy: r.held, Released: releasedFrom(s)}.encode()
	default:
		return false, o.delay(it, s, &r, now)
	}
	stored, err := o.ledger.Update(o.calls, s)
	if err != nil {
		return false, ignoreConflict(err) // another process has changed it: the next look handles it
	}
	if word != verdictDry {
		o.tell(stored)
	}
	o.count(word, stored)
	if word == verdictDrop {
		sent, err = replay(stored)
	}
	o.settle(it, sent, err)
	return false, nil
}

// delay puts an entry back until a gate lets it be looked at again.
func (o *Outbox) delay(it *item, s store.Send, r *ruling, now time.Time) error {
	until := now.Add(max(r.Delay, minDelay)).Round(0)
	o.mu.Lock()
	o.hold(it, now, until)
	s.NotBefore, s.Expires, s.Reason = until, it.expires, r.reason()
	o.mu.Unlock()
	stored, err := o.ledger.Update(o.calls, s)
	if err != nil {
		return ignoreConflict(err)
	}
	o.mu.Lock()
	it.notBefore, it.unsaved = until, false
	o.keep(it, stored)
	o.queues[it.account].arrange(it.place, now)
	if !it.isParked { // its caller does not wait
		it.isParked, it.left = true, true
		it.waiting.Release()
		close(it.parked)
	}
	if o.drain {
		o.stopIfIdle()
	}
	o.mu.Unlock()
	o.count(verdictDelay, stored)
	return nil
}

// rule asks the gates about a message. The error is errClosed if the outbox ends meanwhile.
func (o *Outbox) rule(ctx context.Context, m Message, released []string) (ruling, error) {
	var r ruling
	muted, err := MutedUntil(ctx, o.state, api.AccountOf(m), api.TargetOf(m))
	if err != nil {
		return r, err
	}
	if left := muted.Sub(o.config.Clock.Now()); left > 0 {
		v := Verdict{Delay: left}
		if m.Class == Answer { // it would be stale
			v = Verdict{Drop: reason.ChatMuted.String()}
		}
		r.add(muteGate, v, nil)
	}
	for _, g := range o.gates.all() {
		if r.Drop != "" {
			break
		}
		v, err := o.ask(ctx, g, m)
		if err != nil {
			return r, err
		}
		if v.Replace != nil {
			if instead := replacement(m.Send, v.Replace); instead == nil {
				v.Hold = cmp.Or(v.Hold, reason.GateReplaces.With(g.name))
			} else {
				m.Send, r.instead = instead, instead
			}
		}
		r.add(g.name, v, released)
	}
	return r, nil
}

// replacement is what leaves in place of a message; nil if it is of another type.
func replacement(m, instead api.Send) api.Send {
	if api.EndpointOf(m) != api.EndpointOf(instead) {
		return nil
	}
	return api.WithTarget(api.WithAppID(instead, api.AccountOf(m)), api.TargetOf(m))
}

// ask asks one gate. What it does wrong holds the message.
func (o *Outbox) ask(ctx context.Context, g *gate, m Message) (Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, gateTimeout)
	defer cancel()
	answer := make(chan Verdict, 1)
	o.gates.begin(g)
	o.gates.running.Go(func() {
		defer o.gates.end(g)
		defer func() {
			if p := recover(); p != nil {
				o.config.Logger.Error("a gate panicked: its send is held", zap.String("gate", g.name), zap.String("key", m.Key),
					zap.String("panic", panicText(p)), zap.Stack("stack"))
				answer <- Verdict{Hold: reason.GatePanicked.With(g.name, panicText(p))}
			}
		}()
		answer <- g.ask(ctx, m)
	})
	select {
	case v := <-answer:
		return v, nil
	case <-o.done:
		return Verdict{}, errClosed
	case <-ctx.Done():
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return Verdict{Hold: reason.GateSlow.With(g.name, gateTimeout.String())}, nil
	}
	return Verdict{}, context.Cause(ctx)
}

// panicText describes a panic without what a program may have put into its text.
func panicText(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("a %T", p)
}

func (gs *gates) begin(g *gate) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	if gs.asked == nil {
		gs.asked = map[*gate]int{}
	}
	gs.asked[g]++
}

func (gs *gates) end(g *gate) {
	gs.mu.Lock()
	defer gs.mu.Unlock()
	if gs.asked[g]--; gs.asked[g] == 0 {
		delete(gs.asked, g)
	}
}

// wait waits until no gate runs. Their contexts have ended; one that does not return is given up,
// and its name is logged.
func (gs *gates) wait(log *zap.Logger) {
	ended := make(chan struct{})
	go func() { // ends with the last gate
		gs.running.Wait()
		close(ended)
	}()
	timer := time.NewTimer(gateTimeout)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		gs.mu.Lock()
		defer gs.mu.Unlock()
		for g := range gs.asked {
			log.Error("a gate does not return, although its context has ended", zap.String("gate", g.name))
		}
	}
}

// count reports what a gate has decided.
func (o *Outbox) count(verdict string, s store.Send) {
	if o.config.Gated != nil {
		o.config.Gated(verdict, s)
	}
}

// isDry reports whether a message is only rehearsed.
func (o *Outbox) isDry(m Message) bool { return o.config.DryRun != nil && o.config.DryRun(m) }

// rehearse makes the entry of a message that is not to be sent: what the gates say is its reason.
func (o *Outbox) rehearse(ctx context.Context, m Message, s *store.Send) error {
	r, err := o.rule(ctx, m, nil)
	if err != nil {
		return err
	}
	if m.Hold != "" {
		r.add(m.Source, Verdict{Hold: m.Hold}, nil)
	}
	s.State, s.Reason, s.Result = store.Refused, r.rehearsed(), refusal{Kind: dryRun}.encode()
	return nil
}

// rehearsed is the reason of a send in a dry run.
func (r *ruling) rehearsed() string {
	switch r.word() {
	case verdictDrop:
		return reason.WouldDrop.With(r.reason())
	case verdictHold:
		return reason.WouldHold.With(r.reason())
	case verdictDelay:
		return reason.WouldDelay.With(r.reason())
	}
	return reason.WouldSend.String()
}

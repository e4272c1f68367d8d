package rules

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// The tasks of the plugin, and the reason for messages that a person has refused.
const (
	taskAct     = "act"
	taskForward = "forward"

	droppedAsked = "a person said no"
)

// ruleset is a list of rules as a part of a bot.
type ruleset struct {
	rules  []Rule
	h      *bot.Handle
	byName map[string]*active
	files  sync.Mutex // of Append
	labels sync.Mutex // the labels of a person are read, changed and written
}

// active is a rule with its texts parsed.
type active struct {
	*Rule
	texts map[string]*router.Template
}

// pending is the data of a task: which rule, and for a forward to which target.
type pending struct {
	Rule   string `json:"rule"`
	Target string `json:"target,omitempty"`
}

func (*ruleset) Name() string { return "rules" }

func (*ruleset) Close() error { return nil }

func (p *ruleset) Setup(h *bot.Handle) error {
	p.h, p.byName = h, map[string]*active{}
	waits := false // a revoke may come before a rule acts
	for i := range p.rules {
		if r := &p.rules[i]; !r.Disabled {
			if err := p.register(r); err != nil {
				return err
			}
			waits = waits || r.Delay.Max+r.Forward.Hold+r.Forward.Gap.Max > 0
		}
	}
	h.Task(taskAct, p.acting)
	h.Task(taskForward, p.forwarding)
	if waits {
		plugin.NoteRevokes(h, nil)
	}
	return nil
}

// register adds the routes of a rule, one for each kind. The router panics if a route can never
// run; here that is a mistake in the rule.
func (p *ruleset) register(r *Rule) (err error) {
	defer refused(&err)
	if who := r.NeedsOwners(); who != "" && len(p.h.Owners()) == 0 {
		return phrase.Errorf("rules: %s: %s: the bot has no owners: name them in owners", r.Name, who)
	}
	a := &active{Rule: r, texts: map[string]*router.Template{}}
	for _, t := range r.templates() {
		if a.texts[t.field], err = router.ParseTemplate(t.text); err != nil {
			return err
		}
	}
	p.byName[r.Name] = a
	p.copyPictures(r)
	for _, kind := range r.On {
		ms, err := r.matchers(kind, p.h.Owners(), p.h.Zone())
		if err != nil {
			return fmt.Errorf("rules: %s: %w", r.Name, err)
		}
		if r.Cooldown.For > 0 && !r.Continue { // Explain knows it then
			ms = append(ms, router.Cooldown(r.Cooldown.scope(), r.Cooldown.For))
		}
		route := p.h.Kind(kind, func(c *router.Context) error { return p.handle(c, a) }, ms...).Named(r.Name)
		if r.MaxAge != 0 {
			route.MaxAge(max(r.MaxAge, router.AnyAge))
		}
		if r.DryRun {
			route.DryRun()
		}
		if r.Continue {
			route.Passes()
		}
	}
	return nil
}

// refused makes an error of a panic of the router or of a matcher.
func refused(err *error) {
	if v := recover(); v != nil {
		*err = phrase.Errorf("%v", v)
	}
}

// handle runs a rule whose conditions are met.
func (p *ruleset) handle(c *router.Context, r *active) error {
	err := p.begin(c, r)
	switch {
	case !r.Continue:
		return err
	case err != nil && !router.IsPermanent(err):
		return err
	case err != nil: // the rules after this one must not go without the message
		c.Logger().Error("a rule has failed", zap.String("rule", r.Name), zap.Error(err))
	}
	return router.Next
}

// begin does what comes before the actions: the rest, the questions, the delay.
func (p *ruleset) begin(c *router.Context, r *active) error {
	if r.Cooldown.For > 0 && r.Continue { // what rests must not keep the message from the other rules
		left, err := c.Store(r.Cooldown.scope()).Cooldown(c, "rule/"+r.Name, r.Cooldown.For)
		if err != nil {
			return err
		}
		if left > 0 {
			return nil
		}
	}
	agreed, err := p.ask(c, r)
	if err != nil {
		return err
	}
	if !agreed {
		return p.leave(c, r, droppedAsked)
	}
	if r.Delay.Max > 0 && !r.DryRun {
		return c.Later(taskAct, eventKey(c, r.Name), spread(c, r, "delay", r.Delay), pending{Rule: r.Name})
	}
	return p.act(c, r)
}

// leave drops the message for a reason, unless other rules go on with it.
func (p *ruleset) leave(c *router.Context, r *active, reason string) error {
	if !r.Continue {
		c.Drop(reason)
	}
	return nil
}

// scope is for whom a rule rests.
func (d *Cooldown) scope() router.Scope {
	return map[string]router.Scope{"sender": router.BySender, "account": router.ByAccount}[d.Per] // the zero value is ByChat
}

// act does all that a rule does. One action that fails keeps no other from being done, and a retry
// does not repeat those that succeeded.
func (p *ruleset) act(c *router.Context, r *active) error {
	if waits, err := p.accept(c, r); err != nil || waits {
		return err
	}
	var errs []error
	for _, do := range [...]func(*ruleset, *router.Context, *active) error{
		(*ruleset).label, (*ruleset).remark, (*ruleset).invite, (*ruleset).reply, (*ruleset).forward, (*ruleset).call, (*ruleset).append,
		(*ruleset).tell,
	} {
		if err := do(p, c, r); err != nil && !gated(err) {
			errs = append(errs, err)
		}
	}
	err := router.Each(errs...)
	if err == nil {
		return p.mute(c, r) // the answers were sent
	}
	if len(r.Notify) > 0 && router.IsPermanent(err) {
		text := "规则 " + r.Name + " 有动作没有成功，详情见日志和 hongyan dead list。"
		err = router.Each(err, p.note(c, r.Notify, text))
	}
	return err
}

// gated reports whether a gate of the bot has dropped what was sent: a decision, not a failure.
func gated(err error) bool {
	var refused *outbox.RefusedError
	return errors.As(err, &refused) && refused.Gate != ""
}

// acting does what a rule has put off.
func (p *ruleset) acting(t *bot.Task[pending]) error {
	r, err := p.resumed(t)
	if r == nil {
		return err
	}
	return p.act(t.Context, r)
}

// resumed is the rule of a task; nil if there is nothing left to do: the rule is gone, or the
// message was revoked.
func (p *ruleset) resumed(t *bot.Task[pending]) (*active, error) {
	r := p.byName[t.Data.Rule]
	if r == nil {
		t.Logger().Info("the rule is gone: nothing is done", zap.String("rule", t.Data.Rule))
		return nil, nil
	}
	gone, err := plugin.Revoked(t.Context, plugin.MessageID(t.Context))
	if err != nil {
		return nil, err
	}
	if gone {
		t.Logger().Info("the message was revoked: nothing is done", zap.String("rule", r.Name))
		return nil, nil
	}
	if r.Regexp != nil { // for the placeholders
		match.Pattern(r.Regexp).Match(&t.Subject)
	}
	return r, nil
}

// eventKey is the key of a task for the message.
func eventKey(c *router.Context, parts ...string) string {
	id := c.Event.Key()
	if id == "" {
		h := fnv.New64a()
		_, _ = h.Write(c.Event.Body)
		id = fmt.Sprintf("%s:%x", c.Account(), h.Sum64())
	}
	return strings.Join(append([]string{id}, parts...), "/")
}

// spread draws a time for the message, the same each time the handler runs.
func spread(c *router.Context, r *active, what string, d outbox.Range) time.Duration {
	return d.Min + time.Duration(math.Round(float64(d.Max-d.Min)*drawn(c.Event, r.Name, what)))
}

// render fills the template of a field.
func (r *active) render(c *router.Context, field string) (string, error) {
	t := r.texts[field]
	if t == nil {
		return "", nil
	}
	return t.Render(c)
}

// options are those of what a rule sends.
func (r *active) options(more ...router.SendOption) []router.SendOption {
	if r.Hold != "" {
		more = append(more, router.Hold(r.Hold))
	}
	return more
}

// rehearsed reports whether an action that is not a send is only to be logged.
func (r *active) rehearsed(c *router.Context, action string) bool {
	if r.DryRun {
		c.Logger().Info("dry run: would "+action, zap.String("rule", r.Name))
	}
	return r.DryRun
}

// note sends a text to chats and people.
func (p *ruleset) note(c *router.Context, to []string, text string) error {
	var errs []error
	for _, chat := range plugin.Chats(p.h, to) {
		errs = append(errs, c.To(chat).SendText(text))
	}
	return router.Each(errs...)
}

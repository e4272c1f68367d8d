package gateway

import (
	"context"
	"errors"
	"reflect"
	"slices"
)

// ErrRestart means that a changed configuration holds in part only: listen, keep, uploads and
// max_body stay as they were until the gateway is made anew.
var ErrRestart = errors.New("that holds after a restart")

// settings are what can change while the gateway runs.
type settings struct {
	config Config
	tokens []*holder

	valid  context.Context //nolint:containedctx // of the requests without a token
	revoke context.CancelFunc
}

// newSettings are the settings of a checked configuration. A token that is the same as before
// keeps its holder, with the requests that it has under way and those that it has made.
func newSettings(c Config, before *settings) *settings {
	s := &settings{config: c}
	var known []*holder
	if before != nil && len(before.tokens)+len(c.Tokens) == 0 {
		s.valid, s.revoke = before.valid, before.revoke
	} else {
		s.valid, s.revoke = context.WithCancel(context.Background())
	}
	if before != nil {
		known = before.tokens
	}
	s.tokens = newHolders(c.Tokens, known)
	return s
}

// end cancels what waits for those that have no right in the next settings.
func (s *settings) end(next *settings) {
	for _, t := range s.tokens {
		if !slices.Contains(next.tokens, t) {
			t.revoke()
		}
	}
	if s.valid != next.valid {
		s.revoke()
	}
}

// Change gives the gateway another configuration while it runs. Tokens, webhooks and allowed hosts
// hold at once: a token that is gone, or that has other rights, ends its streams. If listen, keep,
// uploads or max_body differ, the error wraps ErrRestart, and the rest holds. After another error
// nothing has changed.
func (g *Gateway) Change(c Config) error {
	if err := c.check(); err != nil {
		return err
	}
	g.changing.Lock()
	defer g.changing.Unlock()
	before := g.now.Load()
	var fixed []error
	for _, x := range []struct {
		key       string
		now, next any
	}{
		{"listen", before.config.Listen, c.Listen}, {"keep", before.config.Keep, c.Keep},
		{"uploads", before.config.Uploads, c.Uploads}, {"max_body", before.config.MaxBody, c.MaxBody},
	} {
		if !reflect.DeepEqual(x.now, x.next) {
			fixed = append(fixed, &FieldError{Field: x.key, Err: ErrRestart})
		}
	}
	c.Listen, c.Keep, c.Uploads, c.MaxBody = before.config.Listen, before.config.Keep, before.config.Uploads, before.config.MaxBody
	if err := c.checkListen(); err != nil { // the old address may need the tokens that are gone
		return err
	}
	if g.h != nil {
		if err := g.beginHooks(g.ending, c.Webhooks); err != nil {
			return err
		}
	}
	next := newSettings(c, before)
	if g.h != nil && c.Listen != "" {
		if err := g.noteTokens(g.ending, next.tokens); err != nil {
			return err
		}
	}
	g.now.Store(next)
	before.end(next)
	return errors.Join(fixed...)
}

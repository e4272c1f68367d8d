package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/store"
)

// ErrNoState means that the context was made without a State.
var ErrNoState = errors.New("router: no State: sessions, Ask and Once need Services.State, which every bot has")

// Scope defines who shares a session.
type Scope int

// The scopes.
const (
	ScopeConversation Scope = iota // all in the conversation
	ScopeSender                    // the sender, in this conversation only
	ScopeAccount                   // the account, in all its conversations
)

// Session is a small store of values that survives a restart: the topic of a conversation, a count
// of questions, the votes. Values are stored as JSON, up to store.MaxValue bytes each. It is valid
// as long as the context that it came from.
//
// A handler that runs again after a crash changes the session again. Where that matters, change it
// in a step of Once.
type Session struct {
	ctx    context.Context //nolint:containedctx // a session lives in a handler, and ends with its context
	state  store.State
	prefix string
	err    error
}

// Session is the session of the conversation, which all in it share.
func (c *Context) Session() *Session { return c.SessionOf(ScopeConversation) }

// SessionOf is a session of another scope.
func (c *Context) SessionOf(scope Scope) *Session {
	e := c.Event
	switch {
	case scope == ScopeAccount:
		return newSession(c, c.services.State, "a", e.AppID)
	case e.Conversation.ID == "" || scope == ScopeSender && e.Sender == "":
		return &Session{err: ErrNoConversation}
	case scope == ScopeSender:
		return newSession(c, c.services.State, "s", e.AppID, e.Conversation.ID, e.Sender)
	}
	return NewSession(c, c.services.State, e.AppID, e.Conversation.ID)
}

// NewSession is the session of a conversation for code outside of a handler, such as a schedule.
func NewSession(ctx context.Context, state store.State, account, conversation string) *Session {
	return newSession(ctx, state, "c", account, conversation)
}

func newSession(ctx context.Context, state store.State, parts ...string) *Session {
	if state == nil {
		return &Session{err: ErrNoState}
	}
	return &Session{ctx: ctx, state: state, prefix: "session/" + journal.Join(parts...) + "/"}
}

// Get reads a value into the variable that value points to, and reports whether there is one.
func (s *Session) Get(key string, value any) (bool, error) {
	_, ok, err := s.read(key, value)
	return ok, err
}

// Set writes a value. It expires after ttl; 0 keeps it for ever.
func (s *Session) Set(key string, value any, ttl time.Duration) error {
	if s.err != nil {
		return s.err
	}
	data, err := json.Marshal(value)
	if err == nil {
		_, err = s.state.Put(s.ctx, s.prefix+key, data, ttl)
	}
	return s.wrap(key, err)
}

// Delete removes a value; nothing happens if there is none.
func (s *Session) Delete(key string) error {
	if s.err != nil {
		return s.err
	}
	return s.wrap(key, s.state.Delete(s.ctx, s.prefix+key))
}

// Update changes a value in one step, safe for concurrent use by several processes: change gets the
// value as it is, the zero value if there is none, and returns the new one. It may run several
// times; its error ends the update without a change. ttl is that of Set.
func Update[T any](s *Session, key string, ttl time.Duration, change func(T) (T, error)) (T, error) {
	for {
		var value T
		revision, _, err := s.read(key, &value)
		if err != nil {
			return value, err
		}
		if value, err = change(value); err != nil {
			return value, err
		}
		data, err := json.Marshal(value)
		if err == nil {
			_, err = s.state.Swap(s.ctx, s.prefix+key, data, revision, ttl)
		}
		if err == nil || !errors.Is(err, store.ErrConflict) {
			return value, s.wrap(key, err)
		}
		if s.ctx.Err() != nil {
			return value, s.wrap(key, context.Cause(s.ctx))
		}
	}
}

func (s *Session) read(key string, value any) (revision uint64, ok bool, err error) {
	if s.err != nil {
		return 0, false, s.err
	}
	entry, err := s.state.Get(s.ctx, s.prefix+key)
	if errors.Is(err, store.ErrNotFound) {
		return 0, false, nil
	}
	if err == nil {
		err = json.Unmarshal(entry.Value, value)
	}
	return entry.Revision, err == nil, s.wrap(key, err)
}

func (s *Session) wrap(key string, err error) error {
	if err != nil {
		return fmt.Errorf("router: session value %q: %w", key, err)
	}
	return nil
}

package router

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/store"
)

// ErrNoState means that the context was made without a State.
var ErrNoState = errors.New("router: no State: stores, Ask and Once need Services.State, which every bot has")

// Scope says who shares a part of a store.
type Scope int

// The scopes.
const (
	ByChat    Scope = iota // all in the conversation
	BySender               // the sender, in this conversation only
	ByAccount              // the account, in all its conversations
)

// Store keeps what a plugin must not forget: values, claims, counts and logs that survive a
// restart, and that all processes of the bot share. Each plugin has its own, and so have the
// handlers that belong to none. A part of it belongs to an account, a conversation or a person; the
// keys of the parts are apart. The zero value does not work: use Context.Store, or the Store
// methods of package bot.
//
// Every method takes the context that it is called in: in a handler the *Context, in a task or a
// schedule that of its run. By that, Claim, Window, Cooldown and Log.Append know that a run is the
// same again, and answer the same. Set, Update and Delete change the value at each run; where that
// matters, do them in a step of Once.
//
// Keys may have any length; long ones are stored by their hash. Values are stored as JSON, up to
// store.MaxValue bytes each: what grows belongs in a [Log].
type Store struct {
	services Services
	space    string // of the plugin
	scope    string // the part in it; both end with a slash
	err      error
}

// whole is the scope of a store that is not a part.
const whole = "w/"

// NewStore is the store of a plugin, or of the handlers that belong to none if the name is empty.
func NewStore(s Services, plugin string) *Store {
	space := "session/" // as the handlers of earlier versions have stored
	if plugin != "" {
		space = "plugin/" + journal.Join(plugin) + "/"
	}
	x := &Store{services: s, space: space, scope: whole}
	if s.State == nil {
		x.err = ErrNoState
	}
	return x
}

// Account is the part of an account.
func (s *Store) Account(account string) *Store { return s.part("a", account) }

// Chat is the part of a conversation of an account.
func (s *Store) Chat(account, id string) *Store { return s.part("c", account, id) }

// Sender is the part of a person in a conversation of an account.
func (s *Store) Sender(account, id, wxid string) *Store { return s.part("s", account, id, wxid) }

func (s *Store) part(kind string, ids ...string) *Store {
	part := *s
	part.scope = kind + "/" + journal.Join(ids...) + "/"
	return &part
}

// Store is the store of the plugin whose route handles the event, or with a scope the part of it
// that belongs to the account, the conversation or the sender of the event.
//
//	votes, err := router.Update(c, c.Store(router.ByChat), "votes", 0, count)
func (c *Context) Store(scope ...Scope) *Store {
	s := NewStore(c.services, c.Plugin())
	if len(scope) == 0 {
		return s
	}
	e := c.Event
	switch {
	case scope[0] == ByAccount:
		return s.Account(e.AppID)
	case e.Conversation.ID == "" || scope[0] == BySender && e.Sender == "":
		return &Store{err: ErrNoConversation}
	case scope[0] == BySender:
		return s.Sender(e.AppID, e.Conversation.ID, e.Sender)
	}
	return s.Chat(e.AppID, e.Conversation.ID)
}

// Get reads a value into the variable that value points to, and reports whether there is one.
func (s *Store) Get(ctx context.Context, key string, value any) (bool, error) {
	_, ok, err := s.read(ctx, s.key("", key), value)
	return ok, s.wrap("value", key, err)
}

// Set writes a value. It expires after ttl; 0 keeps it for ever.
func (s *Store) Set(ctx context.Context, key string, value any, ttl time.Duration) error {
	if s.err != nil {
		return s.err
	}
	data, err := json.Marshal(value)
	if err == nil {
		_, err = s.services.State.Put(ctx, s.key("", key), data, ttl)
	}
	return s.wrap("value", key, err)
}

// Delete removes a value; nothing happens if there is none.
func (s *Store) Delete(ctx context.Context, key string) error {
	if s.err != nil {
		return s.err
	}
	return s.wrap("value", key, s.services.State.Delete(ctx, s.key("", key)))
}

// Update changes a value in one step, safe for concurrent use by several processes: change gets the
// value as it is, the zero value if there is none, and returns the new one. It may run several
// times; its error ends the update without a change. ttl is that of Set.
func Update[T any](ctx context.Context, s *Store, key string, ttl time.Duration, change func(T) (T, error)) (T, error) {
	value, err := swap(ctx, s, s.key("", key), ttl, change)
	return value, s.wrap("value", key, err)
}

// swap changes the value at a whole key.
func swap[T any](ctx context.Context, s *Store, key string, ttl time.Duration, change func(T) (T, error)) (T, error) {
	for {
		var value T
		entry, _, err := s.read(ctx, key, &value)
		if err != nil {
			return value, err
		}
		if value, err = change(value); err != nil {
			return value, err
		}
		data, err := json.Marshal(value)
		if err == nil {
			_, err = s.services.State.Swap(ctx, key, data, entry.Revision, ttl)
		}
		if err == nil || !errors.Is(err, store.ErrConflict) {
			return value, err
		}
		if ctx.Err() != nil {
			return value, context.Cause(ctx)
		}
	}
}

// read reads the value at a whole key.
func (s *Store) read(ctx context.Context, key string, value any) (entry store.Entry, ok bool, err error) {
	if s.err != nil {
		return entry, false, s.err
	}
	entry, err = s.services.State.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return store.Entry{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(entry.Value, value)
	}
	return entry, err == nil, err
}

// key is a key of the state. Values, claims and counts are apart by kind.
func (s *Store) key(kind, key string) string {
	return bounded(kind + s.space + s.scope + key)
}

// bounded replaces a key that is too long for the store by its hash.
func bounded(key string) string {
	if len(key) <= store.MaxKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "long/" + hex.EncodeToString(sum[:])
}

// wrap says what an error is about. A misuse says so itself.
func (s *Store) wrap(what, key string, err error) error {
	if err == nil || s.err != nil {
		return err
	}
	return fmt.Errorf("router: store: %s %q: %w", what, key, err)
}

// Package contacts keeps the address book of the accounts: the profiles of friends, the groups with
// their members, and the groups that the service's address book does not list. It asks the service
// only when it must, and updates itself from callbacks.
package contacts

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	defaultTTL        = 10 * time.Minute
	defaultRetryAfter = time.Minute
	defaultTimeout    = 5 * time.Second
	defaultMaxPeople  = 50_000
	defaultMaxGroups  = 2_000
)

// Config configures a Book. Client is required; the zero values of the others work.
type Config struct {
	// Client makes the requests.
	Client *api.Client
	// State stores the groups that were seen, across restarts. nil means that they are forgotten
	// with the process.
	State store.State
	// TTL is the lifetime of an answer of the service, unless a callback reports a change. 0 means
	// 10 minutes.
	TTL time.Duration
	// RetryAfter is the time before a failed request is repeated. 0 means a minute.
	RetryAfter time.Duration
	// Timeout bounds each request for a name, and thus the delay of a caption. 0 means 5
	// seconds.
	Timeout time.Duration
	// MaxPeople and MaxGroups bound the number of cached entries; the least recently used ones are
	// dropped first. 0 means 50,000 people and 2,000 groups.
	MaxPeople, MaxGroups int
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// Book is the address book of all accounts of a bot. It is created by New and safe for concurrent
// use.
type Book struct {
	config Config
	people *lru.Cache[key, entry[api.ContactInfo]]
	groups *lru.Cache[key, entry[api.ChatroomInfo]]
	roles  *lru.Cache[key, entry[api.ChatroomMemberList]] // owners and administrators of groups
	lists  *lru.Cache[key, entry[api.ContactIDs]]
	asking singleflight.Group
	// changes counts the changes reported by callbacks: an answer that was requested before a
	// change may be older than the change.
	changes atomic.Uint64

	mu     sync.Mutex
	seen   map[string]map[string]bool // appId → ids of the groups from which callbacks came; nil until loaded
	seenAt map[string]time.Time       // when they were loaded
}

// key is a person or a group from the point of view of one account.
type key struct{ account, id string }

// question returns the key of a request in flight.
func (k key) question(name string) string { return name + "\x00" + k.account + "\x00" + k.id }

// The kinds of requests.
const (
	askList    = "list"
	askProfile = "profile"
	askGroup   = "group"
)

// forget removes an entry, so that the next lookup makes a request, even if one is in flight.
func forget[T any](b *Book, cache *lru.Cache[key, entry[T]], k key, name string) {
	b.changes.Add(1) // before the rest, for answers that arrive meanwhile
	b.asking.Forget(k.question(name))
	cache.Remove(k)
}

// entry is an answer of the service, possibly an empty one.
type entry[T any] struct {
	value *T // nil: the service has no such person or group
	until time.Time
}

// answer returns the value, or errNoAnswer if there is none.
func (e entry[T]) answer() (*T, error) {
	if e.value == nil {
		return nil, errNoAnswer
	}
	return e.value, nil
}

// New returns an empty book.
func New(c Config) *Book {
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&c.TTL, defaultTTL}, {&c.RetryAfter, defaultRetryAfter}, {&c.Timeout, defaultTimeout}} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if c.MaxPeople <= 0 {
		c.MaxPeople = defaultMaxPeople
	}
	if c.MaxGroups <= 0 {
		c.MaxGroups = defaultMaxGroups
	}
	c.Clock = clock.Or(c.Clock)
	return &Book{
		config: c, seen: map[string]map[string]bool{}, seenAt: map[string]time.Time{},
		people: newCache[api.ContactInfo](c.MaxPeople), groups: newCache[api.ChatroomInfo](c.MaxGroups),
		roles: newCache[api.ChatroomMemberList](c.MaxGroups), lists: newCache[api.ContactIDs](100),
	}
}

func newCache[T any](size int) *lru.Cache[key, entry[T]] {
	c, err := lru.New[key, entry[T]](size)
	if err != nil { // only for a size that is not positive
		panic("contacts: " + err.Error())
	}
	return c
}

// lookup returns a cached answer or makes a request. Concurrent lookups share one request. After a
// failure, an expired answer is used if there is one.
func lookup[T any](ctx context.Context, b *Book, cache *lru.Cache[key, entry[T]], k key, name string, timeout time.Duration,
	ask func(context.Context) (*T, error),
) (*T, error) {
	cached := func() (known entry[T], fresh bool) {
		known, ok := cache.Get(k)
		return known, ok && known.until.After(b.config.Clock.Now())
	}
	if known, fresh := cached(); fresh {
		return known.answer()
	}
	answer := b.asking.DoChan(k.question(name), func() (any, error) {
		known, fresh := cached() // another request may have ended in between
		if fresh {
			return known.answer()
		}
		changes := b.changes.Load()
		defer func() {
			if b.changes.Load() != changes {
				cache.Remove(k)
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout) // others may wait for it as well
		defer cancel()
		value, err := ask(ctx)
		if err != nil {
			cache.Add(k, entry[T]{known.value, b.config.Clock.Now().Add(b.config.RetryAfter)})
			if known.value != nil {
				return known.value, nil
			}
			return nil, err
		}
		cache.Add(k, entry[T]{value, b.config.Clock.Now().Add(b.config.TTL)})
		return value, nil
	})
	select {
	case r := <-answer:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*T), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

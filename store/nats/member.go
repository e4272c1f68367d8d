package nats

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// memberLoad is what a member tells about itself with each renewal.
type memberLoad struct {
	Pending int       `json:"pending"`
	Leased  int       `json:"leased"`
	Oldest  time.Time `json:"oldest"`
	// Takeover is the member's setting, in milliseconds: others wait for the longer of theirs and its.
	Takeover int64 `json:"takeover_ms"`
}

// sighting is the last renewal of another member that was seen.
type sighting struct {
	revision uint64
	since    time.Time // of this process's clock
	load     memberLoad
}

// lifetime is the membership of this process. Its methods, but for id, closed and others, belong to one goroutine.
type lifetime struct {
	work   *bucket
	config Config

	me       atomic.Pointer[string]
	revision uint64
	seen     map[string]sighting
	lastLook time.Time
	frozen   atomic.Bool // a test stops the heart
	isClosed atomic.Bool

	looking sync.Mutex // of glance

	mu    sync.Mutex
	loads map[string]memberLoad // of the others
}

func newLifetime(work *bucket, c Config) *lifetime {
	l := &lifetime{work: work, config: c, seen: map[string]sighting{}}
	l.rename()
	return l
}

func (l *lifetime) id() string   { return *l.me.Load() }
func (l *lifetime) closed() bool { return l.isClosed.Load() }

// rename begins a new life: a member that was removed does not come back as itself.
func (l *lifetime) rename() {
	id := rand.Text()
	l.me.Store(&id)
	l.revision = 0
}

// renew stores that this member is alive. It returns since when that is known: until others may remove it, a takeover must pass from then on.
// store.ErrConflict means that it was removed.
func (l *lifetime) renew(ctx context.Context, load memberLoad) (time.Time, error) {
	load.Takeover = l.config.Takeover.Milliseconds()
	data, err := json.Marshal(load)
	if err != nil {
		return time.Time{}, fmt.Errorf("nats: %w", err)
	}
	began := time.Now()
	revision, err := l.work.put(ctx, 0, l.work.member(l.id()), nil, data, l.revision)
	if err != nil {
		return time.Time{}, err
	}
	l.revision = revision
	return began, nil
}

// glance reads what the members tell about themselves, for a process that is none.
func (l *lifetime) glance(ctx context.Context) error {
	l.looking.Lock()
	defer l.looking.Unlock()
	_, err := l.look(ctx)
	return err
}

// look finds the members that are alive, and removes those that were silent for too long.
func (l *lifetime) look(ctx context.Context) ([]string, error) {
	var info *jetstream.StreamInfo
	filter := l.work.member("*")
	err := again(ctx, 0, func(ctx context.Context, _ bool) error {
		var err error
		info, err = l.work.stream.Info(ctx, jetstream.WithSubjectFilter(filter))
		return err
	})
	if err != nil {
		return nil, l.work.explain("list the members", "$JS.API.STREAM.INFO."+l.work.name, err)
	}
	alive := []string{l.id()}
	seen := map[string]sighting{}
	for subject := range info.State.Subjects {
		id := subject[len(l.work.member("")):]
		if id == l.id() {
			continue
		}
		r, err := l.work.last(ctx, subject)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		s := sighting{revision: r.revision, since: time.Now()}
		if err := json.Unmarshal(r.data, &s.load); err != nil {
			l.config.Logger.Warn("a member's record cannot be read", zap.String("member", id), zap.Error(err))
		}
		if old, known := l.seen[id]; known && old.revision == s.revision {
			s.since = old.since
		}
		alive = append(alive, id)
		seen[id] = s
	}
	now := time.Now()
	if gap := now.Sub(l.lastLook); gap > l.config.Takeover/2 {
		// This process saw nothing for a while, perhaps as the cluster had no leader: then the others could not renew either.
		for id, s := range seen {
			s.since = now
			seen[id] = s
		}
	}
	l.seen, l.lastLook = seen, now
	l.setLoads(seen)
	return l.bury(ctx, alive, now)
}

// bury removes the members that are silent, and returns the others.
func (l *lifetime) bury(ctx context.Context, alive []string, now time.Time) ([]string, error) {
	for id, s := range l.seen {
		if now.Sub(s.since) < max(l.config.Takeover, time.Duration(s.load.Takeover)*time.Millisecond) {
			continue
		}
		removed, err := l.work.remove(ctx, s.revision)
		if err != nil {
			return nil, err
		}
		delete(l.seen, id)
		if removed {
			l.config.Logger.Warn("a process is gone, its partitions are taken over", zap.String("member", id), zap.Duration("silent", now.Sub(s.since)))
			alive = slices.DeleteFunc(alive, func(other string) bool { return other == id })
		}
	}
	slices.Sort(alive)
	return alive, nil
}

// gone tells whether a member has no record: it was removed, or has closed.
func (l *lifetime) gone(ctx context.Context, id string) (bool, error) {
	_, err := l.work.last(ctx, l.work.member(id))
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// leave removes this member. A renewal that was cut off by the end may have been stored: then the record has another revision than is known here.
func (l *lifetime) leave(ctx context.Context) error {
	for l.revision != 0 {
		removed, err := l.work.remove(ctx, l.revision)
		if err != nil || removed {
			return err
		}
		r, err := l.work.last(ctx, l.work.member(l.id()))
		if errors.Is(err, store.ErrNotFound) { // somebody else has removed it
			return nil
		}
		if err != nil {
			return err
		}
		l.revision = r.revision
	}
	return nil
}

func (l *lifetime) setLoads(seen map[string]sighting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loads = map[string]memberLoad{}
	for id, s := range seen {
		l.loads[id] = s.load
	}
}

// others are the loads of the other members, as they last told.
func (l *lifetime) others() map[string]memberLoad {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.loads)
}

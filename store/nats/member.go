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

// memberLoad is what a member publishes about itself with each renewal.
type memberLoad struct {
	Pending int       `json:"pending"`
	Leased  int       `json:"leased"`
	Oldest  time.Time `json:"oldest"`
	// Takeover is the member's setting in milliseconds. Others use the longer of this and their
	// own.
	Takeover int64 `json:"takeover_ms"`
}

// sighting is the last seen renewal of another member.
type sighting struct {
	revision uint64
	since    time.Time // by the clock of this process
	load     memberLoad
}

// membership is the membership of this process. Its methods, except id, closed and others, are
// called by one goroutine.
type membership struct {
	work   *bucket
	config Config

	me       atomic.Pointer[string]
	revision uint64
	seen     map[string]sighting
	lastLook time.Time
	isClosed atomic.Bool

	looking sync.Mutex // serialises refresh

	mu    sync.Mutex
	loads map[string]memberLoad // of the other members
}

func newMembership(work *bucket, c Config) *membership {
	l := &membership{work: work, config: c, seen: map[string]sighting{}}
	l.rename()
	return l
}

func (l *membership) id() string   { return *l.me.Load() }
func (l *membership) closed() bool { return l.isClosed.Load() }

// rename chooses a new id: a member that was removed does not return under its old one.
func (l *membership) rename() {
	id := rand.Text()
	l.me.Store(&id)
	l.revision = 0
}

// renew stores that this member is alive. It returns the time before the write: others may remove
// this member at the earliest one Takeover after it. store.ErrConflict means that it was removed.
func (l *membership) renew(ctx context.Context, load memberLoad) (time.Time, error) {
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

// refresh reads the loads of the members, for a process that is not a member.
func (l *membership) refresh(ctx context.Context) error {
	l.looking.Lock()
	defer l.looking.Unlock()
	_, err := l.look(ctx)
	return err
}

// look returns the live members, and removes those that were silent for too long.
func (l *membership) look(ctx context.Context) ([]string, error) {
	var info *jetstream.StreamInfo
	filter := l.work.member("*")
	err := retry(ctx, 0, func(ctx context.Context, _ bool) error {
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
		// This process saw nothing for a while, perhaps because the cluster had no leader. The
		// other members could not renew then, either.
		for id, s := range seen {
			s.since = now
			seen[id] = s
		}
	}
	l.seen, l.lastLook = seen, now
	l.setLoads(seen)
	return l.evict(ctx, alive, now)
}

// evict removes silent members and returns the others.
func (l *membership) evict(ctx context.Context, alive []string, now time.Time) ([]string, error) {
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
			l.config.Logger.Warn("a process is gone, taking over its partitions", zap.String("member", id),
				zap.Duration("silent", now.Sub(s.since)))
			alive = slices.DeleteFunc(alive, func(other string) bool { return other == id })
		}
	}
	slices.Sort(alive)
	return alive, nil
}

// gone reports whether a member has no record: it was removed or has closed.
func (l *membership) gone(ctx context.Context, id string) (bool, error) {
	_, err := l.work.last(ctx, l.work.member(id))
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return false, err
}

// leave removes this member. A renewal that was interrupted may have been stored, in which case the
// record has a revision that is not known here.
func (l *membership) leave(ctx context.Context) error {
	for l.revision != 0 {
		removed, err := l.work.remove(ctx, l.revision)
		if err != nil || removed {
			return err
		}
		r, err := l.work.last(ctx, l.work.member(l.id()))
		if errors.Is(err, store.ErrNotFound) { // another process has removed it
			return nil
		}
		if err != nil {
			return err
		}
		l.revision = r.revision
	}
	return nil
}

func (l *membership) setLoads(seen map[string]sighting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loads = map[string]memberLoad{}
	for id, s := range seen {
		l.loads[id] = s.load
	}
}

// others returns the loads of the other members as of their last renewals.
func (l *membership) others() map[string]memberLoad {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.loads)
}

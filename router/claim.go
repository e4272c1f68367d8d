package router

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// claim is who has a key.
type claim struct {
	By string `json:"by,omitempty"`
}

// Claim takes a key for the time ttl, 0 for ever, and reports whether it was free: is this the
// first time? Of several claims at once, also by several processes, one succeeds. A handler that
// runs again, after a failure, a crash or a question, is answered as in its first run.
//
//	first, err := c.Store().Claim(c, "md5/"+f.MD5, 24*time.Hour)
func (s *Store) Claim(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	left, err := s.take(ctx, "claim/", key, ttl)
	return left == 0, s.wrap("claim", key, err)
}

// Cooldown takes a rest of the time d under a key, unless it is still running. It returns 0 if the
// rest begins now, and otherwise how long it still lasts. As with Claim, another run of the handler
// is answered the same.
func (s *Store) Cooldown(ctx context.Context, key string, d time.Duration) (left time.Duration, err error) {
	if d <= 0 {
		return 0, s.err
	}
	left, err = s.take(ctx, "cooldown/", key, d)
	return left, s.wrap("cool-down", key, err)
}

// take claims a key. It returns for how long another has it, at least a nanosecond.
func (s *Store) take(ctx context.Context, kind, key string, ttl time.Duration) (time.Duration, error) {
	if s.err != nil {
		return 0, s.err
	}
	whole := s.key(kind, key)
	r, by := claimantOf(ctx, whole)
	return answered(ctx, r, whole, by, func() (time.Duration, error) {
		mine, err := json.Marshal(claim{by})
		if err != nil {
			return 0, err
		}
		for {
			var owner claim
			entry, taken, err := s.read(ctx, whole, &owner)
			switch {
			case err != nil:
				return 0, err
			case taken && by != "" && owner.By == by:
				return 0, nil
			case taken:
				return max(entry.Expires.Sub(s.services.now()), 1), nil
			}
			_, err = s.services.State.Swap(ctx, whole, mine, 0, ttl)
			if !errors.Is(err, store.ErrConflict) {
				return 0, err
			}
		}
	})
}

// claimantOf is the work that a context belongs to, and who claims a key in it; empty if it is not
// run again.
func claimantOf(ctx context.Context, key string) (r runs, by string) {
	if r = runsOf(ctx); r != nil {
		by = r.claimant(key)
	}
	return r, by
}

// window is what has happened of late, oldest first.
type window struct {
	Hits []hit `json:"hits"`
}

type hit struct {
	At    int64  `json:"t"`           // Unix milliseconds
	N     int    `json:"n,omitempty"` // how many hits it stands for; 0 means 1
	By    string `json:"b,omitempty"`
	Count int    `json:"c,omitempty"` // the answer to By
}

// maxHits is up to how many hits a window counts one by one. Of more, the older half is kept in
// fiftieths of the window, each of which leaves it at once.
const (
	maxHits = 256
	parts   = 50
)

// Window counts a call under a key, and returns how many there were in the time d until now,
// this one included. A handler that runs again is counted once, and answered as in its first run.
// More than 256 calls in a window may be counted a little too high: by those of a fiftieth of it.
//
//	n, err := c.Store(router.BySender).Window(c, "requests", 10*time.Minute)
func (s *Store) Window(ctx context.Context, key string, d time.Duration) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	whole := s.key("window/", key)
	r, by := claimantOf(ctx, whole)
	n, err := answered(ctx, r, whole, by, func() (int, error) {
		count := 0
		_, err := swap(ctx, s, whole, d, func(w window) (window, error) {
			count = w.add(s.services.now(), d, markOf(by))
			return w, nil
		})
		return count, err
	})
	return n, s.wrap("window", key, err)
}

// add counts a hit, and returns how many there are.
func (w *window) add(now time.Time, d time.Duration, by string) int {
	oldest, total := now.Add(-d).UnixMilli(), 1
	kept := make([]hit, 0, len(w.Hits)+1)
	for _, h := range w.Hits {
		if h.At <= oldest {
			continue
		}
		if by != "" && h.By == by {
			return h.Count
		}
		total += max(h.N, 1)
		kept = append(kept, h)
	}
	kept = append(kept, hit{At: now.UnixMilli(), By: by, Count: total})
	w.Hits = kept
	if len(w.Hits) > maxHits {
		w.merge(max(d.Milliseconds()/parts, 1))
	}
	return total
}

// merge joins those of the older half of the hits that are in the same part of the window.
func (w *window) merge(part int64) {
	half := len(w.Hits) / 2
	var merged []hit
	for _, h := range w.Hits[:half] {
		n := len(merged) - 1
		if n >= 0 && merged[n].At/part == h.At/part {
			merged[n] = hit{At: h.At, N: max(merged[n].N, 1) + max(h.N, 1)}
		} else {
			merged = append(merged, h)
		}
	}
	w.Hits = append(merged, w.Hits[half:]...)
}

// Limit takes one of most places that a key has in the time d, and returns 0; if all are taken, it
// returns how long it is until the next one is free, and takes none. So what is refused does not
// count, unlike with Window. A handler that runs again is answered as in its first run. Of
// several limits ask for the shortest first: what a later one refuses has taken a place of it.
//
//	wait, err := c.Store(router.ByAccount).Limit(c, "friends", 3, 10*time.Minute)
func (s *Store) Limit(ctx context.Context, key string, most int, d time.Duration) (wait time.Duration, err error) {
	switch {
	case s.err != nil:
		return 0, s.err
	case most < 1 || most > maxHits || d <= 0:
		return 0, Permanent(fmt.Errorf("router: Limit: %d in %v: the number is from 1 to %d, and the time more than 0", most, d, maxHits))
	}
	whole := s.key("limit/", key)
	r, by := claimantOf(ctx, whole)
	wait, err = answered(ctx, r, whole, by, func() (wait time.Duration, err error) {
		_, err = swap(ctx, s, whole, d, func(w window) (window, error) {
			wait = w.take(s.services.now(), most, d, markOf(by))
			return w, nil
		})
		return wait, err
	})
	return wait, s.wrap("limit", key, err)
}

// take takes a place, and returns 0, or how long it is until one is free.
func (w *window) take(now time.Time, most int, d time.Duration, by string) time.Duration {
	oldest := now.Add(-d).UnixMilli()
	w.Hits = slices.DeleteFunc(w.Hits, func(h hit) bool { return h.At <= oldest })
	switch n := len(w.Hits); {
	case by != "" && slices.ContainsFunc(w.Hits, func(h hit) bool { return h.By == by }):
		return 0
	case n >= most:
		return max(time.UnixMilli(w.Hits[n-most].At).Add(d).Sub(now), time.Millisecond)
	}
	w.Hits = append(w.Hits, hit{At: now.UnixMilli(), By: by})
	return 0
}

// markOf is a claimant in a window; empty if it is not run again.
func markOf(by string) string {
	if by == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(by))
	return hex.EncodeToString(sum[:8])
}

package sqlite

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/hongyan-go/hongyan/store"
)

// The bounds of the entries that are kept in memory.
const (
	recentParts  = 64
	recentOfPart = 64
	recentValue  = 4 << 10 // bytes of a value
)

// recent keeps the entries of the state that were read or written lately, and that there is none: a
// message asks for the same ones again and again. Writes of this process replace them; those of
// another, which are seen within half a second, remove all.
type recent struct {
	seed     maphash.Seed
	parts    []recentPart // none: nothing is kept
	families families
}

type recentPart struct {
	mu      sync.Mutex
	changes uint64 // a read that began before one is not kept
	entries *simplelru.LRU[string, cached]
}

// cached is what a key has.
type cached struct {
	entry store.Entry // without a key if there is none
	as    time.Time   // the clock when it was read or written
}

func newRecent(keep bool) *recent {
	r := &recent{seed: maphash.MakeSeed()}
	if !keep {
		return r
	}
	r.parts = make([]recentPart, recentParts)
	for i := range r.parts {
		entries, err := simplelru.NewLRU[string, cached](recentOfPart, nil)
		if err != nil { // only for a size of 0
			panic(err)
		}
		r.parts[i].entries = entries
	}
	return r
}

func (r *recent) part(key string) *recentPart {
	if len(r.parts) == 0 {
		return nil
	}
	return &r.parts[maphash.String(r.seed, key)%recentParts]
}

// get returns what a key has, an entry without a key if it has none. If that is not known, it
// returns what read wants.
func (r *recent) get(key string, now time.Time) (e store.Entry, changes uint64, known bool) {
	p := r.part(key)
	if p == nil {
		return store.Entry{}, 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.entries.Get(key)
	switch {
	case !ok:
	case now.Round(0).Before(c.as), !c.entry.Expires.IsZero() && !c.entry.Expires.After(now):
		p.entries.Remove(key) // the clock was set back, or it has expired
	default:
		return c.entry, 0, true
	}
	return store.Entry{}, p.changes, false
}

// read keeps what was read, unless the part has changed since get.
func (r *recent) read(key string, e store.Entry, changes uint64, now time.Time) {
	if p := r.part(key); p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.changes == changes {
			p.put(key, e, now)
		}
	}
}

// write keeps what was written.
func (r *recent) write(key string, e store.Entry, now time.Time) {
	if p := r.part(key); p != nil {
		r.families.write(key, e.Key != "")
		p.mu.Lock()
		defer p.mu.Unlock()
		p.changes++
		p.put(key, e, now)
	}
}

// clear forgets everything.
func (r *recent) clear() {
	r.families.clear()

	for i := range r.parts {
		p := &r.parts[i]
		p.mu.Lock()
		p.changes++
		p.entries.Purge()
		p.mu.Unlock()
	}
}

func (p *recentPart) put(key string, e store.Entry, now time.Time) {
	if len(e.Value) > recentValue {
		p.entries.Remove(key)
		return
	}
	p.entries.Add(key, cached{e, now.Round(0)})
}

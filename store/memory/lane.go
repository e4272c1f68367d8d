package memory

import (
	"container/heap"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// entry is an item that is not done.
type entry struct {
	item    store.Item
	seq     uint64
	attempt int
	fence   uint64
	until   time.Time // expiry of the current lease
}

// lane is the queue of one conversation. Its head is the only entry that can be leased.
type lane struct {
	name    string
	entries []*entry
	first   int
	due     time.Time // when the head may be leased; zero means now
}

func (l *lane) len() int     { return len(l.entries) - l.first }
func (l *lane) head() *entry { return l.entries[l.first] }

func (l *lane) push(e *entry) { l.entries = append(l.entries, e) }

func (l *lane) pop() *entry {
	e := l.entries[l.first]
	l.entries[l.first] = nil
	l.first++
	if l.first*2 >= len(l.entries) {
		l.entries = append(l.entries[:0:0], l.entries[l.first:]...)
		l.first = 0
	}
	return e
}

// laneHeap orders free lanes: lanes that are due by the age of their head, the others by their due
// time.
type laneHeap []*lane

var _ heap.Interface = (*laneHeap)(nil)

func (h laneHeap) Len() int { return len(h) }

func (h laneHeap) Less(i, j int) bool {
	if !h[i].due.Equal(h[j].due) {
		return h[i].due.Before(h[j].due)
	}
	return h[i].head().seq < h[j].head().seq
}

func (h laneHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *laneHeap) Push(x any) {
	*h = append(*h, x.(*lane))
}

func (h *laneHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return l
}

// keyring remembers keys, and forgets the oldest first.
type keyring struct {
	until map[string]time.Time
	order []string // in the order of add; expired from the front
	first int
}

func (k *keyring) known(key string) bool {
	_, ok := k.until[key]
	return ok
}

func (k *keyring) add(key string, until time.Time) {
	k.until[key] = until
	k.order = append(k.order, key)
}

// expire forgets the keys that have expired at now, and the oldest ones to make room for one more
// key.
func (k *keyring) expire(now time.Time, limit int) {
	for k.first < len(k.order) {
		key := k.order[k.first]
		if k.until[key].After(now) && len(k.until) < limit {
			break
		}
		delete(k.until, key)
		k.order[k.first] = ""
		k.first++
	}
	if k.first > 1024 && k.first*2 > len(k.order) {
		k.order = append(k.order[:0:0], k.order[k.first:]...)
		k.first = 0
	}
}

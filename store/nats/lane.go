package nats

import (
	"container/heap"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// entry is an item that is not done, in the memory of the owner.
type entry struct {
	lane     *lane
	seq      uint64
	received time.Time
	item     *store.Item // nil if it exceeded the memory limit: read again when it is leased
	size     int         // bytes held in memory for the item
	attempt  int
	why      string // of the last failure
	fence    uint64
	until    time.Time // when the current lease expires
	ending   *ending   // the outcome that is being stored
}

// lane is the queue of one conversation. Only its head can be leased.
type lane struct {
	id      string
	part    *partition
	entries []*entry
	first   int
	due     time.Time     // when the head may be leased; zero means now
	delay   time.Duration // the delay that due was set with
	taken   bool          // the head is leased
	queued  bool          // it is in the heap
}

func (l *lane) len() int     { return len(l.entries) - l.first }
func (l *lane) head() *entry { return l.entries[l.first] }

func (l *lane) pop() {
	l.entries[l.first] = nil
	l.first++
	if l.first*2 >= len(l.entries) {
		l.entries = append(l.entries[:0:0], l.entries[l.first:]...)
		l.first = 0
	}
}

// laneHeap orders free lanes by due, and lanes that are due at the same time by the age of their
// head.
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

func (h *laneHeap) Push(x any) { *h = append(*h, x.(*lane)) }

func (h *laneHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return l
}

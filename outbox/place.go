package outbox

import (
	"container/heap"
	"slices"
	"time"
)

// place has the waiting entries of a target and a class, in the order of the ledger. Only the first
// can get a turn. A queue finds the next entry by its heaps of places, so that a turn costs the
// same however many entries wait.
type place struct {
	target string
	class  Class
	items  []*item
	at     time.Time // when its first entry may go, as far as it alone decides; of a place in waiting

	key   placeKey
	heap  *heaped[*place] // where it is; nil if its target has a request in progress
	index int
}

func (p *place) head() *item { return p.items[0] }

// placeKey identifies a place. An entry that a gate delays for longer than keepsPlace has a place
// of its own, apart from the others of its target: these need not wait as long.
type placeKey struct {
	target string
	class  Class
	apart  string // the key of that entry
}

// heaped is a heap whose elements know their index.
type heaped[T any] struct {
	list []T
	less func(a, b T) bool
	set  func(x T, index int)
}

func (h *heaped[T]) Len() int           { return len(h.list) }
func (h *heaped[T]) Less(i, j int) bool { return h.less(h.list[i], h.list[j]) }

func (h *heaped[T]) Swap(i, j int) {
	h.list[i], h.list[j] = h.list[j], h.list[i]
	h.set(h.list[i], i)
	h.set(h.list[j], j)
}

// Push implements heap.Interface.
func (h *heaped[T]) Push(x any) {
	h.set(x.(T), len(h.list))
	h.list = append(h.list, x.(T))
}

// Pop implements heap.Interface.
func (h *heaped[T]) Pop() any {
	last := len(h.list) - 1
	x := h.list[last]
	var none T
	h.list[last] = none
	h.list = h.list[:last]
	h.set(x, -1)
	return x
}

// first is the element that comes first.
func (h *heaped[T]) first() (x T, ok bool) {
	if len(h.list) == 0 {
		return x, false
	}
	return h.list[0], true
}

func newQueue(account string) *queue {
	q := &queue{
		account: account, places: map[placeKey]*place{}, targets: map[string][]*place{}, busy: map[string]bool{},
		wake: make(chan struct{}, 1),
	}
	at := func(p *place, i int) { p.index = i }
	q.waiting = &heaped[*place]{less: func(a, b *place) bool { return a.at.Before(b.at) }, set: at}
	for i := range q.ready {
		q.ready[i] = &heaped[*place]{less: func(a, b *place) bool { return a.head().seq < b.head().seq }, set: at}
		q.expiring[i] = &heaped[*item]{
			less: func(a, b *item) bool { return a.expires.Before(b.expires) }, set: func(it *item, i int) { it.index = i },
		}
	}
	return q
}

// rank is the place of a class in the arrays of a queue.
func (c Class) rank() int {
	if c == Answer {
		return 0
	}
	return 1
}

// all calls f for each entry.
func (q *queue) all(f func(*item)) {
	for _, p := range q.places {
		for _, it := range p.items {
			f(it)
		}
	}
}

// add puts an entry into its place. The caller holds the lock.
func (q *queue) add(it *item, now time.Time) {
	key := placeKey{target: it.target, class: it.class}
	if it.notBefore.Sub(now) > keepsPlace {
		key.apart = it.key
	}
	p := q.places[key]
	if p == nil {
		p = &place{target: it.target, class: it.class, key: key, index: -1}
		q.places[key] = p
		q.targets[it.target] = append(q.targets[it.target], p)
	}
	it.place = p
	at, _ := slices.BinarySearchFunc(p.items, it.seq, func(x *item, seq uint64) int {
		if x.seq < seq {
			return -1
		}
		return 1
	})
	p.items = slices.Insert(p.items, at, it)
	q.count++
	q.timed(it)
	if it.class != Answer {
		q.fresh = append(q.fresh, it)
	}
	if at == 0 {
		q.arrange(p, now)
	}
}

// remove takes an entry out. The caller holds the lock.
func (q *queue) remove(it *item) {
	p := it.place
	at := slices.Index(p.items, it)
	if p.heap != nil { // before its order changes
		heap.Remove(p.heap, p.index)
		p.heap = nil
	}
	if at == 0 {
		p.items[0] = nil
		p.items = p.items[1:]
	} else {
		p.items = slices.Delete(p.items, at, at+1)
	}
	q.count--
	if it.index >= 0 {
		heap.Remove(q.expiring[it.class.rank()], it.index)
	}
	if len(p.items) == 0 {
		q.forget(p)
		return
	}
	q.arrange(p, q.asOf)
}

// forget takes an empty place out. The caller holds the lock.
func (q *queue) forget(p *place) {
	delete(q.places, p.key)
	if left := slices.DeleteFunc(q.targets[p.target], func(x *place) bool { return x == p }); len(left) > 0 {
		q.targets[p.target] = left
	} else {
		delete(q.targets, p.target)
	}
}

// setApart gives the first entry of a place a place of its own. The caller holds the lock.
func (q *queue) setApart(p *place, now time.Time) {
	it := p.head()
	q.remove(it)
	q.add(it, now)
}

// arrange puts a place where its first entry belongs: among those that are ready or that wait, or
// nowhere while its target has a request in progress. The caller holds the lock.
func (q *queue) arrange(p *place, now time.Time) {
	if p.heap != nil {
		heap.Remove(p.heap, p.index)
		p.heap = nil
	}
	switch it := p.head(); {
	case it.sending || q.busy[p.target]:
	case it.notBefore.Sub(now) > keepsPlace && p.key.apart == "":
		q.setApart(p, now)
	case it.notBefore.After(now):
		it.ready = time.Time{}
		q.delay(p, it.notBefore)
	default:
		q.makeReady(p, now)
	}
}

// makeReady puts a place among those that are ready.
func (q *queue) makeReady(p *place, now time.Time) {
	it := p.head()
	if it.reached = nil; it.ready.IsZero() {
		it.ready = now
	}
	p.heap = q.ready[p.class.rank()]
	heap.Push(p.heap, p)
}

// delay puts a place among those that wait.
func (q *queue) delay(p *place, at time.Time) {
	if p.heap != nil {
		heap.Remove(p.heap, p.index)
	}
	p.at, p.heap = at, q.waiting
	heap.Push(p.heap, p)
}

// freed arranges the places of a target whose request has ended. The caller holds the lock.
func (q *queue) freed(target string, now time.Time) {
	delete(q.busy, target)
	for _, p := range slices.Clone(q.targets[target]) {
		if len(p.items) > 0 {
			q.arrange(p, now)
		}
	}
}

// taken notes that the request of an entry begins. The caller holds the lock.
func (q *queue) taken(it *item, now time.Time) {
	it.sending, it.unsaved = true, false
	q.busy[it.target] = true
	q.timed(it)
	for _, p := range slices.Clone(q.targets[it.target]) {
		if len(p.items) > 0 {
			q.arrange(p, now)
		}
	}
}

// timed sorts an entry by its deadline, after that has changed. The caller holds the lock.
func (q *queue) timed(it *item) {
	h := q.expiring[it.class.rank()]
	if it.index >= 0 {
		heap.Remove(h, it.index)
	}
	if !it.sending && !it.expires.IsZero() {
		heap.Push(h, it)
	}
}

// due moves the places whose time has come to those that are ready, and returns when the next one
// is due; zero if none waits. The caller holds the lock.
func (q *queue) due(now time.Time) time.Time {
	for {
		p, ok := q.waiting.first()
		switch {
		case !ok:
			return time.Time{}
		case p.at.After(now):
			return p.at
		}
		heap.Remove(q.waiting, p.index)
		q.makeReady(p, now)
	}
}

// over takes out of the order of deadlines the entries whose deadline has passed. The caller holds
// the lock.
func (q *queue) over(now time.Time) (list []*item) {
	for _, h := range q.expiring {
		for {
			it, ok := h.first()
			if !ok || it.expires.After(now) {
				break
			}
			heap.Remove(h, it.index)
			list = append(list, it)
		}
	}
	return list
}

// follow notes the clock. If it was set back, all times are moved. The caller holds the lock.
func (q *queue) follow(now time.Time) {
	now = now.Round(0)
	back := q.asOf.Sub(now)
	if q.asOf = now; back <= 0 {
		return
	}
	q.all(func(it *item) { it.setBack(back) })
	q.again(now)
}

// again arranges everything anew. The caller holds the lock.
func (q *queue) again(now time.Time) {
	for _, h := range q.expiring {
		heap.Init(h)
	}
	for _, p := range q.places {
		q.arrange(p, now)
	}
}

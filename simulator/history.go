package simulator

// DefaultHistory is how many messages and how many calls a simulator remembers.
const DefaultHistory = 1_000_000

// history is a log whose entries count from 1. It forgets the oldest when there are more than it may hold.
type history[T any] struct {
	most    int
	dropped int64
	items   []T
}

// next is the number of the entry that is added next.
func (h *history[T]) next() int64 { return h.dropped + int64(len(h.items)) + 1 }

// add appends an entry. What is forgotten goes in one piece, so that it costs little.
func (h *history[T]) add(item T) {
	if spare := h.most/4 + 1; len(h.items) >= h.most+spare {
		kept := make([]T, h.most, h.most+spare)
		copy(kept, h.items[len(h.items)-h.most:])
		h.dropped += int64(len(h.items) - h.most)
		h.items = kept
	}
	h.items = append(h.items, item)
}

// after are the entries with higher numbers, as far as they are remembered.
func (h *history[T]) after(seq int64) []T {
	from := min(max(seq-h.dropped, 0), int64(len(h.items)))
	return h.items[from:]
}

// at is the entry with a number.
func (h *history[T]) at(seq int64) (T, bool) {
	if i := seq - h.dropped - 1; i >= 0 && i < int64(len(h.items)) {
		return h.items[i], true
	}
	var none T
	return none, false
}

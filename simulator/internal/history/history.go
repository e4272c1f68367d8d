// Package history keeps a bounded log whose entries have numbers.
package history

// Log is a log whose entries count from 1. It forgets the oldest when there are more than it may hold.
type Log[T any] struct {
	Most    int
	dropped int64
	items   []T
}

// Next is the number of the entry that is added next.
func (h *Log[T]) Next() int64 { return h.dropped + int64(len(h.items)) + 1 }

// Add appends an entry. What is forgotten goes in one piece, so that it costs little.
func (h *Log[T]) Add(item T) {
	if spare := h.Most/4 + 1; len(h.items) >= h.Most+spare {
		kept := make([]T, h.Most, h.Most+spare)
		copy(kept, h.items[len(h.items)-h.Most:])
		h.dropped += int64(len(h.items) - h.Most)
		h.items = kept
	}
	h.items = append(h.items, item)
}

// After are the entries with higher numbers, as far as they are remembered.
func (h *Log[T]) After(seq int64) []T {
	from := min(max(seq-h.dropped, 0), int64(len(h.items)))
	return h.items[from:]
}

// At is the entry with a number.
func (h *Log[T]) At(seq int64) (T, bool) {
	if i := seq - h.dropped - 1; i >= 0 && i < int64(len(h.items)) {
		return h.items[i], true
	}
	var none T
	return none, false
}

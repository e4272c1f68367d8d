// Package history keeps a bounded log whose entries have numbers.
package history

// Log is a log whose entries are numbered from 1. It drops the oldest entries when there are too
// many.
type Log[T any] struct {
	Most    int
	dropped int64
	items   []T
}

// Next returns the number of the entry that is added next.
func (h *Log[T]) Next() int64 { return h.dropped + int64(len(h.items)) + 1 }

// Add appends an entry. It drops old entries many at a time, which is cheaper.
func (h *Log[T]) Add(item T) {
	if spare := h.Most/4 + 1; len(h.items) >= h.Most+spare {
		kept := make([]T, h.Most, h.Most+spare)
		copy(kept, h.items[len(h.items)-h.Most:])
		h.dropped += int64(len(h.items) - h.Most)
		h.items = kept
	}
	h.items = append(h.items, item)
}

// After returns the remembered entries with higher numbers.
func (h *Log[T]) After(seq int64) []T {
	from := min(max(seq-h.dropped, 0), int64(len(h.items)))
	return h.items[from:]
}

// At returns the entry with a number.
func (h *Log[T]) At(seq int64) (T, bool) {
	if i := seq - h.dropped - 1; i >= 0 && i < int64(len(h.items)) {
		return h.items[i], true
	}
	var none T
	return none, false
}

package memory

import (
	"context"
	"slices"

	"github.com/hongyan-go/hongyan/store"
)

// Dead implements store.Inbox.
func (in *inbox) Dead(_ context.Context, after uint64, limit int) ([]store.DeadItem, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil, store.ErrClosed
	}
	list := slices.Clone(in.dead)
	slices.SortFunc(list, func(a, b store.DeadItem) int {
		if a.Seq < b.Seq {
			return -1
		}
		return 1
	})
	list = slices.DeleteFunc(list, func(d store.DeadItem) bool { return d.Seq <= after })
	return list[:min(limit, len(list))], nil
}

// Revive implements store.Inbox.
func (in *inbox) Revive(_ context.Context, seq uint64) error {
	return in.exhume(seq, func(d store.DeadItem) { in.enqueue(d.Item) })
}

// Drop implements store.Inbox.
func (in *inbox) Drop(_ context.Context, seq uint64) error {
	return in.exhume(seq, func(store.DeadItem) {})
}

// exhume removes an item from the dead letters and passes it to use.
func (in *inbox) exhume(seq uint64, use func(store.DeadItem)) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return store.ErrClosed
	}
	i := slices.IndexFunc(in.dead, func(d store.DeadItem) bool { return d.Seq == seq })
	if i < 0 {
		return store.ErrNotFound
	}
	d := in.dead[i]
	in.dead = slices.Delete(in.dead, i, i+1)
	use(d)
	return nil
}

package sqlite

import (
	"context"

	"github.com/hongyan-go/hongyan/store"
)

// Bury implements store.Inbox.
func (in *inbox) Bury(ctx context.Context, lease store.Lease, why store.Failure) error {
	return in.end(ctx, lease, func(t *tx) {
		t.exec(`INSERT INTO dead (seq, lane, key, received, attempts, reason, stack, buried, body)
			SELECT seq, lane, key, received, ?, ?, ?, ?, body FROM items WHERE seq = ?`,
			lease.Attempt, why.Reason, why.Stack, t.now.UnixNano(), lease.Seq)
		t.meta.dead++
		in.remove(t, lease)
	})
}

// Dead implements store.Inbox.
func (in *inbox) Dead(ctx context.Context, after uint64, limit int) ([]store.DeadItem, error) {
	var list []store.DeadItem
	err := in.query(ctx, func(row scanner) error {
		var d store.DeadItem
		var received, buried int64
		err := row.Scan(&d.Seq, &d.Lane, &d.Key, &received, &d.Attempts, &d.Failure.Reason, &d.Failure.Stack, &buried, &d.Body)
		d.Received, d.Buried = fromNano(received), fromNano(buried)
		list = append(list, d)
		return err
	}, `SELECT seq, lane, key, received, attempts, reason, stack, buried, body FROM dead WHERE seq > ? ORDER BY seq LIMIT ?`,
		int64(after), limit) //nolint:gosec // a seq of SQLite
	return list, err
}

// Revive implements store.Inbox.
func (in *inbox) Revive(ctx context.Context, seq uint64) error {
	return in.writer.do(ctx, func(t *tx) error {
		var lane string
		if !t.row(`SELECT lane FROM dead WHERE seq = ?`, []any{int64(seq)}, &lane) { //nolint:gosec // a seq of SQLite
			return store.ErrNotFound
		}
		in.enqueue(t, lane, func() int64 {
			_, last := t.exec(`INSERT INTO items (lane, key, received, body)
				SELECT lane, key, received, body FROM dead WHERE seq = ?`, int64(seq)) //nolint:gosec // a seq of SQLite
			return last
		})
		return in.forget(t, seq)
	})
}

// Drop implements store.Inbox.
func (in *inbox) Drop(ctx context.Context, seq uint64) error {
	return in.writer.do(ctx, func(t *tx) error { return in.forget(t, seq) })
}

// forget removes a dead item.
func (in *inbox) forget(t *tx, seq uint64) error {
	if changed, _ := t.exec(`DELETE FROM dead WHERE seq = ?`, int64(seq)); changed == 0 { //nolint:gosec // a seq of SQLite
		return store.ErrNotFound
	}
	t.meta.dead--
	return nil
}

package nats

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hongyan-go/hongyan/store/internal/wait"
)

// The limits of a group. A server that is alone makes two flushes and some files for a group, so
// fewer messages than minGroup are cheaper one by one.
const (
	minGroup      = 4
	maxGroup      = 256
	maxGroupBytes = 4 << 20
	// groupGap is how long a leader waits for more, after a group: the callers that this one has
	// answered come back together, and the first of them should not go alone.
	groupGap = 500 * time.Microsecond
)

// group lets the writes to a stream share flushes of the servers' disks. A server that is alone
// flushes each message by itself, so what comes while a write is under way waits for it, and then
// goes out in one atomic batch, which is flushed once. The caller that finds no write under way
// leads: it sends what waits, and passes the lead on.
type group struct {
	mu      sync.Mutex
	led     bool
	last    int // members of the last group
	waiting []*grouped
}

// grouped is a write that waits for its group.
type grouped struct {
	write
	filter string
	lead   bool          // it leads the next group
	ready  chan struct{} // closed when it leads or has its result
	stored uint64
	err    error
}

func (w write) size() int { return len(w.data) + len(w.subject) + 512 }

// errAlone says that a group was refused, and nothing of it was stored: its writes have to be sent
// one by one, to know which of them is the reason.
var errAlone = errors.New("nats: the group was refused")

// sendGrouped sends a write with others that come at the same time.
func (b *bucket) sendGrouped(ctx context.Context, w write, filter string) (uint64, error) {
	g := &grouped{write: w, filter: filter, ready: make(chan struct{})}
	if !b.group.enter(g) {
		select {
		case <-g.ready:
		case <-ctx.Done():
			b.group.leave(g)
			return 0, ctx.Err()
		}
	}
	if g.lead {
		if b.group.expectsMore() {
			_ = wait.For(ctx, nil, groupGap)
		}
		members := b.group.gather(g)
		b.sendAll(ctx, members)
		b.group.pass()
	}
	if errors.Is(g.err, errAlone) {
		return b.send(ctx, w)
	}
	return g.stored, g.err
}

// enter queues a write, and reports whether it leads.
func (q *group) enter(g *grouped) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.led {
		q.waiting = append(q.waiting, g)
		return false
	}
	q.led, g.lead = true, true
	return true
}

// gather takes the members of the leader's group: at most one for each subject, as the condition of
// a second one depends on the first.
func (q *group) gather(leader *grouped) []*grouped {
	q.mu.Lock()
	defer q.mu.Unlock()
	members, size := []*grouped{leader}, leader.size()
	taken := map[string]bool{leader.subject: true, leader.filter: true}
	kept := q.waiting[:0]
	for _, g := range q.waiting {
		if len(members) == maxGroup || size+g.size() > maxGroupBytes || taken[g.subject] || taken[g.filter] {
			kept = append(kept, g)
			taken[g.subject], taken[g.filter] = true, true // a later one must not overtake it
			continue
		}
		members = append(members, g)
		size += g.size()
		taken[g.subject], taken[g.filter] = true, true
	}
	clear(q.waiting[len(kept):])
	q.waiting, q.last = kept, len(members)
	return members
}

// expectsMore reports whether more writes are likely to come at once.
func (q *group) expectsMore() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.last >= minGroup && len(q.waiting)+1 < q.last
}

// pass makes the first write that waits the leader.
func (q *group) pass() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.led = false
		return
	}
	next := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	next.lead = true
	close(next.ready)
}

// leave gives up a write whose caller does not wait any more. If it has just become the leader, it
// passes the lead on; if it is under way, it may be stored.
func (q *group) leave(g *grouped) {
	q.mu.Lock()
	for i, other := range q.waiting {
		if other == g {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			break
		}
	}
	lead := g.lead
	q.mu.Unlock()
	if lead {
		q.pass()
	}
}

// sendAll sends the members of a group, of which the first leads and is the caller's, and gives
// each its result.
func (b *bucket) sendAll(ctx context.Context, members []*grouped) {
	leader, others := members[0], members[1:]
	if len(members) < minGroup {
		for _, g := range others {
			g.err = errAlone
			close(g.ready)
		}
		leader.stored, leader.err = b.send(ctx, leader.write)
		return
	}
	last, err := b.sendBatch(ctx, members)
	var refused *jetstream.APIError
	switch {
	case errors.As(err, &refused):
		err = errAlone
	case err != nil && ctx.Err() != nil: // of the leader, not of the others
		leader.err, err = err, nats.ErrTimeout
	}
	for i, g := range members {
		if g.err == nil {
			g.err = err
		}
		if err == nil {
			g.stored = last - uint64(len(members)-1-i) //nolint:gosec // it is not negative
		}
		if g != leader {
			close(g.ready)
		}
	}
}

// sendBatch stores all members or none, one after the other, and returns the sequence of the last.
func (b *bucket) sendBatch(ctx context.Context, members []*grouped) (uint64, error) {
	batch := rand.Text()
	for i, g := range members[:len(members)-1] {
		if err := b.conn.PublishMsg(g.inBatch(batch, i+1)); err != nil {
			return 0, err
		}
	}
	commit := members[len(members)-1].inBatch(batch, len(members))
	commit.Header.Set("Nats-Batch-Commit", "1")
	return b.request(ctx, commit)
}

// inBatch returns the message as the n-th of a batch. The headers of the write stay as they are,
// for it may be sent again without a batch.
func (w write) inBatch(batch string, n int) *nats.Msg {
	h := make(nats.Header, len(w.header)+3)
	for k, v := range w.header {
		h[k] = v
	}
	h.Set("Nats-Batch-Id", batch)
	h.Set("Nats-Batch-Sequence", strconv.Itoa(n))
	return &nats.Msg{Subject: w.subject, Header: h, Data: w.data}
}

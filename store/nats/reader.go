package nats

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/internal/wait"
)

const (
	readBatch     = 256
	readWait      = 10 * time.Second
	readHeartbeat = 500 * time.Millisecond
)

// read reads the items of the partitions of this process into memory, in the order of the inbox,
// until ctx is done.
func (in *inbox) read(ctx context.Context) {
	for ctx.Err() == nil {
		filters, start, plan, wake := in.readPlan()
		if len(filters) == 0 {
			_ = wait.For(ctx, wake, 0)
			continue
		}
		err := in.readUntil(ctx, filters, start, plan)
		if err != nil && ctx.Err() == nil {
			in.logger.Warn("reading the inbox was interrupted",
				zap.Error(in.explain("read the inbox", "$JS.API.CONSUMER.CREATE."+in.items.name, err)))
			_ = wait.For(ctx, nil, maxPause)
		}
	}
}

// readPlan returns what to read, where to start, and the version of the plan.
func (in *inbox) readPlan() (filters []string, start, plan uint64, wake <-chan struct{}) {
	in.mu.Lock()
	defer in.mu.Unlock()
	start = math.MaxUint64
	for id, p := range in.parts {
		filters = append(filters, in.partitionItems(id))
		start = min(start, p.readTo+1)
	}
	slices.Sort(filters)
	return filters, start, in.plan, in.wake
}

// readUntil reads until the plan changes or a delivery is lost. The next consumer starts after the
// last item that was read.
func (in *inbox) readUntil(ctx context.Context, filters []string, start, plan uint64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	consumer, unread, err := in.items.consume(ctx, jetstream.ConsumerConfig{
		FilterSubjects: filters, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: start,
	})
	if err != nil {
		return err
	}
	defer in.items.release(ctx, consumer)
	in.setUnread(unread)
	last := start - 1
	defer func() { in.readUpTo(last, plan) }()
	next := uint64(1)
	for {
		room, ok := in.awaitRoom(ctx, plan)
		if !ok {
			return ctx.Err()
		}
		batchContext, stop := context.WithTimeout(ctx, readWait)
		batch, err := consumer.Fetch(min(room, readBatch), jetstream.FetchContext(batchContext), jetstream.FetchHeartbeat(readHeartbeat))
		if err != nil {
			stop()
			return err
		}
		lost, same := false, true
		for open := true; open && !lost && same; {
			in.mu.Lock()
			wake := in.wake
			same = in.plan == plan
			in.mu.Unlock()
			if !same {
				break
			}
			select {
			case m, more := <-batch.Messages():
				if open = more; !more {
					break
				}
				meta, err := m.Metadata()
				if lost = err != nil || meta.Sequence.Consumer != next; lost {
					break
				}
				next++
				last = meta.Sequence.Stream
				in.take(record{subject: m.Subject(), revision: meta.Sequence.Stream, header: m.Headers(),
					data: m.Data(), stored: meta.Timestamp},
					int(meta.NumPending)) //nolint:gosec // far below 2^63
			case <-wake:
			}
		}
		stop()
		if lost || !same {
			return nil
		}
		if err := batch.Error(); err != nil && ctx.Err() == nil && batchContext.Err() == nil {
			return err
		}
	}
}

// awaitRoom waits until more items may be held, and returns their number. It reports false if the
// plan has changed or ctx is done.
func (in *inbox) awaitRoom(ctx context.Context, plan uint64) (int, bool) {
	for ctx.Err() == nil {
		in.mu.Lock()
		room, same, wake := in.config.limit.items-in.count, in.plan == plan, in.wake
		in.mu.Unlock()
		if !same {
			return 0, false
		}
		if room > 0 {
			return room, true
		}
		_ = wait.For(ctx, wake, 0)
	}
	return 0, false
}

func (in *inbox) setUnread(n int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.unread = n
}

// readUpTo records that all partitions of a plan were read up to an item, whichever partition it
// belongs to, so the next consumer need not start before it.
func (in *inbox) readUpTo(seq, plan uint64) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, p := range in.parts {
		if p.since <= plan {
			p.readTo = max(p.readTo, seq)
		}
	}
}

// take adds an item to its lane, unless it is done or belongs to another process.
func (in *inbox) take(r record, unread int) {
	_, rest, _ := strings.Cut(r.subject, ".inbox.")
	number, _, _ := strings.Cut(rest, ".")
	id, err := strconv.Atoi(number)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.unread = unread
	in.position = max(in.position, r.revision)
	p := in.parts[id]
	if err != nil || p == nil || r.revision <= p.readTo {
		return
	}
	p.readTo = r.revision
	item := itemOf(r.header, r.data)
	_, name := place(item.Lane, in.partitions)
	if p.found.has(name, r.revision) {
		in.broadcast()
		return
	}
	l := p.lanes[name]
	if l == nil {
		l = &lane{id: name, part: p}
		p.lanes[name] = l
	}
	e := &entry{lane: l, seq: r.revision, received: item.Received}
	if in.bytes < in.config.limit.bytes {
		e.item, e.size = &item, sizeOf(r)
		in.bytes += e.size
	}
	in.count++
	l.entries = append(l.entries, e)
	if l.len() > 1 {
		in.broadcast()
		return
	}
	var due time.Time
	if m := p.found.Behind[name]; m.Seq == e.seq {
		e.attempt, e.why = m.Attempts, m.Why
		if m.Due > 0 {
			now := in.config.now()
			l.delay = time.Duration(m.Delay) * time.Millisecond
			due = time.Now().Add(store.Bound(time.UnixMilli(m.Due), now, l.delay).Sub(now)) // by the monotonic clock from here on
		}
	}
	in.offer(l, due)
}

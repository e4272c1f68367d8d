package nats_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/store"
)

// load is a number of conversations with numbered messages, and the state of their handling.
type load struct {
	t            testing.TB
	lanes, items int

	mu       sync.Mutex
	running  map[string]string // lane to its worker
	started  map[string]int    // lane to the highest item that was started
	done     map[string]int    // lane to the number of items handled without a gap
	handled  int
	repeats  int
	gap      time.Duration // the longest Append
	finished chan struct{} // closed when everything is handled
	progress chan struct{} // gets a value when an item is handled
	seen     func(who, lane string)
}

func newLoad(t testing.TB, lanes, items int) *load {
	t.Helper()
	return &load{
		t: t, lanes: lanes, items: items, running: map[string]string{}, started: map[string]int{}, done: map[string]int{},
		finished: make(chan struct{}), progress: make(chan struct{}, 1), seen: func(string, string) {},
	}
}

func (l *load) total() int { return l.lanes * l.items }

// produce appends everything, each conversation in order, over any of the stores.
func (l *load) produce(ctx context.Context, into func() store.Inbox) {
	var wg sync.WaitGroup
	for lane := range l.lanes {
		wg.Go(func() {
			name := fmt.Sprintf("app/wxid_%d", lane)
			for k := 1; k <= l.items; {
				began := time.Now()
				once, cancel := context.WithTimeout(ctx, 5*time.Second)
				_, err := into().Append(once, item(name+"#"+strconv.Itoa(k), name))
				cancel()
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					if !errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrClosed) {
						assert.NoError(l.t, err)
						return
					}
					continue // the service posts again
				}
				l.mu.Lock()
				l.gap = max(l.gap, time.Since(began))
				l.mu.Unlock()
				k++
			}
		})
	}
	wg.Wait()
}

// work handles items until ctx ends or the inbox is closed.
func (l *load) work(ctx context.Context, who string, in store.Inbox, handle func(context.Context)) {
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, 16)
	for ctx.Err() == nil {
		slots <- struct{}{}
		leases, err := in.Lease(ctx, 1, 30*time.Second)
		if err != nil || len(leases) == 0 {
			<-slots
			if errors.Is(err, store.ErrClosed) {
				return
			}
			continue
		}
		wg.Go(func() {
			defer func() { <-slots }()
			l.run(ctx, who, in, leases[0], handle)
		})
	}
}

func (l *load) run(ctx context.Context, who string, in store.Inbox, lease store.Lease, handle func(context.Context)) {
	_, number, _ := strings.Cut(lease.Key, "#")
	k, _ := strconv.Atoi(number)
	l.begin(who, lease.Lane, k)
	handle(ctx)
	if ctx.Err() != nil { // the process is dead and completes nothing
		l.mu.Lock()
		delete(l.running, lease.Lane)
		l.mu.Unlock()
		return
	}
	l.end(lease.Lane, k)
	if err := in.Complete(context.WithoutCancel(ctx), lease); err != nil {
		l.t.Logf("%s cannot complete %s: %v", who, lease.Key, err)
	}
}

func (l *load) end(lane string, k int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.running, lane)
	if k == l.done[lane]+1 {
		l.done[lane] = k
		if l.handled++; l.handled == l.total() {
			close(l.finished)
		}
	}
	select {
	case l.progress <- struct{}{}:
	default:
	}
}

// begin checks the order, and that no other worker handles the conversation.
func (l *load) begin(who, lane string, k int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen(who, lane)
	if other := l.running[lane]; other != "" {
		assert.Fail(l.t, "two at once", "%s begins %s#%d while %s is at it", who, lane, k, other)
	}
	l.running[lane] = who
	if k > l.done[lane]+1 {
		assert.Fail(l.t, "order", "%s begins %s#%d, done is %d", who, lane, k, l.done[lane])
	}
	if k < l.started[lane] {
		assert.Fail(l.t, "order", "%s begins %s#%d again, after %d was begun", who, lane, k, l.started[lane])
	}
	if k == l.started[lane] {
		l.repeats++
	}
	l.started[lane] = max(l.started[lane], k)
}

// reach waits until n items are handled.
func (l *load) reach(ctx context.Context, n int) bool {
	for {
		l.mu.Lock()
		have := l.handled
		l.mu.Unlock()
		if have >= n {
			return true
		}
		select {
		case <-l.progress:
		case <-ctx.Done():
			return false
		}
	}
}

// takes returns a handler that runs for d.
func takes(d time.Duration) func(context.Context) {
	return func(ctx context.Context) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
}

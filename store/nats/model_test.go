package nats_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// model is the specification of an inbox: in each lane the first item that is not done or dead is
// next.
type model struct {
	t     *testing.T
	r     *rand.Rand
	c     nats.Config
	s     *nats.Store
	lanes map[string][]string    // lane to its keys
	held  map[string]store.Lease // key to lease
	dead  map[uint64]store.Item
	tries map[string]int // key to its retries
	n     int
	log   []string
}

// TestModel runs random operations, with random ends of the process and random memory limits, and
// compares the results with the model.
func TestModel(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t, nil).ClientURL()
	for seed := range uint64(4 * rounds()) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			m := &model{
				t: t, r: rand.New(rand.NewPCG(seed, 1)), c: fresh(url),
				lanes: map[string][]string{}, held: map[string]store.Lease{},
				dead: map[uint64]store.Item{}, tries: map[string]int{},
			}
			m.c.Partitions, m.c.Takeover = 2, 200*time.Millisecond
			m.open()
			for range 60 * rounds() {
				m.step()
				if t.Failed() {
					break
				}
			}
			m.drain()
			if t.Failed() {
				t.Log(m.log)
			}
			require.NoError(t, m.s.Close())
		})
	}
}

func (m *model) note(format string, args ...any) { m.log = append(m.log, fmt.Sprintf(format, args...)) }

func (m *model) open() {
	c := m.c
	if m.r.IntN(2) == 0 {
		c = nats.WithBounds(c, 1+m.r.IntN(6), 1+m.r.IntN(2000))
	}
	var err error
	m.s, err = nats.Open(m.t.Context(), c)
	require.NoError(m.t, err)
	clear(m.held)
}

func (m *model) step() {
	ctx := m.t.Context()
	switch what := m.r.IntN(20); {
	case what < 7:
		lane := fmt.Sprint("lane ", m.r.IntN(6))
		m.n++
		key := strconv.Itoa(m.n)
		added, err := m.s.Inbox().Append(ctx, item(key, lane))
		require.NoError(m.t, err)
		assert.True(m.t, added)
		m.lanes[lane] = append(m.lanes[lane], key)
		m.note("append %s to %s", key, lane)
	case what < 11:
		m.lease(1+m.r.IntN(3), 50*time.Millisecond)
	case what < 17:
		for _, l := range m.held {
			m.end(l)
			break
		}
	case what < 18:
		for seq, i := range m.dead {
			require.NoError(m.t, m.s.Inbox().Revive(ctx, seq))
			delete(m.dead, seq)
			m.lanes[i.Lane] = append(m.lanes[i.Lane], i.Key)
			m.tries[i.Key] = 0
			m.note("revive %s", i.Key)
			break
		}
	case what < 19:
		m.note("close")
		require.NoError(m.t, m.s.Close())
		m.open()
	default:
		m.note("kill")
		nats.Kill(m.s)
		m.open()
	}
}

func (m *model) lease(limit int, wait time.Duration) int {
	ctx, cancel := context.WithTimeout(m.t.Context(), wait)
	defer cancel()
	leases, err := m.s.Inbox().Lease(ctx, limit, time.Minute)
	if err != nil {
		require.ErrorIs(m.t, err, context.DeadlineExceeded)
	}
	for _, l := range leases {
		m.note("lease %s of %s", l.Key, l.Lane)
		if keys := m.lanes[l.Lane]; assert.NotEmpty(m.t, keys, "%s of %s is done", l.Key, l.Lane) {
			assert.Equal(m.t, keys[0], l.Key, "the next of %s", l.Lane)
		}
		assert.NotContains(m.t, m.held, l.Key)
		assert.Greater(m.t, l.Attempt, m.tries[l.Key], "a retry of %s was forgotten", l.Key)
		assert.Equal(m.t, "body of "+l.Key, string(l.Body))
		m.held[l.Key] = l
	}
	return len(leases)
}

func (m *model) end(l store.Lease) {
	ctx, in := m.t.Context(), m.s.Inbox()
	delete(m.held, l.Key)
	var err error
	kind := m.r.IntN(10)
	switch {
	case kind < 5:
		err = in.Complete(ctx, l)
	case kind < 7:
		err = in.Retry(ctx, l, time.Duration(m.r.IntN(10))*time.Millisecond, store.Failure{Reason: "no"})
		m.tries[l.Key]++
	case kind < 8:
		err = in.Release(ctx, l)
	default:
		err = in.Bury(ctx, l, store.Failure{Reason: "no"})
		m.dead[l.Seq] = l.Item
	}
	require.NoError(m.t, err)
	m.note("end %s %d", l.Key, kind)
	if kind < 5 || kind >= 8 {
		m.lanes[l.Lane] = m.lanes[l.Lane][1:]
	}
}

// drain handles everything that is left.
func (m *model) drain() {
	ctx := m.t.Context()
	left := func() int {
		n := 0
		for _, keys := range m.lanes {
			n += len(keys)
		}
		return n
	}
	for !m.t.Failed() && left() > 0 {
		if len(m.held) == 0 {
			if !assert.Positive(m.t, m.lease(3, 10*time.Second), "lost: %v", m.lanes) {
				return
			}
		}
		for _, l := range m.held {
			delete(m.held, l.Key)
			require.NoError(m.t, m.s.Inbox().Complete(ctx, l))
			m.lanes[l.Lane] = m.lanes[l.Lane][1:]
		}
	}
	var stats store.InboxStats
	if !assert.Eventually(m.t, func() bool { // the counts of a dead process remain until it is removed
		var err error
		stats, err = m.s.Inbox().Stats(ctx)
		return err == nil && stats == store.InboxStats{Keys: m.n, Dead: len(m.dead)}
	}, 10*time.Second, 10*time.Millisecond) {
		m.t.Logf("stats are %+v, want %d keys, %d dead", stats, m.n, len(m.dead))
	}
}

package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// manualClock is a clock set by the test.
type manualClock struct{ now atomic.Int64 }

func newClock() *manualClock {
	c := &manualClock{}
	c.now.Store(time.Unix(1_800_000_000, 0).UnixNano())
	return c
}

func (c *manualClock) Now() time.Time          { return time.Unix(0, c.now.Load()) }
func (c *manualClock) advance(d time.Duration) { c.now.Add(d.Nanoseconds()) }

func TestAMessageIsKnownForDays(t *testing.T) {
	t.Parallel()
	now := newClock()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName), Clock: clock.Func(now.Now)})
	add := func() bool {
		added, err := s.Inbox().Append(t.Context(), store.Item{Key: "a", Lane: "lane"})
		require.NoError(t, err)
		return added
	}
	require.True(t, add())
	leases, err := s.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.Inbox().Complete(t.Context(), leases[0]))

	age := time.Duration(0)
	for _, at := range []time.Duration{time.Second, 6 * time.Hour, 26 * time.Hour, sqlite.DefaultRemember - 1} {
		now.advance(at - age)
		age = at
		require.NoError(t, s.Tidy(t.Context()))
		assert.False(t, add(), "after %v", at)
	}
	now.advance(1)
	assert.True(t, add(), "its time is over, also before the store has tidied up")
	assert.False(t, add())
	stats, err := s.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, stats.Keys)
}

// TestAClockThatIsSetBackLengthensNothing covers entries of the state, keys and sends.
func TestAClockThatIsSetBackLengthensNothing(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"while it runs": false, "between two runs": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			path := filepath.Join(t.TempDir(), sqlite.FileName)
			s := open(t, sqlite.Config{Path: path, Clock: clock.Func(now.Now)})
			_, err := s.State().Put(t.Context(), "hour", []byte("1"), time.Hour)
			require.NoError(t, err)
			_, err = s.State().Put(t.Context(), "ever", []byte("1"), 0)
			require.NoError(t, err)
			one(t, s, "a")
			_, _, err = s.Ledger().Reserve(t.Context(), store.Send{Key: "sent", State: store.Sent})
			require.NoError(t, err)
			if restart {
				require.NoError(t, s.Close())
			}
			now.advance(-30 * 24 * time.Hour)
			if restart {
				s = open(t, sqlite.Config{Path: path, Clock: clock.Func(now.Now)})
			}
			e, err := s.State().Get(t.Context(), "hour")
			require.NoError(t, err)
			assert.Equal(t, now.Now().Add(time.Hour), e.Expires)
			now.advance(time.Hour)
			_, err = s.State().Get(t.Context(), "hour")
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = s.State().Get(t.Context(), "ever")
			require.NoError(t, err)

			now.advance(sqlite.DefaultRemember)
			require.NoError(t, s.Tidy(t.Context()))
			stats, err := s.Inbox().Stats(t.Context())
			require.NoError(t, err)
			assert.Zero(t, stats.Keys)
			_, err = s.Ledger().Get(t.Context(), "sent")
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	}
}

func TestWhatIsOverIsForgotten(t *testing.T) {
	t.Parallel()
	now := newClock()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName), Clock: clock.Func(now.Now), Remember: 26 * time.Hour})
	const n = 1200 // more than one batch
	fill(t, s, n)
	for key, state := range map[string]store.SendState{"sent": store.Sent, "unknown": store.Unknown,
		"held": store.Held, "sending": store.Sending} {
		_, _, err := s.Ledger().Reserve(t.Context(), store.Send{Key: key, State: state})
		require.NoError(t, err)
	}
	_, err := s.State().Put(t.Context(), "short", nil, time.Hour)
	require.NoError(t, err)
	_, err = s.State().Put(t.Context(), "long", nil, 0)
	require.NoError(t, err)

	now.advance(26*time.Hour - 1)
	_, err = s.State().Get(t.Context(), "short")
	require.ErrorIs(t, err, store.ErrNotFound, "it is over before the store has tidied up")
	require.NoError(t, s.Tidy(t.Context()))
	stats, err := s.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, n, stats.Keys)
	_, err = s.Ledger().Get(t.Context(), "sent")
	require.NoError(t, err)

	now.advance(1)
	require.NoError(t, s.Tidy(t.Context()))
	stats, err = s.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 0, stats.Keys)
	assert.Equal(t, n, stats.Pending, "what waits stays")
	counts, err := s.Ledger().Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[store.SendState]int{store.Held: 1, store.Sending: 1}, counts)
	entries, err := s.State().List(t.Context(), "", "", 10)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	assert.Equal(t, "long", entries[0].Key)
}

// TestTheSendsOfADeadLetterStayWithIt: a dead letter may be retried weeks later.
func TestTheSendsOfADeadLetterStayWithIt(t *testing.T) {
	t.Parallel()
	now := newClock()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName), Clock: clock.Func(now.Now)})
	_, err := s.Inbox().Append(t.Context(), store.Item{Key: "dead", Lane: "lane"})
	require.NoError(t, err)
	leases, err := s.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	for _, event := range []string{"dead", "done", ""} {
		_, _, err := s.Ledger().Reserve(t.Context(), store.Send{Key: event + "/1", Event: event, State: store.Sent})
		require.NoError(t, err)
	}
	require.NoError(t, s.Inbox().Bury(t.Context(), leases[0], store.Failure{}))
	now.advance(30 * 24 * time.Hour)
	require.NoError(t, s.Tidy(t.Context()))
	left, err := s.Ledger().List(t.Context(), store.SendQuery{})
	require.NoError(t, err)
	require.Len(t, left, 1)
	assert.Equal(t, "dead/1", left[0].Key)
	require.NoError(t, s.Inbox().Drop(t.Context(), leases[0].Seq))
	require.NoError(t, s.Tidy(t.Context()))
	_, err = s.Ledger().Get(t.Context(), "dead/1")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestAFileThatWasLargeShrinks(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	body := make([]byte, 1<<20)
	for i := range 40 {
		_, err := s.Inbox().Append(t.Context(), store.Item{Lane: strconv.Itoa(i), Body: body})
		require.NoError(t, err)
	}
	leases, err := s.Inbox().Lease(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	for _, l := range leases {
		require.NoError(t, s.Inbox().Complete(t.Context(), l))
	}
	require.NoError(t, s.Tidy(t.Context()))
	require.NoError(t, s.Close())
	info, err := os.Stat(s.Path())
	require.NoError(t, err)
	assert.Less(t, info.Size(), int64(20<<20))
}

// TestAFullDiskStoresNothingHalf fills a store from several callers at once, so that a batch fails
// although some of its messages would fit.
func TestAFullDiskStoresNothingHalf(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName), MaxBytes: 2 << 20})
	var stored, refused sync.Map
	var wg sync.WaitGroup
	for producer := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				key := strconv.Itoa(producer) + ":" + strconv.Itoa(i)
				added, err := s.Inbox().Append(t.Context(), store.Item{Key: key, Lane: strconv.Itoa(producer), Body: make([]byte, 5000)})
				if err != nil {
					assert.True(t, errors.Is(err, store.ErrFull) && strings.Contains(err.Error(), "no room left"), "%v", err)
					refused.Store(key, nil)
					return
				}
				assert.True(t, added)
				stored.Store(key, nil)
			}
		})
	}
	wg.Wait()
	_, _, err := s.Ledger().Reserve(t.Context(), store.Send{Key: "big", Body: make([]byte, 1<<20)})
	require.ErrorIs(t, err, store.ErrFull)

	n := 0
	for pending := 1; pending > 0; n++ { // what was acknowledged is present, and handling it frees space
		leases, err := s.Inbox().Lease(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		_, was := stored.LoadAndDelete(leases[0].Key)
		require.True(t, was, "%s was not acknowledged, or came twice", leases[0].Key)
		require.NoError(t, s.Inbox().Complete(t.Context(), leases[0]))
		stats, err := s.Inbox().Stats(t.Context())
		require.NoError(t, err)
		pending = stats.Pending
	}
	assert.Greater(t, n, 100)
	stored.Range(func(key, _ any) bool {
		t.Errorf("%s was acknowledged, and is not there", key)
		return true
	})
	refused.Range(func(key, _ any) bool {
		added, err := s.Inbox().Append(t.Context(), store.Item{Key: key.(string), Lane: "lane"})
		assert.True(t, added && err == nil, "%s was refused: it must not be known (%v)", key, err)
		return true
	})
}

func TestAppendRefusesBeyondTheBound(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName), MaxPending: 2})
	for i := range 2 {
		_, err := s.Inbox().Append(t.Context(), store.Item{Key: strconv.Itoa(i), Lane: strconv.Itoa(i)})
		require.NoError(t, err)
	}
	_, err := s.Inbox().Append(t.Context(), store.Item{Key: "2"})
	require.ErrorIs(t, err, store.ErrFull)
	added, err := s.Inbox().Append(t.Context(), store.Item{Key: "1"})
	require.NoError(t, err)
	assert.False(t, added, "a message that is here already needs no room")
	leases, err := s.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, s.Inbox().Complete(t.Context(), leases[0]))
	added, err = s.Inbox().Append(t.Context(), store.Item{Key: "2"})
	require.NoError(t, err)
	assert.True(t, added)
}

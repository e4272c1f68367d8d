package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestSettings checks the settings that decide what a power failure loses.
func TestSettings(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	for name, c := range map[string]struct {
		s    *sqlite.Store
		want map[string]string
	}{
		"the bot, which flushes the log itself": {s, map[string]string{"synchronous": "1", "journal_mode": "wal"}},
		"a tool":                                {beside(t, s), map[string]string{"synchronous": "2", "journal_mode": "wal"}},
	} {
		for pragma, want := range c.want {
			got, err := c.s.Pragma(t.Context(), pragma)
			require.NoError(t, err)
			assert.Equal(t, want, got, "%s of %s", pragma, name)
		}
	}
}

// held is a disk that stores nothing until it is told to.
type held struct {
	flushes chan struct{} // one for each flush that has begun
	release chan error    // its result
}

func hold(s *sqlite.Store) held {
	h := held{make(chan struct{}, 100), make(chan error)}
	s.SetFlush(func(*os.File) error {
		h.flushes <- struct{}{}
		return <-h.release
	})
	return h
}

// TestWhatIsAnsweredIsFlushed checks which calls return before the disk has stored their
// change, and that all see it.
func TestWhatIsAnsweredIsFlushed(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	disk := hold(s)
	done := make(chan error, 10)

	go func() {
		_, err := s.Inbox().Append(ctx, store.Item{Key: "a", Lane: "lane"})
		done <- err
	}()
	<-disk.flushes
	leases, err := s.Inbox().Lease(ctx, 1, time.Hour)
	require.NoError(t, err)
	require.Len(t, leases, 1, "what is not on the disk yet is there for this process")
	go func() {
		_, err := s.Inbox().Append(ctx, store.Item{Key: "a", Lane: "lane"})
		done <- err
	}()

	// None of these waits.
	queued, added, err := s.Ledger().Reserve(ctx, store.Send{Key: "x", State: store.Queued})
	require.NoError(t, err)
	assert.True(t, added)
	revision, err := s.State().Put(ctx, "k", []byte("1"), 0)
	require.NoError(t, err)
	_, err = s.State().Swap(ctx, "k", []byte("2"), revision, 0)
	require.NoError(t, err)
	e, err := s.State().Get(ctx, "k")
	require.NoError(t, err)
	assert.Equal(t, "2", string(e.Value))
	require.NoError(t, s.Inbox().Complete(ctx, leases[0]))
	assert.Empty(t, done, "both posts of the message wait for the disk")

	for range 2 { // the second began after the first flush had
		disk.release <- nil
		require.NoError(t, <-done)
	}

	// The ledger says that a request leaves: that waits, too.
	queued.State = store.Sending
	go func() {
		_, err := s.Ledger().Update(ctx, queued)
		done <- err
	}()
	<-disk.flushes
	<-disk.flushes
	sending, err := s.Ledger().Get(ctx, "x")
	require.NoError(t, err)
	assert.Equal(t, store.Sending, sending.State)
	assert.Empty(t, done)
	disk.release <- nil
	require.NoError(t, <-done)
	sending.State = store.Sent
	_, err = s.Ledger().Update(ctx, sending)
	require.NoError(t, err, "the outcome does not wait")

	go func() { disk.release <- nil }() // the last changes, when the store closes or sooner
	require.NoError(t, s.Close())
}

// TestFlushWaits checks that Flush returns after what was changed before is on the disk.
func TestFlushWaits(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	disk := hold(s)
	_, err := s.State().Put(t.Context(), "k", []byte("1"), 0)
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Flush(t.Context()) }()
	<-disk.flushes
	assert.Empty(t, done)
	disk.release <- nil
	require.NoError(t, <-done)
	require.NoError(t, s.Flush(t.Context()), "nothing is left to flush")
}

// TestADiskThatFailsEndsAcceptance checks that after a flush that failed nothing is acknowledged:
// what it should have stored may be lost although the next one succeeds.
func TestADiskThatFailsEndsAcceptance(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	broken := errors.New("the disk is broken")
	s.SetFlush(func(*os.File) error {
		err := broken
		broken = nil
		return err
	})
	_, err := s.Inbox().Append(ctx, store.Item{Key: "a", Lane: "lane"})
	require.ErrorIs(t, err, store.ErrUnavailable)
	require.ErrorContains(t, err, "the disk is broken")
	_, err = s.Inbox().Append(ctx, store.Item{Key: "b", Lane: "lane"})
	require.ErrorIs(t, err, store.ErrUnavailable)
	_, err = s.State().Put(ctx, "k", nil, 0)
	require.ErrorIs(t, err, store.ErrUnavailable)
}

// TestWhatNobodyWaitsForIsFlushedSoon checks that a change which is only ordered does not stay in
// memory until the next one that is durable.
func TestWhatNobodyWaitsForIsFlushedSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
		before := s.Flushes()
		for range 3 {
			_, err := s.State().Put(t.Context(), "k", nil, 0)
			require.NoError(t, err)
		}
		synctest.Wait()
		assert.Equal(t, before, s.Flushes())
		time.Sleep(150 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, before+1, s.Flushes(), "all three share one")
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Equal(t, before+1, s.Flushes(), "there is nothing more to flush")
		require.NoError(t, s.Close())
	})
}

// TestAMessageAndItsAnswerShareAFlush checks that the flush of a new message waits a little for the
// request that its handler makes, and no longer if none comes.
func TestAMessageAndItsAnswerShareAFlush(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
		var wg sync.WaitGroup
		add := func(key string) {
			wg.Go(func() {
				_, err := s.Inbox().Append(context.Background(), store.Item{Key: key, Lane: key})
				assert.NoError(t, err)
			})
		}
		send := func(key string) {
			_, _, err := s.Ledger().Reserve(t.Context(), store.Send{Key: key, State: store.Sending})
			assert.NoError(t, err)
		}
		before := s.Flushes()
		add("a")
		synctest.Wait()
		assert.Equal(t, before, s.Flushes(), "the answer may come")
		send("answer")
		wg.Wait()
		assert.Equal(t, before+1, s.Flushes(), "the message and its answer share one")

		add("b")
		synctest.Wait()
		assert.Equal(t, before+1, s.Flushes())
		time.Sleep(time.Millisecond)
		wg.Wait()
		assert.Equal(t, before+2, s.Flushes(), "no answer came")

		add("c")
		add("d")
		synctest.Wait()
		assert.Equal(t, before+3, s.Flushes(), "two do not wait for a third")
		wg.Wait()

		send("of its own accord")
		assert.Equal(t, before+4, s.Flushes(), "a request does not wait")
		require.NoError(t, s.Close())
	})
}

// TestCallersShareAFlush checks that what arrives during a flush shares the next one.
func TestCallersShareAFlush(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	disk := hold(s)
	done := make(chan error, 65)
	appendOne := func(key string) {
		_, err := s.Inbox().Append(context.Background(), store.Item{Key: key, Lane: key})
		done <- err
	}
	go appendOne("first")
	<-disk.flushes
	for i := range 64 {
		go appendOne(string(rune('A' + i)))
	}
	require.Eventually(t, func() bool {
		stats, err := s.Inbox().Stats(t.Context())
		return err == nil && stats.Pending == 65
	}, 5*time.Second, time.Millisecond)
	disk.release <- nil
	disk.release <- nil
	for range 65 {
		require.NoError(t, <-done)
	}
	assert.LessOrEqual(t, s.Flushes(), int64(3), "one at the start, one for the first, and one for all others")
}

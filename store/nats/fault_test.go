package nats_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// proxy sits between a client and a server and can drop what the server sends.
type proxy struct {
	listener net.Listener
	target   string
	mute     atomic.Bool
	muted    chan struct{} // gets a value when something was dropped
	wg       sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

func proxied(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: l, target: strings.TrimPrefix(target, "nats://"), muted: make(chan struct{}, 1)}
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.cut()
		p.wg.Wait()
	})
	return p
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		p.wg.Go(func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		})
		p.wg.Go(func() {
			defer client.Close()
			buf := make([]byte, 32<<10)
			for {
				n, err := server.Read(buf)
				if err != nil {
					return
				}
				if p.mute.Load() {
					select {
					case p.muted <- struct{}{}:
					default:
					}
					continue
				}
				if _, err := client.Write(buf[:n]); err != nil {
					return
				}
			}
		})
	}
}

// cut closes all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

func TestARetryKnowsItsOwnAppend(t *testing.T) {
	t.Parallel()
	s := natstest.Start(t, nil)
	p := proxied(t, s.ClientURL())
	c := fresh(p.url())
	c.Takeover = time.Minute // no heartbeat interferes
	through := opened(t, c)
	c.URL = s.ClientURL()
	direct := opened(t, c)

	p.mute.Store(true)
	type answer struct {
		added bool
		err   error
	}
	answered := make(chan answer, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		added, err := through.Inbox().Append(t.Context(), item("a", "lane"))
		answered <- answer{added, err}
	})
	require.Eventually(t, func() bool { // until the item is stored, while its answer is held back
		stats, err := direct.Inbox().Stats(t.Context())
		return err == nil && stats.Keys == 1
	}, 10*time.Second, 5*time.Millisecond)
	<-p.muted
	p.mute.Store(false)
	p.cut()
	assert.Equal(t, answer{added: true}, <-answered, "it was this call that stored the item")

	added, err := direct.Inbox().Append(t.Context(), item("a", "lane"))
	require.NoError(t, err)
	assert.False(t, added)
	stats, err := direct.Inbox().Stats(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, stats.Keys)
}

func TestWithoutServersItIsUnavailable(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, nil)
	c := fresh(server.ClientURL())
	s := opened(t, c)
	_, err := s.Inbox().Append(t.Context(), item("a", "lane"))
	require.NoError(t, err)
	lease := leaseAll(t.Context(), t, s.Inbox(), 1)[0]
	server.Shutdown()
	server.WaitForShutdown()
	soon, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	t.Cleanup(cancel)
	require.ErrorIs(t, s.Inbox().Complete(soon, lease), store.ErrUnavailable) // while the lease is still valid
	for name, call := range map[string]func(context.Context) error{
		"append": func(ctx context.Context) error { _, err := s.Inbox().Append(ctx, item("b", "lane")); return err },
		"stats":  func(ctx context.Context) error { _, err := s.Inbox().Stats(ctx); return err },
		"reserve": func(ctx context.Context) error {
			_, _, err := s.Ledger().Reserve(ctx, store.Send{Key: "a"})
			return err
		},
		"count": func(ctx context.Context) error { _, err := s.Ledger().Count(ctx); return err },
		"get":   func(ctx context.Context) error { _, err := s.State().Get(ctx, "a"); return err },
		"put":   func(ctx context.Context) error { _, err := s.State().Put(ctx, "a", nil, 0); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			require.ErrorIs(t, call(ctx), store.ErrUnavailable)
		})
	}
	_, err = nats.Open(t.Context(), c)
	require.ErrorIs(t, err, store.ErrUnavailable)
	assert.ErrorContains(t, err, "is a server running there?")
}

func TestAFullInboxRefuses(t *testing.T) {
	t.Parallel()
	c := fresh(natstest.Start(t, nil).ClientURL())
	c.MaxBytes = 4096
	s := opened(t, c)
	var err error
	for i := 0; err == nil && i < 100; i++ {
		_, err = s.Inbox().Append(t.Context(), item(strings.Repeat("k", 40)+string(rune('a'+i)), "lane"))
	}
	require.ErrorIs(t, err, store.ErrFull)
	_, err = s.State().Put(t.Context(), "a", []byte("the state has its own room"), 0)
	require.NoError(t, err)
}

func TestABodyThatDoesNotFitSaysSo(t *testing.T) {
	t.Parallel()
	s := opened(t, fresh(natstest.Start(t, func(o *server.Options) { o.MaxPayload = 600 << 10 }).ClientURL()))
	_, err := s.Inbox().Append(t.Context(), store.Item{Key: "a", Body: make([]byte, 599<<10)})
	require.ErrorContains(t, err, "max_payload")
}

func TestKeysAndSendsAreForgottenInTime(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var ahead atomic.Int64
	c := nats.WithClock(fresh(natstest.Start(t, nil).ClientURL()), func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	c.Partitions = 1
	s := opened(t, c)
	appended := func(key string) bool {
		added, err := s.Inbox().Append(ctx, item(key, "lane "+key))
		require.NoError(t, err)
		return added
	}
	for _, key := range []string{"a", "b", "c"} {
		require.True(t, appended(key))
	}
	for _, l := range leaseAll(ctx, t, s.Inbox(), 3) {
		if l.Key != "c" { // which stays, because it is not done
			require.NoError(t, s.Inbox().Complete(ctx, l))
		}
	}
	for key, state := range map[string]store.SendState{"final": store.Sent, "open": store.Queued} {
		_, _, err := s.Ledger().Reserve(ctx, store.Send{Key: key, State: state})
		require.NoError(t, err)
	}
	_, err := s.State().Put(ctx, "short", nil, time.Hour)
	require.NoError(t, err)
	for _, age := range []time.Duration{time.Second, 6 * time.Hour, 26 * time.Hour, nats.DefaultRemember - time.Minute} {
		ahead.Store(int64(age))
		require.NoError(t, nats.Sweep(ctx, s))
		for _, key := range []string{"a", "b", "c"} {
			assert.False(t, appended(key), "%s after %v", key, age)
		}
		_, err := s.Ledger().Get(ctx, "final")
		require.NoError(t, err)
	}
	ahead.Store(int64(nats.DefaultRemember + time.Minute))
	require.NoError(t, nats.Sweep(ctx, s))
	assert.True(t, appended("a"))
	assert.True(t, appended("b"))
	assert.False(t, appended("c"), "an item that is not done is kept, and its key with it")
	_, err = s.Ledger().Get(ctx, "final")
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = s.Ledger().Get(ctx, "open")
	require.NoError(t, err)
}

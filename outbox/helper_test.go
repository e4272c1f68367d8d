package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is what an outbox calls. It notes each request.
type service struct {
	mu    sync.Mutex
	start time.Time
	log   []stamped
	// answer decides about the n-th request, counted from 1. nil says yes to all.
	answer func(n int, m api.Send) (*api.SentMessage, error)
}

// stamped is a request, and when it came.
type stamped struct {
	to    string
	after time.Duration
}

func (s *service) post(_ context.Context, m api.Send) (*api.SentMessage, error) {
	s.mu.Lock()
	s.log = append(s.log, stamped{api.AccountOf(m) + "/" + api.TargetOf(m), time.Since(s.start)})
	n := len(s.log)
	s.mu.Unlock()
	if s.answer != nil {
		return s.answer(n, m)
	}
	return &api.SentMessage{To: api.TargetOf(m), NewMsgID: api.ID(n)}, nil
}

func (s *service) calls() []stamped {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]stamped(nil), s.log...)
}

// targets are the targets of the requests so far.
func (s *service) targets() []string {
	var all []string
	for _, c := range s.calls() {
		all = append(all, c.to)
	}
	return all
}

// bench is an outbox with its service and its store, in a bubble of its own time: it begins on
// 2000-01-01 at 08:00 in Shanghai.
type bench struct {
	t *testing.T
	*outbox.Outbox
	*service
	back store.Store
}

// inBubble runs f with an outbox.
func inBubble(t *testing.T, c outbox.Config, f func(b bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, c)
		f(b)
		now, cancel := context.WithCancel(context.Background())
		cancel()
		assert.NoError(t, b.Close(now))
	})
}

// newBench makes an outbox. Whoever makes it closes it.
func newBench(t *testing.T, c outbox.Config) bench {
	t.Helper()
	s := &service{start: time.Now()}
	if c.Store == nil {
		c.Store = memory.New(memory.Config{})
	}
	if c.Send == nil {
		c.Send = s.post
	}
	if c.Random == nil {
		c.Random = func() float64 { return 0.5 }
	}
	o, err := outbox.New(c)
	require.NoError(t, err)
	return bench{t: t, Outbox: o, service: s, back: c.Store}
}

// entry is what the ledger says of a key.
func (b bench) entry(key string) store.Send {
	b.t.Helper()
	s, err := b.back.Ledger().Get(context.Background(), key)
	require.NoError(b.t, err)
	return s
}

// aside sends in the background, and waits until that waits.
func (b bench) aside(wg *sync.WaitGroup, m outbox.Message) {
	b.t.Helper()
	wg.Go(func() {
		_, err := b.Send(context.Background(), m)
		assert.NoError(b.t, err)
	})
	synctest.Wait()
}

func text(account, to string) api.Send { return api.PostText{AppID: account, To: to, Content: "x"} }

func answer(account, to string) outbox.Message {
	return outbox.Message{Send: text(account, to), Class: outbox.Answer}
}

func proactive(account, to string) outbox.Message {
	return outbox.Message{Send: text(account, to), Class: outbox.Proactive}
}

func keyed(key, to string) outbox.Message {
	m := answer("a", to)
	m.Key = key
	return m
}

// failure is an error that knows whether the request was executed.
type failure api.Executed

func (f failure) Error() string          { return fmt.Sprintf("failed, executed: %v", api.Executed(f)) }
func (f failure) Executed() api.Executed { return api.Executed(f) }

// gap is a pace of one second.
func gap() outbox.Pace {
	second := outbox.Range{Min: time.Second, Max: time.Second}
	return outbox.Pace{New: outbox.Limits{Gap: second}}
}

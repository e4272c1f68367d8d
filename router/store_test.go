package router_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// inside runs f as the handler of a message from a person.
func (k *talk) inside(from string, f func(c *router.Context)) {
	k.t.Helper()
	k.router = router.New()
	k.router.Any(func(c *router.Context) error { f(c); return nil }).Named("inside")
	_, err := k.serve(k.event(from, 1, "x"))
	require.NoError(k.t, err)
}

func TestScopes(t *testing.T) {
	t.Parallel()
	const alice, aliceInA, bobInA = "wxid_alice", groupA + "/wxid_alice", groupA + "/wxid_bob"
	for name, test := range map[string]struct {
		scope router.Scope
		from  string
		want  bool // the value that Alice has set in group A is there
	}{
		"the conversation":        {router.ByChat, bobInA, true},
		"another conversation":    {router.ByChat, alice, false},
		"the sender":              {router.BySender, aliceInA, true},
		"another sender":          {router.BySender, bobInA, false},
		"the sender elsewhere":    {router.BySender, alice, false},
		"the account":             {router.ByAccount, alice, true},
		"an id that imitates two": {router.BySender, groupA + "%2Fwxid_alice", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, nil)
			k.inside(aliceInA, func(c *router.Context) {
				require.NoError(t, c.Store(test.scope).Set(c, "topic", "cats", 0))
			})
			k.inside(test.from, func(c *router.Context) {
				var topic string
				ok, err := c.Store(test.scope).Get(c, "topic", &topic)
				require.NoError(t, err)
				assert.Equal(t, test.want, ok)
				assert.Equal(t, test.want, topic == "cats")
				require.NoError(t, c.Store(test.scope).Delete(c, "topic"))
				ok, err = c.Store(test.scope).Get(c, "topic", &topic)
				require.NoError(t, err)
				assert.False(t, ok)
			})
		})
	}
}

func TestValuesExpire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, nil)
		k.inside("wxid_alice", func(c *router.Context) { require.NoError(t, c.Store(router.ByChat).Set(c, "x", 1, time.Minute)) })
		time.Sleep(2 * time.Minute)
		k.inside("wxid_alice", func(c *router.Context) {
			ok, err := c.Store(router.ByChat).Get(c, "x", new(int))
			require.NoError(t, err)
			assert.False(t, ok)
		})
	})
}

// TestUpdate has many change one value at once.
func TestUpdate(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	defer back.Close()
	const writers = 20
	var done sync.WaitGroup
	for range writers {
		done.Go(func() {
			s := router.NewStore(router.Services{State: back.State()}, "").Chat("wx_app", groupA)
			_, err := router.Update(t.Context(), s, "votes", 0, func(n int) (int, error) { return n + 1, nil })
			assert.NoError(t, err)
		})
	}
	done.Wait()
	var votes int
	ok, err := router.NewStore(router.Services{State: back.State()}, "").Chat("wx_app", groupA).Get(t.Context(), "votes", &votes)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, writers, votes)
}

func TestUpdateMistakes(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	defer back.Close()
	s := router.NewStore(router.Services{State: back.State()}, "").Chat("wx_app", groupA)
	no := errors.New("no")
	_, err := router.Update(t.Context(), s, "x", 0, func(int) (int, error) { return 1, no })
	require.ErrorIs(t, err, no)
	ok, err := s.Get(t.Context(), "x", new(int))
	require.NoError(t, err)
	assert.False(t, ok, "nothing has changed")

	require.NoError(t, s.Set(t.Context(), "x", "a text", 0))
	_, err = s.Get(t.Context(), "x", new(int))
	require.ErrorContains(t, err, `router: store: value "x"`)
	require.Error(t, s.Set(t.Context(), "x", make(chan int), 0))
	long := strings.Repeat("x", store.MaxKey)
	require.NoError(t, s.Set(t.Context(), long, 1, 0))
	require.NoError(t, s.Set(t.Context(), long+"y", 2, 0))
	var n int
	_, err = s.Get(t.Context(), long, &n)
	require.NoError(t, err)
	assert.Equal(t, 1, n, "long keys are apart")
}

func TestStoresThatAreNot(t *testing.T) {
	t.Parallel()
	r := router.New()
	var errs []error
	r.Any(func(c *router.Context) error {
		for _, scope := range []router.Scope{router.ByAccount, router.ByChat, router.BySender} {
			s := c.Store(scope)
			_, getErr := s.Get(t.Context(), "x", new(int))
			_, updateErr := router.Update(t.Context(), s, "x", 0, func(n int) (int, error) { return n, nil })
			errs = append(errs, getErr, updateErr, s.Set(t.Context(), "x", 1, 0), s.Delete(t.Context(), "x"))
		}
		return nil
	})
	require.NoError(t, r.Serve(t.Context(), text(t, "x"), router.Services{}))
	for _, err := range errs {
		require.ErrorIs(t, err, router.ErrNoState)
	}
	errs = nil
	e, err := callback.Decode([]byte(`{"TypeName":"Offline","Appid":"a"}`))
	require.NoError(t, err)
	_, err = newTalk(t, r).serve(e)
	require.NoError(t, err)
	for i, err := range errs {
		if i < 4 {
			require.NoError(t, err, "there is an account")
			continue
		}
		require.ErrorIs(t, err, router.ErrNoConversation)
	}
}

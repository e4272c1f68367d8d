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
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// inside runs f as the handler of a message from a person.
func (k *talk) inside(from string, f func(c *router.Context)) {
	k.t.Helper()
	k.router = router.New()
	k.router.Any(func(c *router.Context) error { f(c); return nil }).Named("inside")
	_, err := k.serve(k.event(from, 1, "x"))
	require.NoError(k.t, err)
}

func TestSessionScopes(t *testing.T) {
	t.Parallel()
	const alice, aliceInA, bobInA = "wxid_alice", groupA + "/wxid_alice", groupA + "/wxid_bob"
	for name, test := range map[string]struct {
		scope router.Scope
		from  string
		want  bool // the value that Alice has set in group A is there
	}{
		"the conversation":        {router.ScopeConversation, bobInA, true},
		"another conversation":    {router.ScopeConversation, alice, false},
		"the sender":              {router.ScopeSender, aliceInA, true},
		"another sender":          {router.ScopeSender, bobInA, false},
		"the sender elsewhere":    {router.ScopeSender, alice, false},
		"the account":             {router.ScopeAccount, alice, true},
		"an id that imitates two": {router.ScopeSender, groupA + "%2Fwxid_alice", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, nil)
			k.inside(aliceInA, func(c *router.Context) {
				require.NoError(t, c.SessionOf(test.scope).Set("topic", "cats", 0))
			})
			k.inside(test.from, func(c *router.Context) {
				var topic string
				ok, err := c.SessionOf(test.scope).Get("topic", &topic)
				require.NoError(t, err)
				assert.Equal(t, test.want, ok)
				assert.Equal(t, test.want, topic == "cats")
				require.NoError(t, c.SessionOf(test.scope).Delete("topic"))
				ok, err = c.SessionOf(test.scope).Get("topic", &topic)
				require.NoError(t, err)
				assert.False(t, ok)
			})
		})
	}
}

func TestSessionTTL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newTalk(t, nil)
		k.inside("wxid_alice", func(c *router.Context) { require.NoError(t, c.Session().Set("x", 1, time.Minute)) })
		time.Sleep(2 * time.Minute)
		k.inside("wxid_alice", func(c *router.Context) {
			ok, err := c.Session().Get("x", new(int))
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
			s := router.NewSession(t.Context(), back.State(), "wx_app", groupA)
			_, err := router.Update(s, "votes", 0, func(n int) (int, error) { return n + 1, nil })
			assert.NoError(t, err)
		})
	}
	done.Wait()
	var votes int
	ok, err := router.NewSession(t.Context(), back.State(), "wx_app", groupA).Get("votes", &votes)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, writers, votes)
}

func TestUpdateMistakes(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	defer back.Close()
	s := router.NewSession(t.Context(), back.State(), "wx_app", groupA)
	no := errors.New("no")
	_, err := router.Update(s, "x", 0, func(int) (int, error) { return 1, no })
	require.ErrorIs(t, err, no)
	ok, err := s.Get("x", new(int))
	require.NoError(t, err)
	assert.False(t, ok, "nothing has changed")

	require.NoError(t, s.Set("x", "a text", 0))
	_, err = s.Get("x", new(int))
	require.ErrorContains(t, err, `router: session value "x"`)
	require.Error(t, s.Set("x", make(chan int), 0))
	require.Error(t, s.Set(strings.Repeat("x", store.MaxKey), 1, 0))
}

func TestSessionsThatAreNot(t *testing.T) {
	t.Parallel()
	r := router.New()
	var errs []error
	r.Any(func(c *router.Context) error {
		for _, scope := range []router.Scope{router.ScopeAccount, router.ScopeConversation, router.ScopeSender} {
			s := c.SessionOf(scope)
			_, getErr := s.Get("x", new(int))
			_, updateErr := router.Update(s, "x", 0, func(n int) (int, error) { return n, nil })
			errs = append(errs, getErr, updateErr, s.Set("x", 1, 0), s.Delete("x"))
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

// TestOnce runs a handler again whose process has died at its end.
func TestOnce(t *testing.T) {
	t.Parallel()
	steps, fails := 0, true
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		n, err := router.Remember(c, "number", func() (int, error) { steps++; return steps, c.Replyf("step %d", steps) })
		if err != nil {
			return err
		}
		if err := c.Once("other", func() error {
			if fails {
				return errors.New("not yet")
			}
			return nil
		}); err != nil {
			return err
		}
		return c.Replyf("number %d", n)
	}).Named("steps")
	k := newTalk(t, r)
	e := k.event("wxid_alice", 1, "x")
	_, err := k.serve(e)
	require.ErrorContains(t, err, "not yet")
	fails = false
	for range 2 {
		_, err = k.serve(e)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"step 1", "number 1", "number 1"}, trimmed(k.said), "to send once what is no step is the outbox's work")
	assert.Equal(t, []string{"wxid_alice: step 2", "wxid_alice: number 2"}, k.says("wxid_alice", "y"), "another message, another step")
}

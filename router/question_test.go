package router_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestQuestions(t *testing.T) {
	t.Parallel()
	ask := func(f func(c *router.Context) (string, error)) *router.Router {
		r := router.New()
		r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
			answer, err := f(c)
			switch {
			case errors.Is(err, router.ErrWaiting):
				return err
			case err != nil:
				return c.Reply("error: " + err.Error())
			}
			return c.Reply("=" + answer)
		}, match.Exact("go")).Named("ask")
		r.Any(func(c *router.Context) error { return c.Reply("route: " + string(c.Event.Kind())) })
		return r
	}
	odd := func(s string) error {
		if len(s)%2 == 0 {
			return errors.New("an odd number of letters, please")
		}
		return nil
	}
	const image = `<msg><img aeskey="k" length="3"/></msg>`
	for name, test := range map[string]struct {
		ask   func(c *router.Context) (string, error)
		turns []string // what is said, and what is answered
	}{
		"the check says why": {
			func(c *router.Context) (string, error) { return c.Ask("?", router.Valid(odd, "")) },
			[]string{"go", "?", "ab", "an odd number of letters, please", "abc", "=abc"},
		},
		"the question again": {
			func(c *router.Context) (string, error) { return c.Ask("phone?", router.Valid(isPhone, "")) },
			[]string{"go", "phone?", "ab", "phone?"},
		},
		"too many tries": {
			func(c *router.Context) (string, error) {
				return c.Ask("?", router.Valid(isPhone, "no"), router.MaxTries(2, "enough"))
			},
			[]string{"go", "?", "a", "no", "b", "enough|error: " + router.ErrTooManyTries.Error(), "c", "route: text"},
		},
		"other cancel words": {
			func(c *router.Context) (string, error) { return c.Ask("?", router.CancelWords("Stop")) },
			[]string{"go", "?", "sTOP", "已取消|error: " + router.ErrCancelled.Error()},
		},
		"a sign after a cancel word": {
			func(c *router.Context) (string, error) { return c.Ask("?") },
			[]string{"go", "?", "取消。", "已取消|error: " + router.ErrCancelled.Error(), "go", "?", "Cancel !",
				"已取消|error: " + router.ErrCancelled.Error()},
		},
		"a slash before a cancel word": {
			func(c *router.Context) (string, error) { return c.Ask("?") },
			[]string{"go", "?", "／取消", "已取消|error: " + router.ErrCancelled.Error(), "go", "?", "/ＣＡＮＣＥＬ",
				"已取消|error: " + router.ErrCancelled.Error()},
		},
		"a cancel word that cannot be seen whole": {
			func(c *router.Context) (string, error) { return c.Ask("?") },
			[]string{"go", "?", "\u200b取消\ufeff", "已取消|error: " + router.ErrCancelled.Error()},
		},
		"a cancel word in a sentence": {
			func(c *router.Context) (string, error) { return c.Ask("?") },
			[]string{"go", "?", "取消订单", "=取消订单"},
		},
		"a cancel word that is a sign": {
			func(c *router.Context) (string, error) { return c.Ask("?", router.CancelWords("#")) },
			[]string{"go", "?", "!", "=!", "go", "?", "#", "已取消|error: " + router.ErrCancelled.Error()},
		},
		"another answer to a cancel word": {
			func(c *router.Context) (string, error) { return c.Ask("?", router.OnCancel("bye")) },
			[]string{"go", "?", "取消", "bye|error: " + router.ErrCancelled.Error()},
		},
		"no answer to a cancel word": {
			func(c *router.Context) (string, error) { return c.Ask("?", router.OnCancel("")) },
			[]string{"go", "?", "取消", "error: " + router.ErrCancelled.Error()},
		},
		"no cancel words": {
			func(c *router.Context) (string, error) { return c.Ask("?", router.CancelWords()) },
			[]string{"go", "?", "取消", "=取消"},
		},
		"no prompt": {
			func(c *router.Context) (string, error) { return c.Ask("") },
			[]string{"go", "", "x", "=x"},
		},
		"confirm": {
			func(c *router.Context) (string, error) {
				ok, err := c.Confirm("sure?")
				return strconv.FormatBool(ok), err
			},
			[]string{"go", "sure?", "maybe", "请回答“是”或“否”", "Yes", "=true"},
		},
		"deny": {
			func(c *router.Context) (string, error) {
				ok, err := c.Confirm("sure?")
				return strconv.FormatBool(ok), err
			},
			[]string{"go", "sure?", "不", "=false"},
		},
		"choose by number": {
			func(c *router.Context) (string, error) { return c.Choose("午饭", []string{"面", "饭"}) },
			[]string{"go", "午饭\n1. 面\n2. 饭", "3", "请回答 1 到 2", "２", "=饭"},
		},
		"choose by text": {
			func(c *router.Context) (string, error) { return c.Choose("午饭", []string{"面", "饭"}) },
			[]string{"go", "午饭\n1. 面\n2. 饭", "面", "=面"},
		},
		"a picture": {
			func(c *router.Context) (string, error) {
				p, err := router.AskFor[*xmlmsg.Image](c, "photo?")
				if err != nil {
					return "", err
				}
				if _, err = c.Ask("of what?"); err != nil {
					return "", err
				}
				return strconv.FormatInt(p.Length, 10), nil
			},
			[]string{"go", "photo?", "wait", "route: text", image, "of what?", image, "route: image", "cat", "=3"},
		},
		"a word instead of a picture": {
			func(c *router.Context) (string, error) {
				p, err := router.AskFor[*xmlmsg.Image](c, "photo?", router.OrWords("跳过"))
				return strconv.FormatBool(p == nil), err
			},
			[]string{"go", "photo?", "wait", "route: text", "跳过。", "=true"},
		},
		"no picture": {
			func(c *router.Context) (string, error) {
				_, err := router.AskFor[*xmlmsg.Image](c, "photo?")
				return "", err
			},
			[]string{"go", "photo?", "取消", "已取消|error: " + router.ErrCancelled.Error()},
		},
		"nothing is sent behind a question": {
			func(c *router.Context) (string, error) {
				answer, err := c.Ask("?")
				if sendErr := c.Reply("too early"); err != nil {
					assert.ErrorIs(t, sendErr, router.ErrWaiting)
					_, again := c.Ask("and?")
					assert.ErrorIs(t, again, router.ErrWaiting)
					assert.ErrorIs(t, c.Once("x", func() error { return errors.New("must not run") }), router.ErrWaiting)
				}
				return answer, err
			},
			[]string{"go", "?", "x", "too early|=x"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, ask(test.ask))
			for i := 0; i < len(test.turns); i += 2 {
				kind := 1
				if strings.HasPrefix(test.turns[i], "<") {
					kind = 3
				}
				k.said = nil
				_, err := k.serve(k.event("wxid_alice", kind, test.turns[i]))
				require.NoError(t, err)
				require.Equal(t, test.turns[i+1], strings.Join(trimmed(k.said), "|"), "after %q", test.turns[i])
			}
		})
	}
}

func TestAskInAGroupWithAMention(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Command("go", func(c *router.Context) error { _, err := c.Ask("?", router.Mention()); return err })
	k := newTalk(t, r)
	assert.Equal(t, []string{groupA + ": @wxid_bob\u2005?"}, k.says(groupA+"/wxid_bob", "go"))
}

// TestAFormWhoseRouteIsGone ends when a version of the program answers that does not know it.
func TestAFormWhoseRouteIsGone(t *testing.T) {
	t.Parallel()
	var rows []string
	k := newTalk(t, signup(&rows))
	k.says("wxid_alice", "报名")
	k.router = router.New()
	k.router.Text(router.Say("其它"))
	assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "张三"))
	k.router = signup(&rows)
	assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "张三"))
}

func TestRoutesOfOneName(t *testing.T) {
	t.Parallel()
	r := router.New()
	for _, in := range []string{groupA, groupB} {
		r.Command("go", func(c *router.Context) error {
			answer, err := c.Ask("?")
			if err != nil {
				return err
			}
			return c.Reply(in + answer + c.ArgText())
		}, match.In(in))
	}
	k := newTalk(t, r)
	k.says(groupB+"/wxid_alice", "go away")
	assert.Equal(t, []string{groupB + ": " + groupB + "x" + "away"}, k.says(groupB+"/wxid_alice", "x"))
}

func TestWhoCannotAsk(t *testing.T) {
	t.Parallel()
	var errs []error
	ask := func(c *router.Context) error { _, err := c.Ask("?"); errs = append(errs, err); return nil }
	r := router.New()
	r.Use(func(next router.Handler) router.Handler {
		return func(c *router.Context) error { _ = ask(c); return next(c) }
	})
	r.Observe(ask)
	r.Any(ask)
	k := newTalk(t, r)
	assert.Empty(t, cut(&k.said, func() {
		_, err := r.Dispatch(t.Context(), text(t, "x"), router.Services{Sender: k}, router.Run{})
		require.NoError(t, err)
	}))
	for _, err := range errs {
		require.ErrorIs(t, err, router.ErrNoState)
	}
	errs = nil
	e, err := callback.Decode([]byte(`{"TypeName":"Offline","Appid":"a"}`))
	require.NoError(t, err)
	_, err = k.serve(e)
	require.NoError(t, err)
	require.Len(t, errs, 3)
	require.ErrorIs(t, errs[0], router.ErrCannotAsk)
	require.ErrorIs(t, errs[1], router.ErrCannotAsk)
	require.ErrorIs(t, errs[2], router.ErrNoConversation)
}

func cut(said *[]string, f func()) []string {
	*said = nil
	f()
	return *said
}

// TestAFormAndAnotherRoute asks, and lets a route that asks too take a message that is not an
// answer: one person has one form in a conversation.
func TestAFormAndAnotherRoute(t *testing.T) {
	t.Parallel()
	var rows []string
	r := signup(&rows)
	r.Image(func(c *router.Context, _ *xmlmsg.Image) error { _, err := c.Ask("what is it?"); return err }).Named("image")
	k := newTalk(t, r)
	k.says("wxid_alice", "报名")
	_, err := k.serve(k.event("wxid_alice", 3, "<msg><img/></msg>"))
	require.NoError(t, err)
	assert.Empty(t, k.says("wxid_alice", "a cat"))
	assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "张三"))
}

// broken is a State that fails.
type broken struct {
	store.State
	swap, get error
}

func (b *broken) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	if b.swap != nil {
		return 0, b.swap
	}
	return b.State.Swap(ctx, key, value, revision, ttl)
}

func (b *broken) Get(ctx context.Context, key string) (store.Entry, error) {
	if b.get != nil {
		return store.Entry{}, b.get
	}
	return b.State.Get(ctx, key)
}

// TestAStateThatFails keeps messages from being handled in a wrong way: the inbox brings them
// again.
func TestAStateThatFails(t *testing.T) {
	t.Parallel()
	var rows []string
	k := newTalk(t, signup(&rows))
	state := &broken{State: k.state}
	k.state = state
	state.swap = store.ErrUnavailable
	start := k.event("wxid_alice", 1, "报名")
	_, err := k.serve(start)
	require.ErrorIs(t, err, store.ErrUnavailable)
	state.swap = nil
	_, err = k.serve(start)
	require.NoError(t, err)

	answer := k.event("wxid_alice", 1, "张三")
	k.said = nil
	for _, fail := range []broken{{get: store.ErrUnavailable}, {swap: store.ErrConflict}} {
		state.get, state.swap = fail.get, fail.swap
		_, err = k.serve(answer)
		require.Error(t, err)
		assert.Empty(t, k.said, "the handler does not run before the answer is kept")
	}
	state.get, state.swap = nil, nil
	_, err = k.serve(answer)
	require.NoError(t, err)
	assert.Equal(t, []string{"你好，张三", "手机号？"}, trimmed(k.said))
}

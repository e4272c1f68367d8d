package router_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestOnceWithLongNames has names that, escaped, are longer than a key may be.
func TestOnceWithLongNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("把今天的报名表发给老师", 10)
	var steps []string
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		for _, name := range []string{long + "一", long + "二"} {
			if err := c.Once(name, func() error { steps = append(steps, name); return nil }); err != nil {
				return err
			}
		}
		return nil
	}).Named(long)
	k := newTalk(t, r)
	e := k.event("wxid_alice", 1, "x")
	for range 2 {
		_, err := k.serve(e)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{long + "一", long + "二"}, steps, "each once, and not taken for the other")
}

// TestOnceWithAResultThatCannotBeKept must not run the step at each retry.
func TestOnceWithAResultThatCannotBeKept(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		_, err := router.Remember(c, "big", func() (string, error) { return strings.Repeat("x", store.MaxValue), nil })
		return err
	})
	k := newTalk(t, r)
	_, err := k.serve(k.event("wxid_alice", 1, "x"))
	require.ErrorContains(t, err, `step "big" is done, and its result cannot be kept`)
	assert.True(t, router.IsPermanent(err))
}

// TestAFormOfALongRoute has ids and names as long as they get.
func TestAFormOfALongRoute(t *testing.T) {
	t.Parallel()
	who := "wxid_" + strings.Repeat("a", 600)
	var rows []string
	k := newTalk(t, signup(&rows))
	k.says(who, "报名")
	k.says(who, "张三")
	k.says(who, "13800000000")
	assert.Equal(t, []string{"张三 13800000000"}, rows)
}

// TestAnAnswerThatIsTooLong is refused, and the form stays open.
func TestAnAnswerThatIsTooLong(t *testing.T) {
	t.Parallel()
	const alice, aliceInA = "wxid_alice", groupA + "/wxid_alice"
	for name, test := range map[string]struct {
		from, answer, want string
		options            []router.AskOption
	}{
		"too long":         {alice, strings.Repeat("x", store.MaxValue), "wxid_alice: " + router.DefaultTooLong, nil},
		"longer when kept": {alice, strings.Repeat("<", store.MaxValue/5), "wxid_alice: " + router.DefaultTooLong, nil},
		"in own words": {alice, strings.Repeat("x", store.MaxValue), "wxid_alice: shorter!",
			[]router.AskOption{router.OnTooLong("shorter!")}},
		"asked by mention": {aliceInA, strings.Repeat("x", store.MaxValue), groupA + ": @爱丽丝\u2005" + router.DefaultTooLong,
			[]router.AskOption{router.Mention()}},
		"whatever is valid": {alice, strings.Repeat("x", store.MaxValue), "wxid_alice: " + router.DefaultTooLong,
			[]router.AskOption{router.Valid(isName, "no name")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := router.New()
			r.Command("报名", func(c *router.Context) error {
				name, err := c.Ask("你的名字？", test.options...)
				if err != nil {
					return err
				}
				return c.Reply("你好，" + name)
			})
			r.Text(router.Say("其它"))
			k := newTalk(t, r)
			k.names = directory{}
			k.says(test.from, "报名")
			assert.Equal(t, []string{test.want}, k.says(test.from, test.answer))
			assert.Equal(t, []string{test.want}, k.says(test.from, test.answer))
			assert.Equal(t, []string{strings.Split(test.want, ":")[0] + ": 你好，张三"}, k.says(test.from, "张三"))
			assert.Len(t, slices.Compact(slices.Sorted(slices.Values(k.keys))), len(k.keys), "each send has a key of its own")
		})
	}
}

func isName(s string) bool { return s == "张三" }

// TestAFormThatIsTooLarge ends when no answer fits any more, so that its sender is not stuck with
// it.
func TestAFormThatIsTooLarge(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Command("报名", func(c *router.Context) error {
		for range 10 {
			if _, err := c.Ask("?"); err != nil {
				return err
			}
		}
		return nil
	})
	r.Text(router.Say("其它"))
	k := newTalk(t, r)
	k.says("wxid_alice", "报名")
	for _, size := range []int{370 << 10, 90 << 10, 36 << 10} {
		require.Equal(t, []string{"wxid_alice: ?"}, k.says("wxid_alice", strings.Repeat("x", size)))
	}
	_, err := k.serve(k.event("wxid_alice", 1, strings.Repeat("x", 20<<10)))
	require.ErrorIs(t, err, router.ErrFormTooLarge)
	assert.True(t, router.IsPermanent(err))
	assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "张三"))
	k.says("wxid_alice", "报名")
	assert.Equal(t, []string{"wxid_alice: ?"}, k.says("wxid_alice", "张三"), "another form works")
}

// stubborn is a State that does not take one key.
type stubborn struct {
	store.State
	refuses string
}

func (s stubborn) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	if strings.Contains(key, s.refuses) {
		return 0, errors.New("refused")
	}
	return s.State.Swap(ctx, key, value, revision, ttl)
}

// TestAFormThatCannotEndHoldsNoOtherUp has one that fails at each look.
func TestAFormThatCannotEndHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rows []string
		k := newTalk(t, signup(&rows))
		for _, who := range []string{"wxid_alice", "wxid_bob"} {
			k.says(who, "报名")
			k.says(who, "张三")
			time.Sleep(time.Second)
		}
		time.Sleep(4 * time.Minute)
		k.state = stubborn{k.state, "wxid_alice"}
		k.said = nil
		require.ErrorContains(t, k.expireWith(t.Context(), k.services()), "refused")
		assert.Equal(t, []string{"wxid_bob: 超时了"}, k.said)
	})
}

// TestTheTextOfATimeoutWaitsForNobody: the account may be paused for long, and other forms end
// meanwhile.
func TestTheTextOfATimeoutWaitsForNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rows []string
		k := newTalk(t, signup(&rows))
		k.says("wxid_alice", "报名")
		k.says("wxid_alice", "张三")
		time.Sleep(4 * time.Minute)
		sent := &recorder{}
		require.NoError(t, k.expireWith(t.Context(), router.Services{Sender: sent, State: k.state}))
		require.Len(t, sent.all, 1)
		assert.True(t, sent.all[0].Queued)
	})
}

// TestAFailedFormIsTriedAgain has a dead letter tried again, after the sender has gone on to other
// things: with what was answered, and nothing sent twice.
func TestAFailedFormIsTriedAgain(t *testing.T) {
	t.Parallel()
	broken := true
	var names []string
	r := router.New()
	r.Command("报名", func(c *router.Context) error {
		name, err := c.Ask("你的名字？")
		if err != nil {
			return err
		}
		if broken {
			return errors.New("no database")
		}
		names = append(names, name)
		return c.Reply("报名成功")
	})
	r.Text(router.Say("其它"))
	k := newTalk(t, r)
	k.says("wxid_alice", "报名")
	answer := k.event("wxid_alice", 1, "张三")
	_, err := k.serve(answer)
	require.ErrorContains(t, err, "no database")
	for range 2 {
		assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "喂"))
	}
	broken = false
	k.said = nil
	_, err = k.serve(answer)
	require.NoError(t, err)
	assert.Equal(t, []string{"张三"}, names)
	assert.Equal(t, []string{"wxid_alice: 报名成功"}, k.said)
	assert.Equal(t, []string{"wxid_alice: 你的名字？"}, k.says("wxid_alice", "报名"), "another one begins")
}

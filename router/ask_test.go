package router_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// talk is a bot's side of some conversations: every message is new, and every answer is kept as "conversation: text".
type talk struct {
	t       *testing.T
	router  *router.Router
	state   store.State
	said    []string
	keys    []string // of all sends
	id      int
	failing error // of the next send
}

func newTalk(t *testing.T, r *router.Router) *talk {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	return &talk{t: t, router: r, state: back.State(), id: 1e12}
}

func (k *talk) Send(_ context.Context, o router.Outgoing) (*api.SentMessage, error) {
	if err := k.failing; err != nil {
		k.failing = nil
		return nil, err
	}
	post := o.Message.(api.PostText)
	k.keys = append(k.keys, o.Key)
	k.said = append(k.said, post.To+": "+post.Content)
	return &api.SentMessage{To: post.To, NewMsgID: api.ID(len(k.said))}, nil
}

func (k *talk) event(from string, msgType int, content string) *callback.Event {
	k.t.Helper()
	k.id++
	peer := from
	if group, who, ok := strings.Cut(from, "/"); ok {
		peer, content = group, who+":\n"+content
	}
	body, err := json.Marshal(map[string]any{
		"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me",
		"Data": map[string]any{"MsgType": msgType, "NewMsgId": k.id, "FromUserName": peer, "ToUserName": "wxid_me", "Content": content},
	})
	require.NoError(k.t, err)
	e, err := callback.Decode(body)
	require.NoError(k.t, err)
	return e
}

func (k *talk) services() router.Services { return router.Services{Sender: k, State: k.state} }

func (k *talk) serve(e *callback.Event) (router.Outcome, error) {
	return k.router.Dispatch(k.t.Context(), e, k.services())
}

// says takes a text through the routes, and returns what was answered.
func (k *talk) says(from, text string) []string {
	k.t.Helper()
	k.said = nil
	_, err := k.serve(k.event(from, 1, text))
	require.NoError(k.t, err)
	return k.said
}

func (k *talk) expire() []string {
	k.t.Helper()
	k.said = nil
	require.NoError(k.t, k.router.ExpireForms(k.t.Context(), k.services()))
	return k.said
}

func isPhone(s string) bool { return regexp.MustCompile(`^1\d{10}$`).MatchString(s) }

// signup is a form of two questions. rows gets what it collects.
func signup(rows *[]string) *router.Router {
	r := router.New()
	r.Command("报名", func(c *router.Context) error {
		name, err := c.Ask("你的名字？", router.OnCancel("好的，不报了"))
		if err != nil {
			return err
		}
		if err := c.Reply("你好，" + name); err != nil {
			return err
		}
		phone, err := c.Ask("手机号？", router.Valid(isPhone, "手机号不对，再输一次"), router.Timeout(3*time.Minute), router.OnTimeout("超时了"))
		if err != nil {
			return err
		}
		if err := c.Once("save", func() error { *rows = append(*rows, name+" "+phone); return nil }); err != nil {
			return err
		}
		return c.Reply("报名成功")
	})
	r.Text(router.Say("其它"))
	return r
}

func TestForm(t *testing.T) {
	t.Parallel()
	const alice, aliceInA, bobInA = "wxid_alice", groupA + "/wxid_alice", groupA + "/wxid_bob"
	type turn struct {
		from, says string
		want       []string
	}
	for name, test := range map[string]struct {
		turns []turn
		rows  []string
	}{
		"two answers": {[]turn{
			{alice, "报名", []string{"wxid_alice: 你的名字？"}},
			{alice, " 张三 ", []string{"wxid_alice: 你好，张三", "wxid_alice: 手机号？"}},
			{alice, "13800000000", []string{"wxid_alice: 报名成功"}},
			{alice, "13800000000", []string{"wxid_alice: 其它"}},
		}, []string{"张三 13800000000"}},
		"an answer that is not valid": {[]turn{
			{alice, "/报名", []string{"wxid_alice: 你的名字？"}},
			{alice, "张三", []string{"wxid_alice: 你好，张三", "wxid_alice: 手机号？"}},
			{alice, "123", []string{"wxid_alice: 手机号不对，再输一次"}},
			{alice, "456", []string{"wxid_alice: 手机号不对，再输一次"}},
			{alice, "13800000000", []string{"wxid_alice: 报名成功"}},
		}, []string{"张三 13800000000"}},
		"two people in a group": {[]turn{
			{aliceInA, "报名", []string{groupA + ": 你的名字？"}},
			{bobInA, "什么？", []string{groupA + ": 其它"}},
			{bobInA, "报名", []string{groupA + ": 你的名字？"}},
			{bobInA, "李四", []string{groupA + ": 你好，李四", groupA + ": 手机号？"}},
			{aliceInA, "张三", []string{groupA + ": 你好，张三", groupA + ": 手机号？"}},
			{aliceInA, "13800000000", []string{groupA + ": 报名成功"}},
			{bobInA, "13900000000", []string{groupA + ": 报名成功"}},
		}, []string{"张三 13800000000", "李四 13900000000"}},
		"one person in two conversations": {[]turn{
			{alice, "报名", []string{"wxid_alice: 你的名字？"}},
			{aliceInA, "在吗", []string{groupA + ": 其它"}},
		}, nil},
		"cancelled": {[]turn{
			{alice, "报名", []string{"wxid_alice: 你的名字？"}},
			{alice, "取消", []string{"wxid_alice: 好的，不报了"}},
			{alice, "张三", []string{"wxid_alice: 其它"}},
			{alice, "报名", []string{"wxid_alice: 你的名字？"}},
			{alice, "张三", []string{"wxid_alice: 你好，张三", "wxid_alice: 手机号？"}},
			{alice, "Cancel", nil},
			{alice, "13800000000", []string{"wxid_alice: 其它"}},
		}, nil},
		"a command is an answer": {[]turn{
			{alice, "报名", []string{"wxid_alice: 你的名字？"}},
			{alice, "报名", []string{"wxid_alice: 你好，报名", "wxid_alice: 手机号？"}},
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var rows []string
			k := newTalk(t, signup(&rows))
			for i, turn := range test.turns {
				require.Equal(t, turn.want, k.says(turn.from, turn.says), "turn %d: %s", i+1, turn.says)
			}
			assert.Equal(t, test.rows, rows)
		})
	}
}

// TestFormMovesToAnotherProcess has every message handled by a router that knows nothing of those before.
func TestFormMovesToAnotherProcess(t *testing.T) {
	t.Parallel()
	var rows []string
	k := newTalk(t, signup(&rows))
	for _, turn := range [][]string{{"报名", "你的名字？"}, {"张三", "你好，张三", "手机号？"}, {"1", "手机号不对，再输一次"}, {"13800000000", "报名成功"}} {
		k.router = signup(&rows)
		said := k.says("wxid_alice", turn[0])
		for i := range said {
			said[i] = strings.TrimPrefix(said[i], "wxid_alice: ")
		}
		require.Equal(t, turn[1:], said)
	}
	assert.Equal(t, []string{"张三 13800000000"}, rows)
}

// TestFormAndDeliveryTwice delivers each message again right after it was handled, as after a crash before the inbox knew.
func TestFormAndDeliveryTwice(t *testing.T) {
	t.Parallel()
	var rows []string
	k := newTalk(t, signup(&rows))
	first := ""
	for _, says := range []string{"报名", "张三", "1", "13800000000"} {
		e := k.event("wxid_alice", 1, says)
		if first == "" {
			first = e.Key()
		}
		for i := range 3 {
			outcome, err := k.serve(e)
			require.NoError(t, err)
			assert.Equal(t, "command:报名", outcome.Route)
			assert.True(t, i == 0 || outcome.Sends == 0, "%s: nothing is sent again", says)
		}
	}
	assert.Equal(t, []string{"你的名字？", "你好，张三", "手机号？", "手机号不对，再输一次", "报名成功"}, trimmed(k.said))
	assert.Equal(t, []string{"张三 13800000000"}, rows)
	for i, key := range k.keys {
		assert.Equal(t, fmt.Sprintf("%s/command:报名/%d", first, i+1), key, "all sends of a form are those of the event that it began with")
	}
}

// TestFormAndObserver has an observer send beside the form.
func TestFormAndObserver(t *testing.T) {
	t.Parallel()
	var rows []string
	r := signup(&rows)
	r.Observe(func(c *router.Context) error { return c.Reply("seen") })
	k := newTalk(t, r)
	assert.Equal(t, []string{"seen", "你的名字？"}, trimmed(k.says("wxid_alice", "报名")))
	assert.Equal(t, []string{"seen", "你好，张三", "手机号？"}, trimmed(k.says("wxid_alice", "张三")))
	assert.Equal(t, []string{"seen", "报名成功"}, trimmed(k.says("wxid_alice", "13800000000")))
}

func trimmed(said []string) []string {
	var texts []string
	for _, s := range said {
		_, text, _ := strings.Cut(s, ": ")
		texts = append(texts, text)
	}
	return texts
}

// TestFormAndFailure fails the handler behind an answer: the answer is not lost, and not asked for again.
func TestFormAndFailure(t *testing.T) {
	t.Parallel()
	var rows []string
	k := newTalk(t, signup(&rows))
	k.says("wxid_alice", "报名")
	k.says("wxid_alice", "张三")
	e := k.event("wxid_alice", 1, "13800000000")
	k.said, k.failing = nil, errors.New("the network is down")
	_, err := k.serve(e)
	require.ErrorContains(t, err, "the network is down")
	_, err = k.serve(e)
	require.NoError(t, err)
	assert.Equal(t, []string{"报名成功"}, trimmed(k.said))
	assert.Equal(t, []string{"张三 13800000000"}, rows, "the step is not done twice")

	// A handler that was given up: the next message is a message like any other.
	k.says("wxid_alice", "报名")
	k.failing = errors.New("the network is down")
	_, err = k.serve(k.event("wxid_alice", 1, "李四"))
	require.Error(t, err)
	assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "喂"))
	assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "喂"))
}

func TestFormTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rows []string
		k := newTalk(t, signup(&rows))
		k.says("wxid_alice", "报名")
		k.says("wxid_alice", "张三")
		k.says(groupA+"/wxid_bob", "报名")
		assert.Empty(t, k.expire())
		time.Sleep(3*time.Minute + time.Second)
		assert.Equal(t, []string{"wxid_alice: 超时了"}, k.expire())
		assert.Empty(t, k.expire())
		assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "13800000000"))
		assert.Equal(t, []string{groupA + ": 你好，李四", groupA + ": 手机号？"}, k.says(groupA+"/wxid_bob", "李四"), "his question waits longer")

		// An answer that is too late, before anybody has looked.
		time.Sleep(3*time.Minute + time.Second)
		assert.Equal(t, []string{groupA + ": 超时了", groupA + ": 其它"}, k.says(groupA+"/wxid_bob", "13800000000"))
		assert.Empty(t, k.expire())
		assert.Empty(t, rows)
		time.Sleep(router.DefaultAskTimeout)
		k.expire()
		left, err := k.state.List(t.Context(), "form-due/", "", 100)
		require.NoError(t, err)
		assert.Empty(t, left, "no reminder is left behind")
	})
}

// TestAnAnswerThatArrivesLate counts if it was written in time.
func TestAnAnswerThatArrivesLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rows []string
		k := newTalk(t, signup(&rows))
		k.says("wxid_alice", "报名")
		k.says("wxid_alice", "张三")
		e := k.event("wxid_alice", 1, "13800000000")
		e.Time = time.Now().Add(2 * time.Minute)
		time.Sleep(time.Hour)
		k.said = nil
		_, err := k.serve(e)
		require.NoError(t, err)
		assert.Equal(t, []string{"报名成功"}, trimmed(k.said))
	})
}

// TestExpiringTakesOver ends forms by a process that dies before it has said so.
func TestExpiringTakesOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rows []string
		k := newTalk(t, signup(&rows))
		k.says("wxid_alice", "报名")
		k.says("wxid_alice", "张三")
		time.Sleep(4 * time.Minute)
		dying, die := context.WithCancel(t.Context())
		die()
		k.failing = context.Canceled
		require.Error(t, k.router.ExpireForms(dying, k.services()))
		assert.Empty(t, k.expire(), "another process has it")
		assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "13800000000"), "its time is over all the same")
		time.Sleep(3 * time.Minute)
		assert.Equal(t, []string{"wxid_alice: 超时了"}, k.expire())
	})
}

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
			[]string{"go", "?", "sTOP", "error: " + router.ErrCancelled.Error()},
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
		"no picture": {
			func(c *router.Context) (string, error) {
				_, err := router.AskFor[*xmlmsg.Image](c, "photo?")
				return "", err
			},
			[]string{"go", "photo?", "取消", "error: " + router.ErrCancelled.Error()},
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
		_, err := r.Dispatch(t.Context(), text(t, "x"), router.Services{Sender: k})
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

// TestAFormAndAnotherRoute asks, and lets a route that asks too take a message that is no answer: one person has one form in a conversation.
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

// TestAStateThatFails keeps messages from being handled in a wrong way: the inbox brings them again.
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

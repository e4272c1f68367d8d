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
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// talk is a bot's side of some conversations: every message is new, and every answer is kept as
// "conversation: text".
type talk struct {
	t       *testing.T
	router  *router.Router
	state   store.State
	log     store.Log
	said    []string
	keys    []string // of all sends
	id      int
	failing error // of the next send
	names   router.Names
	written time.Time // of the next events; zero: unknown
	sentAt  time.Time // of the next sends, by the service; zero: unknown
	now     func() time.Time
}

func newTalk(t *testing.T, r *router.Router) *talk {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	return &talk{t: t, router: r, state: back.State(), log: back.Log(), id: 1e12}
}

func (k *talk) Send(_ context.Context, o outbox.Message) (*api.SentMessage, error) {
	if err := k.failing; err != nil {
		k.failing = nil
		return nil, err
	}
	post := o.Send.(api.PostText)
	k.keys = append(k.keys, o.Key)
	k.said = append(k.said, post.To+": "+post.Content)
	sent := &api.SentMessage{To: post.To, NewMsgID: api.ID(len(k.said))}
	if !k.sentAt.IsZero() {
		sent.CreateTime = api.ID(k.sentAt.Unix())
	}
	return sent, nil
}

func (k *talk) event(from string, msgType int, content string) *callback.Event {
	k.t.Helper()
	k.id++
	peer := from
	if group, who, ok := strings.Cut(from, "/"); ok {
		peer, content = group, who+":\n"+content
	}
	data := map[string]any{"MsgType": msgType, "NewMsgId": k.id, "FromUserName": peer, "ToUserName": "wxid_me", "Content": content}
	if !k.written.IsZero() {
		data["CreateTime"] = k.written.Unix()
	}
	body, err := json.Marshal(map[string]any{"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me", "Data": data})
	require.NoError(k.t, err)
	e, err := callback.Decode(body)
	require.NoError(k.t, err)
	return e
}

func (k *talk) services() router.Services {
	return router.Services{Sender: k, State: k.state, Log: k.log, Names: k.names, Clock: clock.Func(k.now)}
}

func (k *talk) serve(e *callback.Event) (router.Outcome, error) {
	return k.router.Dispatch(k.t.Context(), e, k.services(), router.Run{})
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
	require.NoError(k.t, k.expireWith(k.t.Context(), k.services()))
	return k.said
}

func (k *talk) expireWith(ctx context.Context, s router.Services) error {
	_, err := k.router.ExpireForms(ctx, s)
	return err
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
			{alice, "Cancel", []string{"wxid_alice: 已取消"}},
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

// TestFormMovesToAnotherProcess has every message handled by a router that knows nothing of those
// before.
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

// TestFormAndDeliveryTwice delivers each message again right after it was handled, as after a crash
// before the inbox knew.
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

// TestFormAndObserver has an observer send beside the form, and not at each message.
func TestFormAndObserver(t *testing.T) {
	t.Parallel()
	var rows []string
	r := signup(&rows)
	r.Observe(func(c *router.Context) error { return c.Reply("seen") }, match.Not(match.Command("报名")))
	k := newTalk(t, r)
	assert.Equal(t, []string{"你的名字？"}, trimmed(k.says("wxid_alice", "报名")))
	assert.Equal(t, []string{"seen", "你好，张三", "手机号？"}, trimmed(k.says("wxid_alice", "张三")))
	assert.Equal(t, []string{"seen", "报名成功"}, trimmed(k.says("wxid_alice", "13800000000")))
	n := 0
	for _, key := range k.keys {
		if strings.Contains(key, "command:报名") {
			n++
			assert.True(t, strings.HasSuffix(key, "/"+strconv.Itoa(n)), "send %d is %s", n, key)
		}
	}
	assert.Equal(t, 4, n)
}

// TestAnAnswerIsCheckedOnce fails the handler after an answer that would not be valid a second
// time: a name that is taken now, by itself.
func TestAnAnswerIsCheckedOnce(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{}
	r := router.New()
	r.Command("名字", func(c *router.Context) error {
		name, err := c.Ask("?", router.Valid(func(s string) bool { return !taken[s] }, "taken"))
		if err != nil {
			return err
		}
		taken[name] = true
		return c.Reply("hello " + name)
	})
	k := newTalk(t, r)
	k.says("wxid_alice", "名字")
	k.failing = errors.New("the network is down")
	answer := k.event("wxid_alice", 1, "neo")
	_, err := k.serve(answer)
	require.Error(t, err)
	k.said = nil
	_, err = k.serve(answer)
	require.NoError(t, err)
	assert.Equal(t, []string{"hello neo"}, trimmed(k.said))
}

func trimmed(said []string) []string {
	var texts []string
	for _, s := range said {
		_, text, _ := strings.Cut(s, ": ")
		texts = append(texts, text)
	}
	return texts
}

// TestFormAndFailure fails the handler after an answer: the answer is not lost, and not asked for
// again.
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
		require.Error(t, k.expireWith(dying, k.services()))
		assert.Empty(t, k.expire(), "another process has it")
		assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "13800000000"), "its time is over all the same")
		time.Sleep(3 * time.Minute)
		assert.Equal(t, []string{"wxid_alice: 超时了"}, k.expire())
	})
}

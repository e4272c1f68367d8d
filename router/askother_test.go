package router_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
)

const owner = "wxid_owner"

// guard asks the owner before it does something, and talks about everything else.
func guard(options ...router.AskOption) *router.Router {
	r := router.New()
	r.Command("转发", func(c *router.Context) error {
		ok, err := c.AskOther(owner, "转发 "+c.ArgText()+" 吗？", options...)
		if err != nil {
			return err
		}
		return c.Replyf("%s: %t", c.ArgText(), ok)
	}).Named("guard")
	r.Command("问", func(c *router.Context) error {
		what, err := c.Ask("什么？")
		if err != nil {
			return err
		}
		one, err := c.AskOther(owner, what+"？")
		if err != nil {
			return err
		}
		two, err := c.AskOther("wxid_boss", what+"！")
		if err != nil {
			return err
		}
		return c.Replyf("%s: %t %t", what, one, two)
	}).Named("both")
	r.Command("反", func(c *router.Context) error {
		if _, err := c.AskOther(owner, "？"); err != nil {
			return err
		}
		_, err := c.Ask("你呢？")
		assertCannotAsk(err)
		return c.Reply("no")
	}).Named("wrong")
	r.Text(router.Say("其它")).Named("other")
	return r
}

func assertCannotAsk(err error) {
	if !errors.Is(err, router.ErrCannotAsk) {
		panic(err)
	}
}

// question is a question as the owner gets it.
func question(n int, text string) string {
	return fmt.Sprintf("%s: %s\n【问题】%d：请回复“是”或“否”；有多个问题时带上编号，如“是 %d”。", owner, text, n, n)
}

// TestAskOther plays what the chat, the owner and others say, in turns.
func TestAskOther(t *testing.T) {
	t.Parallel()
	const chat, alice = groupA, groupA + "/wxid_alice"
	for name, turns := range map[string][][]string{ // from, text, answers
		"the chat goes on meanwhile": {
			{alice, "转发 a", question(1, "转发 a 吗？")},
			{alice, "在吗", chat + ": 其它"},
			{owner, "在吗", owner + ": 其它"},
			{owner, "是", chat + ": a: true"},
			{owner, "是", owner + ": 其它"},
			{alice, "转发 b", question(2, "转发 b 吗？")},
			{owner, "不同意。", chat + ": b: false"},
		},
		"several questions": {
			{alice, "转发 a", question(1, "转发 a 吗？")},
			{alice, "转发 b", question(2, "转发 b 吗？")},
			{"wxid_bob", "转发 c", question(3, "转发 c 吗？")},
			{owner, "是", owner + ": 有 3 个问题在等您答复，请带上编号，如“是 1”：\n1. 转发 a 吗？\n2. 转发 b 吗？\n3. 转发 c 吗？"},
			{owner, "是 9", owner + ": 其它"},
			{owner, "否2", chat + ": b: false"},
			{owner, "３，同意", "wxid_bob: c: true"},
			{owner, "yes", chat + ": a: true"},
			{owner, "是 2", owner + ": 问题 2 已经结束，答复没有生效。"},
		},
		"another person does not answer": {
			{alice, "转发 a", question(1, "转发 a 吗？")},
			{"wxid_bob", "是 1", "wxid_bob: 其它"},
			{groupA + "/" + owner, "是 1", chat + ": 其它"},
			{owner, "是 1", chat + ": a: true"},
		},
		"the sender first, then two others": {
			{alice, "问", chat + ": 什么？"},
			{alice, "鱼", question(1, "鱼？")},
			{alice, "肉", chat + ": 其它"},
			{owner, "是", strings.ReplaceAll(question(1, "鱼！"), owner, "wxid_boss")},
			{owner, "否", owner + ": 其它"},
			{"wxid_boss", "否", chat + ": 鱼: true false"},
		},
		"the owner has a form open": {
			{alice, "转发 a", question(1, "转发 a 吗？")},
			{owner, "问", owner + ": 什么？"},
			{owner, "是", question(2, "是？")},
			{owner, "是 1", chat + ": a: true"},
		},
		"the sender after the owner": {
			{alice, "反", question(1, "？")},
			{owner, "是", chat + ": no"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, guard())
			for _, turn := range turns {
				require.Equal(t, turn[2:], k.says(turn[0], turn[1]), "after %s: %q", turn[0], turn[1])
			}
		})
	}
}

// TestAskOtherAgain delivers messages again, as after a crash: nothing is asked twice, and no
// answer counts for another question.
func TestAskOtherAgain(t *testing.T) {
	t.Parallel()
	k := newTalk(t, guard())
	serve := func(e *callback.Event) []string {
		k.said = nil
		_, err := k.serve(e)
		require.NoError(t, err)
		return k.said
	}
	first, answer := k.event(groupA+"/wxid_alice", 1, "转发 a"), k.event(owner, 1, "是")
	k.failing = errors.New("not sent")
	_, err := k.serve(first)
	require.Error(t, err)
	assert.Equal(t, []string{question(1, "转发 a 吗？")}, serve(first), "the number is the same")
	assert.Empty(t, serve(first), "it is asked already")
	assert.Equal(t, []string{groupA + ": a: true"}, serve(answer))
	for range 2 {
		assert.Empty(t, serve(first), "it is over")
		assert.Empty(t, serve(answer))
	}
	assert.Equal(t, []string{question(2, "转发 b 吗？")}, k.says(groupA+"/wxid_alice", "转发 b"))
	assert.Empty(t, serve(answer), "it is the answer to the first question")
	k.failing = errors.New("not sent")
	answer = k.event(owner, 1, "否")
	_, err = k.serve(answer)
	require.Error(t, err)
	assert.Equal(t, []string{groupA + ": b: false"}, serve(answer))
}

// TestAskOtherByQuote answers one of two questions by a quote of it.
func TestAskOtherByQuote(t *testing.T) {
	t.Parallel()
	k := newTalk(t, guard())
	k.says(groupA+"/wxid_alice", "转发 a")
	asked := strings.TrimPrefix(k.says(groupA+"/wxid_alice", "转发 b")[0], owner+": ")
	k.said = nil
	_, err := k.serve(k.event(owner, 49, `<msg><appmsg><title>是</title><type>57</type><refermsg><type>1</type>`+
		`<svrid>1</svrid><content>`+asked+`</content></refermsg></appmsg></msg>`))
	require.NoError(t, err)
	assert.Equal(t, []string{groupA + ": b: true"}, k.said)
}

// TestAskOtherInVain tells the chat when nobody answers, and the person who answers too late.
func TestAskOtherInVain(t *testing.T) {
	t.Parallel()
	k := newTalk(t, guard(router.Timeout(time.Hour), router.OnTimeout("nobody answers")))
	now := time.Now().Round(time.Second)
	k.now = func() time.Time { return now }
	k.says(groupA+"/wxid_alice", "转发 a")
	now = now.Add(59 * time.Minute)
	assert.Empty(t, k.expire())
	now = now.Add(2 * time.Minute)
	assert.Equal(t, []string{groupA + ": nobody answers"}, k.expire())
	assert.Equal(t, []string{owner + ": 其它"}, k.says(owner, "是"))
	assert.Equal(t, []string{owner + ": 问题 1 已经结束，答复没有生效。"}, k.says(owner, "是 1"))
}

// FuzzDecision reads answers of all kinds.
func FuzzDecision(f *testing.F) {
	for _, s := range []string{"是", "否 7", "7 同意", "是7", "好的。", "３，是", "no 0", "是 99999999999999999999", "1 2 是", "", "是 1 2", "#7 是"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		decision, number := router.ReadDecision(said)
		assert.Contains(t, []string{"", "yes", "no"}, decision)
		assert.True(t, number >= 0 && number <= 999, number)
		assert.True(t, decision != "" || number == 0)
	})
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]struct {
		decision string
		number   int
	}{
		"是": {"yes", 0}, "否 7": {"no", 7}, "7 同意": {"yes", 7}, "是7": {"yes", 7}, "好的。": {"yes", 0}, "３，是": {"yes", 3},
		"不要 12！": {"no", 12}, "是 #7": {"yes", 7}, "是 0": {"", 0}, "是 1000": {"", 0}, "7": {"", 0}, "是的吗": {"", 0}, "1 2 是": {"", 0},
	} {
		decision, number := router.ReadDecision(said)
		assert.Equal(t, want.decision, decision, said)
		assert.Equal(t, want.number, number, said)
	}
}

// TestAskOtherOfASwitchedOffRoute keeps the question open: an answer does nothing while the route
// is off in the chat of the event, and counts when it is on again.
func TestAskOtherOfASwitchedOffRoute(t *testing.T) {
	t.Parallel()
	r := router.New()
	on := true
	g := r.Where()
	r.OnlyIf(g, func(_, chat string) bool { return on || chat != groupA })
	g.Command("转发", func(c *router.Context) error {
		ok, err := c.AskOther(owner, "转发吗？")
		if err != nil {
			return err
		}
		return c.Replyf("%t", ok)
	}).Named("guard")
	k := newTalk(t, r)
	assert.Equal(t, []string{question(1, "转发吗？")}, k.says(groupA+"/wxid_alice", "转发"))
	on = false
	assert.Equal(t, []string{owner + ": 这个功能现在关着，答复没有生效。打开以后请再答一次。"}, k.says(owner, "是"))
	on = true
	assert.Equal(t, []string{groupA + ": true"}, k.says(owner, "是"))
}

package router_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
)

// TestAMessageOlderThanTheQuestion takes its usual way: it does not answer what was not asked yet.
func TestAMessageOlderThanTheQuestion(t *testing.T) {
	t.Parallel()
	const alice = "wxid_alice"
	for name, test := range map[string]struct {
		older time.Duration // than the question
		says  string
		want  []string
	}{
		"after it":                   {-2 * time.Second, "张三", []string{alice + ": 你好，张三", alice + ": 手机号？"}},
		"as old, by the seconds":     {2 * time.Second, "张三", []string{alice + ": 你好，张三", alice + ": 手机号？"}},
		"a minute before it":         {time.Minute, "张三", []string{alice + ": 其它"}},
		"a cancel word before it":    {time.Minute, "取消", []string{alice + ": 其它"}},
		"days before it":             {72 * time.Hour, "张三", []string{alice + ": 其它"}},
		"an hour ahead, by a clock":  {-time.Hour, "张三", []string{alice + ": 你好，张三", alice + ": 手机号？"}},
		"at a time that is not told": {0, "张三", []string{alice + ": 你好，张三", alice + ": 手机号？"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var rows []string
			k := newTalk(t, signup(&rows))
			k.says(alice, "报名")
			if test.older != 0 {
				k.written = time.Now().Add(-test.older)
			}
			assert.Equal(t, test.want, k.says(alice, test.says))
			k.written = time.Time{}
			if len(test.want) == 1 {
				assert.Equal(t, []string{alice + ": 你好，李四", alice + ": 手机号？"}, k.says(alice, "李四"), "the form is open")
			}
		})
	}
}

// TestTheClockOfTheServiceDatesTheQuestion has a bot whose own clock goes ahead by minutes.
func TestTheClockOfTheServiceDatesTheQuestion(t *testing.T) {
	t.Parallel()
	const alice = "wxid_alice"
	var rows []string
	k := newTalk(t, signup(&rows))
	k.written = time.Now().Add(-10 * time.Minute)
	k.sentAt = k.written.Add(time.Second)
	k.says(alice, "报名")
	k.written = k.written.Add(3 * time.Second)
	assert.Equal(t, []string{alice + ": 你好，张三", alice + ": 手机号？"}, k.says(alice, "张三"))
}

// TestAnswersInAGroup mention the bot, which is not a part of the answer.
func TestAnswersInAGroup(t *testing.T) {
	t.Parallel()
	const aliceInA = groupA + "/wxid_alice"
	var rows []string
	k := newTalk(t, signup(&rows))
	k.names = account{}
	k.says(aliceInA, "@小雁 报名")
	assert.Equal(t, []string{groupA + ": 其它"}, k.says(groupA+"/wxid_bob", "@林知夏\u2005报名"))
	assert.Equal(t, []string{groupA + ": 你好，张三", groupA + ": 手机号？"}, k.says(aliceInA, "@群里的小雁\u2005张三"))
	assert.Equal(t, []string{groupA + ": 手机号不对，再输一次"}, k.says(aliceInA, "@小雁"+"　"+"123"))
	_, err := k.serve(k.event(aliceInA, 1, "＠小雁 ／取消！"))
	require.NoError(t, err)
	assert.Equal(t, []string{groupA + ": 其它"}, k.says(aliceInA, "13800000000"))
	assert.Empty(t, rows)
}

// TestNamesAreAskedRarely asks them only about texts with a mention that the at-list does not
// explain.
func TestNamesAreAskedRarely(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"菜单": 0, "a@example.com": 0, "@小雁 菜单": 2, "请问 @小雁": 2,
	} {
		asked := 0
		r := router.New()
		r.Command("菜单", func(*router.Context) error { return nil })
		r.Text(router.Say("其它"))
		require.NoError(t, r.Serve(t.Context(), groupText(t, text), router.Services{Sender: &recorder{}, Names: account{&asked}}))
		assert.Equal(t, want, asked, text)
	}
}

// account is Names for the account itself, and counts the questions.
type account struct{ asked *int }

func (a account) name(n string) string {
	if a.asked != nil {
		*a.asked++
	}
	return n
}

func (a account) Contact(context.Context, string, string) string { return a.name("小雁") }

func (a account) Member(context.Context, string, string, string) string {
	return a.name("群里的小雁")
}

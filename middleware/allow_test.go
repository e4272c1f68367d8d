package middleware_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

func TestAllow(t *testing.T) {
	t.Parallel()
	friend, member, offline := text(t, "wxid_a", "x"), text(t, group, "wxid_a:\nx"), event(t, map[string]any{"TypeName": "Offline"})
	for name, test := range map[string]struct {
		config middleware.AllowConfig
		yes    []*callback.Event
		no     []*callback.Event
	}{
		"nobody":   {middleware.AllowConfig{}, []*callback.Event{offline}, []*callback.Event{friend, member}},
		"everyone": {middleware.AllowConfig{Everyone: true}, []*callback.Event{friend, member}, nil},
		"a group": {middleware.AllowConfig{Groups: []string{group}},
			[]*callback.Event{member}, []*callback.Event{friend}},
		"another group": {middleware.AllowConfig{Groups: []string{"200@chatroom"}}, nil,
			[]*callback.Event{friend, member}},
		"a person": {middleware.AllowConfig{People: []string{"wxid_a"}},
			[]*callback.Event{friend}, []*callback.Event{member}},
		"an admin":                          {middleware.AllowConfig{Admins: []string{"wxid_a"}}, []*callback.Event{friend, member}, nil},
		"a group as a person opens nothing": {middleware.AllowConfig{People: []string{group}}, nil, []*callback.Event{member}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, e := range test.yes {
				arrived, _, err := through(t, middleware.Allow(test.config), e, nil)
				require.NoError(t, err)
				assert.True(t, arrived, e.Conversation)
			}
			for _, e := range test.no {
				arrived, outcome, err := through(t, middleware.Allow(test.config), e, nil)
				require.NoError(t, err)
				assert.False(t, arrived, e.Conversation)
				assert.Equal(t, middleware.DroppedNotAllowed, outcome.Dropped)
			}
		})
	}
}

func TestAllowSaysOnceWhatToSet(t *testing.T) {
	t.Parallel()
	core, lines := observer.New(zap.DebugLevel)
	count := 0
	r := router.New()
	r.Use(middleware.Allow(middleware.AllowConfig{Hint: "set HONGYAN_ALLOW", Count: func(string) { count++ }}))
	for range 3 {
		require.NoError(t, r.Serve(t.Context(), text(t, "wxid_a", "x"), router.Services{Logger: zap.New(core)}))
	}
	require.Len(t, lines.All(), 1)
	assert.Contains(t, lines.All()[0].Message, "set HONGYAN_ALLOW")
	assert.Equal(t, zap.WarnLevel, lines.All()[0].Level)
	assert.Equal(t, 3, count)
}

// TestAllowJudgesEventsAboutSomebody: events about a person pass by the group or by NoRequests,
// because people who send friend requests are not on a list.
func TestAllowJudgesEventsAboutSomebody(t *testing.T) {
	t.Parallel()
	message := func(msgType int, from, content string) *callback.Event {
		return event(t, map[string]any{"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me", "Data": map[string]any{
			"MsgType": msgType, "NewMsgId": 1, "FromUserName": from, "ToUserName": "wxid_me", "Content": content,
		}})
	}
	request := message(37, "fmessage", `<msg fromusername="wxid_new" encryptusername="v3_x@stranger" ticket="v4_x@stranger" scene="3" />`)
	added := message(10000, "wxid_new", "你已添加了新朋友，现在可以开始聊天了。")
	joined := message(10000, group, `"A"邀请"B"加入了群聊`)
	forged := message(1, "", "hi")
	for name, test := range map[string]struct {
		config middleware.AllowConfig
		yes    []*callback.Event
		no     []*callback.Event
	}{
		"nobody is listed": {middleware.AllowConfig{}, []*callback.Event{request, added}, []*callback.Event{joined, forged}},
		"the group": {middleware.AllowConfig{Groups: []string{group}},
			[]*callback.Event{request, added, joined}, []*callback.Event{forged}},
		"no requests": {
			middleware.AllowConfig{Groups: []string{group}, NoRequests: true}, []*callback.Event{joined},
			[]*callback.Event{request, added, forged},
		},
		"everyone": {middleware.AllowConfig{Everyone: true}, []*callback.Event{request, added, joined}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, want := range []bool{true, false} {
				for _, e := range map[bool][]*callback.Event{true: test.yes, false: test.no}[want] {
					arrived, _, err := through(t, middleware.Allow(test.config), e, nil)
					require.NoError(t, err)
					assert.Equal(t, want, arrived, "%s in %v", e.Kind(), e.Conversation)
				}
			}
		})
	}
}

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
		"nobody":                            {middleware.AllowConfig{}, []*callback.Event{offline}, []*callback.Event{friend, member}},
		"everyone":                          {middleware.AllowConfig{Everyone: true}, []*callback.Event{friend, member}, nil},
		"a group":                           {middleware.AllowConfig{Groups: []string{group}}, []*callback.Event{member}, []*callback.Event{friend}},
		"another group":                     {middleware.AllowConfig{Groups: []string{"200@chatroom"}}, nil, []*callback.Event{friend, member}},
		"a person":                          {middleware.AllowConfig{People: []string{"wxid_a"}}, []*callback.Event{friend}, []*callback.Event{member}},
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

package middleware_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/middleware"
)

func TestDrop(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		event  *callback.Event
		reason string
	}{
		"a friend":         {text(t, "wxid_a", "x"), ""},
		"a member":         {text(t, group, "wxid_a:\nx"), ""},
		"the account":      {text(t, "wxid_me", "x"), middleware.DroppedSelf},
		"own in a group":   {text(t, group, "wxid_me:\nx"), middleware.DroppedSelf},
		"official account": {text(t, "gh_1", "x"), middleware.DroppedOfficial},
		"WeChat's team":    {text(t, "weixin", "x"), middleware.DroppedSystem},
		"no message":       {event(t, map[string]any{"TypeName": "Offline"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var counted []string
			m := middleware.Drop(middleware.DropConfig{Count: func(reason string) { counted = append(counted, reason) }})
			arrived, outcome, err := through(t, m, test.event, nil)
			require.NoError(t, err)
			assert.Equal(t, test.reason == "", arrived)
			assert.Equal(t, test.reason, outcome.Dropped)
			if test.reason != "" {
				assert.Equal(t, []string{test.reason}, counted)
			}
		})
	}
}

func TestDropKeepsWhatItIsToldTo(t *testing.T) {
	t.Parallel()
	arrived, _, err := through(t, middleware.Drop(middleware.DropConfig{Keep: []string{middleware.DroppedSelf}}),
		text(t, "wxid_me", "x"), nil)
	require.NoError(t, err)
	assert.True(t, arrived)
}

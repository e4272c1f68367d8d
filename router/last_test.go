package router_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestUnhandled is last, wherever it was registered, and PluginOf knows whose routes are whose.
func TestUnhandled(t *testing.T) {
	t.Parallel()
	r := router.New()
	var ran []string
	first := r.Where()
	first.OfPlugin("first")
	first.Unhandled(func(*router.Context) error { ran = append(ran, "unhandled"); return nil }).Named("rest")
	r.Text(func(*router.Context, *xmlmsg.Text) error { ran = append(ran, "text"); return nil }, match.Keyword("hello")).Named("hello")
	for _, text := range []string{"hello", "what?"} {
		_, err := r.Dispatch(context.Background(), message(t, 1, "wxid_alice", text), router.Services{}, router.Run{})
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"text", "unhandled"}, ran)
	assert.Equal(t, "first", r.PluginOf("rest"))
	assert.Empty(t, r.PluginOf("hello"))
}

package middleware_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

// half returns one of the two messages of a file: FileNotice (74) or File (6).
func half(t *testing.T, id int, appType, overwrite int, token string) *callback.Event {
	t.Helper()
	content := fmt.Sprintf("<msg><appmsg><title>a.txt</title><type>%d</type><appattach>"+
		"<overwrite_newmsgid>%d</overwrite_newmsgid><fileuploadtoken>%s</fileuploadtoken></appattach></appmsg></msg>",
		appType, overwrite, token)
	return event(t, map[string]any{
		"TypeName": "AddMsg", "Appid": "wx_app", "Wxid": "wxid_me",
		"Data": map[string]any{"MsgType": 49, "NewMsgId": id, "FromUserName": "wxid_a", "ToUserName": "wxid_me", "Content": content},
	})
}

func TestJoinFiles(t *testing.T) {
	t.Parallel()
	notice, file := half(t, 1, 74, 0, "v1_x"), half(t, 2, 6, 1, "v1_x")
	for name, test := range map[string]struct {
		events []*callback.Event
		want   []string
	}{
		"in order":           {[]*callback.Event{notice, file}, []string{"file_notice", "file"}},
		"the notice is late": {[]*callback.Event{file, notice}, []string{"file"}},
		"no notice":          {[]*callback.Event{file}, []string{"file"}},
		"no file":            {[]*callback.Event{notice}, []string{"file_notice"}},
		"the same file, sent again": {[]*callback.Event{notice, file, half(t, 3, 6, 1, "v1_x")},
			[]string{"file_notice", "file", "file"}},
		"joined by the token":          {[]*callback.Event{half(t, 2, 6, 0, "v1_x"), notice}, []string{"file"}},
		"a retry of the handler":       {[]*callback.Event{file, file}, []string{"file", "file"}},
		"small files without anything": {[]*callback.Event{half(t, 4, 6, 0, ""), half(t, 5, 6, 0, "")}, []string{"file", "file"}},
		"two files": {[]*callback.Event{notice, half(t, 6, 74, 0, "v1_y"), half(t, 7, 6, 6, "v1_y"), file},
			[]string{"file_notice", "file_notice", "file", "file"}},
		"what is no file is let through": {[]*callback.Event{text(t, "wxid_a", "x")}, []string{"text"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			dropped := 0
			r := router.New()
			r.Use(middleware.JoinFiles(middleware.JoinFilesConfig{Count: func(string) { dropped++ }}))
			r.Any(func(c *router.Context) error { got = append(got, string(c.Event.Kind())); return nil })
			for _, e := range test.events {
				require.NoError(t, r.Serve(t.Context(), e, router.Services{}))
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, len(test.events)-len(test.want), dropped)
		})
	}
}

func TestJoinFilesForgets(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	r := router.New()
	r.Use(middleware.JoinFiles(middleware.JoinFilesConfig{Window: time.Minute, Clock: clock.Func(func() time.Time { return now })}))
	n := 0
	r.Any(func(*router.Context) error { n++; return nil })
	for i := range 12_000 { // more than is remembered
		require.NoError(t, r.Serve(t.Context(), half(t, i+100_000, 6, i+1, ""), router.Services{}))
	}
	now = now.Add(2 * time.Minute)
	require.NoError(t, r.Serve(t.Context(), half(t, 12_000, 74, 0, ""), router.Services{}))
	assert.Equal(t, 12_001, n)
}

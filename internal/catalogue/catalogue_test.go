package catalogue_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/catalogue"
)

func TestEndpoints(t *testing.T) {
	t.Parallel()
	all, err := catalogue.Endpoints()
	require.NoError(t, err)
	modules, extra, paths := map[string]int{}, 0, map[string]bool{}
	for _, e := range all {
		assert.NotEmpty(t, e.Service(), e.Path)
		assert.NotEmpty(t, e.Method(), e.Path)
		assert.True(t, json.Valid(e.ExampleRequest), e.Path)
		assert.True(t, json.Valid(e.ExampleResponse), e.Path)
		assert.False(t, paths[e.Path], "%s is listed twice", e.Path)
		paths[e.Path] = true
		if e.Extra {
			extra++
			continue
		}
		modules[e.Module]++
	}
	assert.Equal(t, map[string]int{
		"login": 7, "contacts": 12, "im": 2, "group": 21, "message": 18, "download": 6, "sns": 18, "label": 4, "personal": 6, "favor": 3,
		"finder": 34,
	}, modules)
	assert.Equal(t, 12, extra)
}

// TestGeWe checks the presence of fields in GeWe, and that there are examples of answers that
// differ.
func TestGeWe(t *testing.T) {
	t.Parallel()
	all, err := catalogue.Endpoints()
	require.NoError(t, err)
	fields := map[string]*catalogue.Field{}
	for _, e := range all {
		for i := range e.Request {
			fields[e.Path+"."+e.Request[i].Name] = &e.Request[i]
			assert.Contains(t, []catalogue.Presence{catalogue.Optional, catalogue.Present, catalogue.Required, catalogue.Only},
				e.Request[i].In(catalogue.GeWe), e.Path)
		}
		assert.Equal(t, e.GeWeResponse != nil, json.Valid(e.GeWeExampleResponse), e.Path)
	}
	for name, want := range map[string][2]catalogue.Presence{
		"/login/getLoginQrCode.appId":    {catalogue.Optional, catalogue.Present},
		"/login/getLoginQrCode.aid":      {catalogue.Optional, catalogue.Only},
		"/login/checkLogin.autoSliding":  {catalogue.Required, catalogue.Optional},
		"/login/checkLogin.uuid":         {catalogue.Required, catalogue.Required},
		"/login/dialogLogin.proxyIp":     {catalogue.Required, catalogue.Optional},
		"/sns/forwardSns.allowTagIds":    {catalogue.Optional, catalogue.Only},
		"/finder/comment.objectNonceId":  {catalogue.Optional, catalogue.Required},
		"/finder/mentionList.lastBuff":   {catalogue.Optional, catalogue.Present},
		"/finder/follow.searchInfo":      {catalogue.Required, catalogue.Optional},
		"/finder/search.proxyIp":         {catalogue.Optional, catalogue.Only},
		"/message/postAppMsg.ats":        {catalogue.Optional, catalogue.Only},
		"/personal/updateProfile.sex":    {catalogue.Optional, catalogue.Present},
		"/message/postText.ats":          {catalogue.Optional, catalogue.Optional},
		"/finder/idFav.objectNonceId":    {catalogue.Optional, catalogue.Required},
		"/finder/idLike.sessionBuffer":   {catalogue.Required, catalogue.Optional},
		"/finder/browse.sessionBuffer":   {catalogue.Required, catalogue.Optional},
		"/finder/commentList.objectId":   {catalogue.Required, catalogue.Required},
		"/finder/scanFollow.proxyIp":     {catalogue.Optional, catalogue.Optional},
		"/finder/comment.rootCommentId":  {catalogue.Optional, catalogue.Present},
		"/personal/updateProfile.city":   {catalogue.Optional, catalogue.Optional},
		"/sns/sendTextSns.disableTagIds": {catalogue.Optional, catalogue.Only},
	} {
		f := fields[name]
		if assert.NotNil(t, f, name) {
			assert.Equal(t, want, [2]catalogue.Presence{f.In("videosapi"), f.In(catalogue.GeWe)}, name)
		}
	}
}

func TestTheManualHasEveryEndpoint(t *testing.T) {
	t.Parallel()
	all, err := catalogue.Endpoints()
	require.NoError(t, err)
	for _, language := range []string{"en", "zh"} {
		manual, err := os.ReadFile("../../docs/" + language + "/api.md")
		require.NoError(t, err)
		for _, e := range all {
			assert.Contains(t, string(manual), "\n| `"+e.Path+"` | `"+e.Name+"` |", "go generate ./internal/catalogue writes the table")
		}
	}
}

func TestEntriesAreTheEndpoints(t *testing.T) {
	t.Parallel()
	endpoints, err := catalogue.Endpoints()
	require.NoError(t, err)
	entries := catalogue.Entries()
	require.Len(t, entries, len(endpoints))
	for i, entry := range entries {
		e, err := entry.Decode()
		require.NoError(t, err)
		assert.Equal(t, endpoints[i], e)
		assert.Equal(t, e.Path, entry.Path)
		assert.Equal(t, e.Extra, entry.Extra)
	}
}

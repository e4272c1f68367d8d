package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWhatMayBeEmpty gives required fields nothing: most need something, some are empty in the
// description's own examples.
func TestWhatMayBeEmpty(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, tc := range []struct {
		endpoint, field string
		empty           any
		ok              bool
		others          []any
	}{
		{"/message/postText", "content", "", false, []any{"toWxid", "wxid_bob"}},
		{"/message/postText", "toWxid", "", false, []any{"content", "hi"}},
		{"/contacts/getBriefInfo", "wxids", []string{}, false, nil},
		{"/group/removeMember", "wxids", "", false, []any{"chatroomId", groupC}},
		{"/login/getLoginQrCode", "regionId", "", false, []any{"type", "ipad"}},
		{"/login/getLoginQrCode", "appId", "", true, []any{"regionId", "310000", "type", "ipad"}},
		{"/login/dialogLogin", "proxyIp", "", true, []any{"regionId", "310000"}},
		{"/contacts/setFriendRemark", "remark", "", true, []any{"wxid", "wxid_bob"}},
		{"/group/inviteMember", "reason", "", true, []any{"chatroomId", groupC, "wxids", "wxid_bob"}},
		{"/message/postLink", "desc", "", true, []any{"toWxid", "wxid_bob", "title", "T", "linkUrl", "https://example.com", "thumbUrl",
			""}},
		{"/sns/sendTextSns", "allowWxIds", []string{}, true, []any{"content", "hi"}},
		{"/sns/sendTextSns", "privacy", "", true, []any{"content", "hi"}}, // an optional flag
	} {
		body := fieldsOf(append([]any{tc.field, tc.empty}, tc.others...))
		if tc.field == "appId" {
			body["appId"] = tc.empty
		}
		if !tc.ok {
			refused(t, sim, tc.endpoint, body, tc.field+" 不可为空")
			continue
		}
		assert.Contains(t, call(t, sim.Simulator, tc.endpoint, body).body, `"ret":200`, "%s %s", tc.endpoint, tc.field)
	}
}

package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
)

// TestAudienceListsAreNeverNull: the service requires empty lists.
func TestAudienceListsAreNeverNull(t *testing.T) {
	t.Parallel()
	client, body := bodyOf(t, `{"ret":200,"data":{"id":"18446744073709551615"}}`)
	post, err := client.SNS.SendText(t.Context(), api.SNSSendTextRequest{AppID: app, Content: "hello"})
	require.NoError(t, err)
	assert.Equal(t, api.ID(1<<64-1), post.ID)
	assert.JSONEq(t, `{"appId":"`+app+`","allowWxIds":[],"atWxIds":[],"disableWxIds":[],"privacy":false,"content":"hello"}`, *body)

	_, err = client.SNS.Forward(t.Context(), api.SNSForwardRequest{AppID: app, XML: "<TimelineObject/>"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"appId":"`+app+`","allowWxIds":[],"atWxIds":[],"disableWxIds":[],"privacy":false,"snsXml":"<TimelineObject/>"}`,
		*body)
}

// TestSNSCommentID: it is a string on the wire, and missing for a new comment.
func TestSNSCommentID(t *testing.T) {
	t.Parallel()
	client, body := bodyOf(t, `{"ret":200}`)
	comment := api.SNSCommentRequest{AppID: app, SNSID: 14000000000000000001, Op: api.SNSDo, Wxid: bob, Content: "nice"}
	require.NoError(t, client.SNS.Comment(t.Context(), comment))
	assert.JSONEq(t, `{"appId":"`+app+`","snsId":14000000000000000001,"operType":1,"wxid":"`+bob+`","content":"nice"}`, *body)

	remove := comment
	remove.Op, remove.Content = api.SNSUndo, ""
	require.ErrorIs(t, client.SNS.Comment(t.Context(), remove), api.ErrMissingField, "which comment?")
	remove.CommentID = 5
	require.NoError(t, client.SNS.Comment(t.Context(), remove))
	assert.JSONEq(t, `{"appId":"`+app+`","snsId":14000000000000000001,"operType":2,"wxid":"`+bob+`","commentId":"5"}`, *body)

	comment.Content = ""
	require.ErrorIs(t, client.SNS.Comment(t.Context(), comment), api.ErrMissingField, "what comment?")
}

// TestSNSItemKeepsWhatIsNew checks that undocumented members are kept.
func TestSNSItemKeepsWhatIsNew(t *testing.T) {
	t.Parallel()
	client := newClient(t, answer(`{"ret":200,"data":{"id":1,"likeList":{},"withUserList":[{"userName":"wxid_demo_alice"}],`+
		`"star":{"n":18446744073709551615}}}`))
	item, err := client.SNS.GetDetails(t.Context(), app, 1)
	require.NoError(t, err)
	assert.JSONEq(t, `{"n":18446744073709551615}`, string(item.Extra["star"]))
	assert.Empty(t, item.Likes)
	require.Len(t, item.With, 1)
	assert.JSONEq(t, `"wxid_demo_alice"`, string(item.With[0].Extra["userName"]))
}

func TestSNSPages(t *testing.T) {
	t.Parallel()
	posts := []api.SNSItem{{ID: 1}}
	for name, c := range map[string]struct {
		from api.ID
		page api.SNSPage
		more bool
	}{
		"the first":            {0, api.SNSPage{MaxID: 9, FirstPageMD5: "m", Items: posts}, true},
		"another":              {9, api.SNSPage{MaxID: 8, FirstPageMD5: "m", Items: posts}, true},
		"without posts":        {9, api.SNSPage{MaxID: 8, FirstPageMD5: "m"}, false},
		"where it began":       {9, api.SNSPage{MaxID: 9, FirstPageMD5: "m", Items: posts}, false},
		"one that does not go": {9, api.SNSPage{Items: posts}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, more := api.SNSListRequest{AppID: app, MaxID: c.from, Decrypt: true}.Next(&c.page)
			assert.Equal(t, c.more, more)
			assert.Equal(t, api.SNSListRequest{AppID: app, MaxID: c.page.MaxID, Decrypt: true, FirstPageMD5: c.page.FirstPageMD5}, next)

			byContact, more := api.SNSListByContactRequest{AppID: app, MaxID: c.from, Wxid: bob}.Next(&c.page)
			assert.Equal(t, c.more, more)
			assert.Equal(t, api.SNSListByContactRequest{AppID: app, MaxID: c.page.MaxID, Wxid: bob, FirstPageMD5: c.page.FirstPageMD5},
				byContact)
		})
	}
}

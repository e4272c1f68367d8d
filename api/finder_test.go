package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
)

var finderMe = api.FinderIdentity{AppID: app, MyUserName: "v2_demo_me@finder"}

// TestBrokenPlacesCostNoVideo: some answers have binary garbage in place of a region or a place.
func TestBrokenPlacesCostNoVideo(t *testing.T) {
	t.Parallel()
	for name, video := range map[string]string{
		"garbage for a region":         `"ipRegionInfo":{"regionText":"` + "\xff\xfe\\u0001" + `"}`,
		"garbage in a region":          `"ipRegionInfo":{"regionText":["` + "\xff\xfe\\u0001" + `"]}`,
		"a number for a region":        `"ipRegionInfo":7`,
		"garbage for a place":          `"objectDesc":{"feedLocation":"` + "\x80" + `"}`,
		"garbage in a place":           `"objectDesc":{"posterLocation":{"longitude":"x","latitude":[1],"city":"` + "\xff" + `"}}`,
		"whole numbers in a place":     `"objectDesc":{"location":{"longitude":121,"latitude":31}}`,
		"a list in place of an object": `"objectDesc":{"feedLocation":[1,2]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newClient(t, answer(`{"ret":200,"data":{"object":{`+video+`,"id":14000000000000000002,"nickname":"n"}}}`))
			scanned, err := client.Finder.ScanQRCode(t.Context(),
				api.FinderScanQRCodeRequest{FinderIdentity: finderMe, QRContent: "https://example.com/sph/demo"})
			require.NoError(t, err)
			assert.Equal(t, api.ID(14000000000000000002), scanned.Object.ID)
			assert.Equal(t, "n", scanned.Object.NickName)
		})
	}
}

// TestFinderKeepsWhatIsNew checks that undocumented members are kept, at each depth.
func TestFinderKeepsWhatIsNew(t *testing.T) {
	t.Parallel()
	client := newClient(t, answer(`{"ret":200,"data":{"object":[{"id":"14000000000000000002","star":1,"objectDesc":{"media":[{"Url":"u",`+
		`"moon":[2]}],"feedLocation":{"sun":"3"}}}],"new":18446744073709551615}}`))
	page, err := client.Finder.GetUserPage(t.Context(), api.FinderGetUserPageRequest{AppID: app, ToUserName: "v2_demo_other@finder"})
	require.NoError(t, err)
	require.Len(t, page.Objects, 1)
	assert.Equal(t, "18446744073709551615", string(page.Extra["new"]))
	assert.Equal(t, "1", string(page.Objects[0].Extra["star"]))
	assert.Equal(t, "[2]", string(page.Objects[0].Desc.Media[0].Extra["moon"]))
	assert.Equal(t, `"3"`, string(page.Objects[0].Desc.FeedLocation.Extra["sun"]))
}

// TestTheRoleIsChannelsUnlessTold: the zero value of an identity must not reach the service.
func TestTheRoleIsChannelsUnlessTold(t *testing.T) {
	t.Parallel()
	client, body := bodyOf(t, `{"ret":200}`)
	_, err := client.Finder.GetQRCode(t.Context(), finderMe)
	require.NoError(t, err)
	assert.JSONEq(t, `{"appId":"`+app+`","myUserName":"v2_demo_me@finder","myRoleType":3}`, *body)

	wechat := finderMe
	wechat.MyRole = api.FinderRoleWeChat
	_, err = client.Finder.GetQRCode(t.Context(), wechat)
	require.NoError(t, err)
	assert.JSONEq(t, `{"appId":"`+app+`","myUserName":"v2_demo_me@finder","myRoleType":1}`, *body)

	require.NoError(t, client.Finder.UpdateProfile(t.Context(), api.FinderUpdateProfileRequest{FinderIdentity: finderMe, Signature: "hi"}))
	assert.JSONEq(t, `{"appId":"`+app+`","myUserName":"v2_demo_me@finder","myRoleType":3,"signature":"hi"}`, *body, "only what changes")

	_, err = client.Finder.PublishCDN(t.Context(), api.FinderPublishCDNRequest{
		FinderIdentity: finderMe, Description: "d",
		Video: api.FinderCDNVideo{FileURL: "f", ThumbURL: "t", MP4Identify: "m", FileSize: 1, ThumbMD5: "5", FileKey: "k", Width: 640,
			Height: 480},
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"appId":"`+app+`","myUserName":"v2_demo_me@finder","myRoleType":3,"topic":[],"description":"d","videoCdn":
		{"fileUrl":"f","thumbUrl":"t","mp4Identify":"m","fileSize":1,"thumbMD5":"5","fileKey":"k","width":"640","height":"480"}}`, *body)
}

func TestScanFollowByNameNeedsAVideo(t *testing.T) {
	t.Parallel()
	client := newClient(t, answer(`{"ret":200,"data":{"username":"v2_demo_other@finder"}}`))
	follow := api.FinderScanFollowRequest{FinderIdentity: finderMe, QRContent: "v2_demo_other@finder"}
	_, err := client.Finder.ScanFollow(t.Context(), follow)
	require.ErrorIs(t, err, api.ErrMissingField)
	require.ErrorContains(t, err, "objectId")
	follow.ObjectID, follow.ObjectNonceID = 2, "n"
	contact, err := client.Finder.ScanFollow(t.Context(), follow)
	require.NoError(t, err)
	assert.Equal(t, "v2_demo_other@finder", contact.UserName)
}

// TestSharesOfAVideo: a video has all fields that the two ways to share it require.
func TestSharesOfAVideo(t *testing.T) {
	t.Parallel()
	video := api.FinderObject{
		ID: 14000000000000000002, UserName: "v2_demo_author@finder", NickName: "Alice Demo", ObjectNonceID: "nonce",
		SessionBuffer: "ZGVtbw==",
		Contact:       api.FinderContact{HeadURL: "h"},
		Desc: api.FinderObjectDesc{Description: "d", MediaType: 4, Media: []api.FinderMedia{{
			URL: "u", ThumbURL: "t", ThumbURLToken: "tt", Width: 640, Height: 480, PlayLength: 12,
		}}},
	}
	assert.Equal(t, api.FinderVideo{ObjectID: 14000000000000000002, ObjectNonceID: "nonce", SessionBuffer: "ZGVtbw=="}, video.Video())
	assert.Equal(t, api.SendFinderMsg{
		ID: 14000000000000000002, UserName: "v2_demo_author@finder", NickName: "Alice Demo", HeadURL: "h", NonceID: "nonce", MediaType: "4",
		Width: "640", Height: "480", URL: "u", ThumbURL: "t", ThumbURLToken: "tt", Description: "d", PlayLength: "12",
	}, video.Message())
	assert.Equal(t, api.SNSSendFinderRequest{
		ID: 14000000000000000002, UserName: "v2_demo_author@finder", NickName: "Alice Demo", HeadURL: "h", NonceID: "nonce", MediaType: 4,
		Width: 640, Height: 480, URL: "u", ThumbURL: "t", ThumbURLToken: "tt", Description: "d", PlayLength: 12,
	}, video.Moment())
	assert.NotPanics(t, func() { (&api.FinderObject{}).Message(); (&api.FinderObject{}).Moment() })
}

// TestFinderPages: each list has its own kind of cursor.
func TestFinderPages(t *testing.T) {
	t.Parallel()
	search, more := api.FinderSearchRequest{AppID: app, Content: "x", Page: 1}.Next(
		&api.FinderSearchResult{Offset: 20, Cookies: "c", SearchID: "s", ContinueFlag: 1})
	assert.True(t, more)
	assert.Equal(t, api.FinderSearchRequest{AppID: app, Content: "x", Page: 2, Offset: 20, Cookie: "c", SearchID: "s"}, search)
	_, more = search.Next(&api.FinderSearchResult{})
	assert.False(t, more)

	user, more := api.FinderGetUserPageRequest{AppID: app, MaxID: 9}.Next(
		&api.FinderUserPage{Objects: []api.FinderObject{{ID: 8}, {ID: 7}}, LastBuffer: "b", ContinueFlag: 1})
	assert.True(t, more)
	assert.Equal(t, api.FinderGetUserPageRequest{AppID: app, MaxID: 7, LastBuffer: "b"}, user)
	user, more = user.Next(&api.FinderUserPage{LastBuffer: "c"})
	assert.False(t, more)
	assert.Equal(t, api.ID(7), user.MaxID)

	likes := api.FinderListLikesAndFavoritesRequest{Lists: api.FinderHearts | api.FinderFavorites}
	liked, more := likes.Next(&api.FinderObjectPage{LastBuffer: "b", ContinueFlag: 1})
	assert.True(t, more)
	assert.Equal(t, api.FinderListLikesAndFavoritesRequest{Lists: 5, LastBuffer: "b"}, liked)

	following, more := api.FinderListFollowingRequest{}.Next(&api.FinderFollowingPage{LastBuffer: "b", ContinueFlag: 1})
	assert.True(t, more)
	assert.Equal(t, "b", following.LastBuffer)

	comments, more := api.FinderListCommentsRequest{RootCommentID: 3}.Next(&api.FinderCommentPage{LastBuffer: "b", DownContinueFlag: 1})
	assert.True(t, more)
	assert.Equal(t, api.FinderListCommentsRequest{RootCommentID: 3, LastBuffer: "b"}, comments)
}

// TestMentionPages: the first answer has only a cursor.
func TestMentionPages(t *testing.T) {
	t.Parallel()
	some := api.FinderMentionList{Mentions: []api.FinderMention{{}}}
	for name, c := range map[string]struct {
		from string
		page api.FinderMentionPage
		more bool
	}{
		"the first, empty":  {"", api.FinderMentionPage{LastBuff: "1"}, true},
		"the second":        {"1", api.FinderMentionPage{LastBuff: "2", List: some}, true},
		"a later one empty": {"2", api.FinderMentionPage{LastBuff: "3"}, false},
		"the same again":    {"3", api.FinderMentionPage{LastBuff: "3", List: some}, false},
		"no cursor":         {"", api.FinderMentionPage{List: some}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, more := api.FinderListMentionsRequest{Scene: api.FinderSceneLikes, LastBuff: c.from}.Next(&c.page)
			assert.Equal(t, c.more, more)
			assert.Equal(t, api.FinderListMentionsRequest{Scene: api.FinderSceneLikes, LastBuff: c.page.LastBuff}, next)
		})
	}
}

func TestUploadWithoutATask(t *testing.T) {
	t.Parallel()
	upload := api.FinderUploadRequest{AppID: app, VideoURL: "https://example.com/video.mp4", CoverURL: "https://example.com/cover.jpg"}
	for _, data := range []string{`null`, `""`, `{}`} {
		_, err := newClient(t, answer(`{"ret":200,"data":`+data+`}`)).Finder.UploadVideoAsync(t.Context(), upload)
		var failed *api.Error
		require.ErrorAs(t, err, &failed, data)
		assert.Equal(t, api.ExecutedYes, failed.Executed())
	}
	for data, ready := range map[string]bool{`null`: false, `{}`: false, `{"fileUrl":"f"}`: false, `{"fileUrl":"f","fileKey":"k"}`: true} {
		video, err := newClient(t, answer(`{"ret":200,"data":`+data+`}`)).Finder.QueryVideoAsync(t.Context(), app, "demo-uuid-0001")
		require.NoError(t, err, data)
		assert.Equal(t, ready, video.Ready(), data)
	}
}

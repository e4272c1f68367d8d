package simulator_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

func TestLinksLeadToBytes(t *testing.T) {
	t.Parallel()
	sim := start(t)
	file := sim.Group("A").Member("alice").Drops(simulator.File{Name: "list.xlsx", Size: 20_481})
	link := ask(t, sim, "/message/downloadFile", "xml", file.Content).(map[string]any)["fileUrl"].(string)
	assert.True(t, strings.HasPrefix(link, sim.URL()+"/download/"), link)
	assert.True(t, strings.HasSuffix(link, ".xlsx"), link)
	whole := do(t, http.MethodGet, link, "")
	assert.Equal(t, 200, whole.status)
	assert.Len(t, whole.body, 20_481)
	assert.Equal(t, whole.body, do(t, http.MethodGet, link, "").body, "always the same bytes")
	part := do(t, http.MethodGet, link, "", "Range", "bytes=20001-20480")
	assert.Equal(t, http.StatusPartialContent, part.status)
	assert.Equal(t, whole.body[20_001:], part.body)
	assert.Empty(t, do(t, http.MethodHead, link, "").body)

	other := sim.Group("A").Member("alice").Drops(simulator.File{Name: "other.xlsx", Size: 20_481})
	link = ask(t, sim, "/message/downloadFile", "xml", other.Content).(map[string]any)["fileUrl"].(string)
	assert.NotEqual(t, whole.body, do(t, http.MethodGet, link, "").body)

	self := do(t, http.MethodPost, sim.URL()+"/v2/api/message/downloadFile", text(t, fieldsOf([]any{"xml", file.Content})), "X-GEWE-TOKEN",
		sim.Token())
	relative := self.json(t)["data"].(map[string]any)["fileUrl"].(string)
	assert.NotContains(t, relative, "/", "the container gives a path below that of its files")
	assert.Equal(t, whole.body, do(t, http.MethodGet, sim.URL()+"/download/"+relative, "").body)
}

func TestEachKindOfMediaBeginsAsItShould(t *testing.T) {
	t.Parallel()
	sim := start(t)
	posted := func(endpoint string, fields ...any) string {
		ask(t, sim, endpoint, append([]any{"toWxid", "wxid_bob"}, fields...)...)
		messages, err := sim.Messages("bob", 0)
		require.NoError(t, err)
		return messages[len(messages)-1].Content
	}
	image := posted("/message/postImage", "imgUrl", "https://example.com/p.jpg")
	voice := posted("/message/postVoice", "voiceUrl", "https://example.com/v.silk", "voiceDuration", 2500)
	video := posted("/message/postVideo", "videoUrl", "https://example.com/v.mp4", "thumbUrl", "https://example.com/t.jpg", "videoDuration",
		3)
	for _, tc := range []struct {
		endpoint string
		fields   []any
		begins   string
		size     int
	}{
		{"/message/downloadImage", []any{"xml", image, "type", 2}, "\xff\xd8\xff", 40_960},
		{"/message/downloadVoice", []any{"xml", voice, "msgId", 1}, "\x02#!SILK_V3", 0},
		{"/message/downloadVideo", []any{"xml", video}, "\x00\x00\x00\x18ftyp", 40_960},
		{"/message/downloadEmojiMd5", []any{"emojiMd5", "d0d0"}, "\x89PNG", 40_960},
		{"/message/downloadCdn", []any{"aesKey", "k", "fileId", "f", "type", "5", "totalSize", "77", "suffix", "pdf"}, "", 77},
	} {
		data := ask(t, sim, tc.endpoint, tc.fields...).(map[string]any)
		link, _ := data["fileUrl"].(string)
		if tc.endpoint == "/message/downloadEmojiMd5" {
			link, _ = data["Url"].(string)
		}
		got := do(t, http.MethodGet, link, "")
		assert.Equal(t, 200, got.status)
		assert.True(t, strings.HasPrefix(got.body, tc.begins), tc.endpoint)
		if tc.size > 0 {
			assert.Len(t, got.body, tc.size, tc.endpoint)
		}
	}
	refused(t, sim, "/message/downloadCdn", fieldsOf([]any{"aesKey", "k", "fileId", "f", "type", "9", "totalSize", "1", "suffix", "x"}),
		"type")
	noHD := call(t, sim.Simulator, "/message/downloadImage", fieldsOf([]any{"xml", image, "type", 1}))
	assert.Contains(t, noHD.body, "no such size", "not every image has all three")
	assert.Contains(t, noHD.body, `"code":500,`, "here the code is a number")
	refused(t, sim, "/message/downloadImage", fieldsOf([]any{"xml", image, "type", 7}), "type")
	refused(t, sim, "/message/downloadVideo", fieldsOf([]any{"xml", image}), "videomsg")
	for _, path := range []string{"/download/x", "/download/" + strings.Repeat("a", 32) + "-99999999999.bin", "/download/" +
		strings.Repeat("a", 32) + "--1.bin"} {
		assert.Equal(t, http.StatusNotFound, get(t, sim, path).status, path)
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	sim := start(t)
	page := func(endpoint string, fields ...any) (ids []string, answer map[string]any) {
		answer = ask(t, sim, endpoint, fields...).(map[string]any)
		for _, p := range answer["snsList"].([]any) {
			ids = append(ids, number(p.(map[string]any)["id"]))
		}
		return ids, answer
	}
	first, answer := page("/sns/snsList", "maxId", 0, "firstPageMd5", "")
	assert.Len(t, first, 10)
	assert.Equal(t, first[9], number(answer["maxId"]))
	second, _ := page("/sns/snsList", "maxId", answer["maxId"], "firstPageMd5", answer["firstPageMd5"])
	assert.Equal(t, []string{"14000000000000000001"}, second)
	end, _ := page("/sns/snsList", "maxId", second[0])
	assert.Empty(t, end, "a maxId may be quoted: not every language can write it otherwise")

	text := number(ask(t, sim, "/sns/sendTextSns", "content", "hello").(map[string]any)["id"])
	again, _ := page("/sns/snsList")
	assert.Equal(t, text, again[0])
	own, _ := page("/sns/contactsSnsList", "wxid", simulator.DefaultWxid)
	assert.Equal(t, []string{text, "14000000000000000001"}, own)

	ask(t, sim, "/sns/likeSns", "snsId", text, "operType", 1, "wxid", simulator.DefaultWxid)
	ask(t, sim, "/sns/likeSns", "snsId", text, "operType", 1, "wxid", simulator.DefaultWxid)
	ask(t, sim, "/sns/commentSns", "snsId", text, "operType", 1, "wxid", simulator.DefaultWxid, "content", "nice")
	ask(t, sim, "/sns/commentSns", "snsId", text, "operType", 1, "wxid", simulator.DefaultWxid, "content", "indeed", "commentId", 1)
	detail := ask(t, sim, "/sns/snsDetails", "snsId", text).(map[string]any)
	assert.Equal(t, "1", number(detail["likeCount"]))
	assert.Equal(t, "2", number(detail["commentCount"]))
	assert.Equal(t, "1", number(detail["commentList"].([]any)[1].(map[string]any)["replyCommentId"]))
	ask(t, sim, "/sns/likeSns", "snsId", text, "operType", 2, "wxid", simulator.DefaultWxid)
	ask(t, sim, "/sns/commentSns", "snsId", text, "operType", 2, "wxid", simulator.DefaultWxid, "commentId", "1")
	refused(t, sim, "/sns/commentSns", fieldsOf([]any{"snsId", 1, "operType", 1, "wxid", "x", "content", "c"}), "snsId")
	detail = ask(t, sim, "/sns/snsDetails", "snsId", text).(map[string]any)
	assert.Equal(t, []string{"0", "1"}, []string{number(detail["likeCount"]), number(detail["commentCount"])})

	terse := call(t, sim.Simulator, "/sns/uploadSnsImage", map[string]any{"appId": simulator.DefaultAppID})
	assert.JSONEq(t, `{"ret":500,"msg":"imgUrls 不可为空 (it is required)"}`, terse.body, "this one has no data")
	upload := ask(t, sim, "/sns/uploadSnsImage", "imgUrls", []string{"https://example.com/1.jpg"}).([]any)
	picture := number(ask(t, sim, "/sns/sendImgSns", "content", "look", "imgInfos", upload).(map[string]any)["id"])
	detail = ask(t, sim, "/sns/snsDetails", "snsId", picture).(map[string]any)
	assert.Contains(t, detail["snsXml"], upload[0].(map[string]any)["fileUrl"])
	refused(t, sim, "/sns/sendImgSns", fieldsOf([]any{"imgInfos", []any{map[string]any{"fileUrl": "x"}}}), "imgInfos.thumbUrl")
	refused(t, sim, "/sns/sendVideoSns", fieldsOf([]any{"videoInfo", "x"}), "an object")

	refused(t, sim, "/sns/delSns", fieldsOf([]any{"snsId", first[0]}), "own")
	ask(t, sim, "/sns/delSns", "snsId", picture)
	refused(t, sim, "/sns/snsDetails", fieldsOf([]any{"snsId", picture}), "no post")
	refused(t, sim, "/sns/snsVisibleScope", fieldsOf([]any{"option", 5}), "option")
}

func TestWhoSeesAMoment(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Accounts = append(world.Accounts, simulator.Account{AppID: "wx_second", Wxid: "wxid_second",
		Friends: []string{simulator.DefaultWxid}})
	sim := start(t, func(c *simulator.Config) { c.World = world })
	sees := func(id string) bool {
		a := call(t, sim.Simulator, "/sns/snsDetails", map[string]any{"appId": "wx_second", "snsId": id})
		return strings.Contains(a.body, `"ret":200`)
	}
	post := func(fields ...any) string {
		return number(ask(t, sim, "/sns/sendTextSns", append(fields, "content", "x")...).(map[string]any)["id"])
	}
	public := post()
	assert.True(t, sees(public))
	assert.False(t, sees(post("privacy", true)))
	assert.False(t, sees(post("disableWxIds", []string{"wxid_second"})))
	assert.False(t, sees(post("allowWxIds", []string{"wxid_bob"})))
	assert.True(t, sees(post("allowWxIds", []string{"wxid_second"})))
	ask(t, sim, "/sns/snsSetPrivacy", "snsId", public, "open", false)
	assert.False(t, sees(public))
}

func TestFavourites(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sync := func(key any) (n int, next any, list []any) {
		data := ask(t, sim, "/favor/sync", "syncKey", key).(map[string]any)
		list = data["list"].([]any)
		return len(list), data["syncKey"], list
	}
	n, key, _ := sync("")
	assert.Equal(t, 5, n)
	n, key, _ = sync(key)
	assert.Equal(t, 2, n)
	n, key, _ = sync(key)
	assert.Zero(t, n)
	content := ask(t, sim, "/favor/getContent", "favId", 5).(map[string]any)
	assert.Contains(t, content["content"], "<favitem")
	ask(t, sim, "/favor/delete", "favId", 5)
	refused(t, sim, "/favor/getContent", fieldsOf([]any{"favId", 5}), "no favourite")
	n, _, list := sync(key)
	require.Equal(t, 1, n, "what was deleted comes once more")
	assert.Equal(t, "1", number(list[0].(map[string]any)["flag"]))
}

func TestChannels(t *testing.T) {
	t.Parallel()
	sim := start(t)
	assert.Empty(t, ask(t, sim, "/finder/getFinderInfo"))
	assert.Equal(t, "1", number(ask(t, sim, "/finder/getProfile").(map[string]any)["userNoFinder"]))
	me := ask(t, sim, "/finder/createFinder", "nickName", "鸿雁台", "headImg",
		"https://example.com/h.jpg").(map[string]any)["username"].(string)
	assert.Regexp(t, `^v2_\w+@finder$`, me)
	assert.Equal(t, me, ask(t, sim, "/finder/getProfile").(map[string]any)["mainFinderUsername"])
	refused(t, sim, "/finder/createFinder", fieldsOf([]any{"nickName", "x", "headImg", "y"}), "already")

	published := ask(t, sim, "/finder/publishFinder", "myUserName", me, "myRoleType", 3, "description", "first", "videoUrl",
		"https://example.com/v.mp4",
		"thumbUrl", "https://example.com/t.jpg").(map[string]any)
	id := number(published["id"])
	n, err := strconv.ParseUint(id, 10, 64)
	require.NoError(t, err)
	assert.Greater(t, n, uint64(1<<63))
	mine := []any{"myUserName", me, "myRoleType", 3}
	on := slices.Concat(mine, []any{"objectId", id, "sessionBuffer", "ZGVtbw==", "objectNonceId", "n", "toUserName", me})
	ask(t, sim, "/finder/idLike", append(on, "opType", 3)...)
	ask(t, sim, "/finder/idFav", append(on, "opType", 1)...)
	refused(t, sim, "/finder/idFav", fieldsOf(append(on, "opType", 3)), "opType")
	comment := ask(t, sim, "/finder/comment", append(on, "opType", 0, "content", "good", "commentId", 0)...).(map[string]any)
	page := ask(t, sim, "/finder/userPage", "toUserName", me).(map[string]any)
	object := page["object"].([]any)[0].(map[string]any)
	assert.Equal(t, id, number(object["id"]))
	assert.Equal(t, "first", object["objectDesc"].(map[string]any)["description"])
	assert.Equal(t, []string{"1", "1", "1"}, []string{number(object["likeCount"]), number(object["favCount"]),
		number(object["commentCount"])})
	list := ask(t, sim, "/finder/commentList", "objectId", id, "sessionBuffer", "ZGVtbw==", "objectNonceId",
		"n").(map[string]any)["commentInfo"].([]any)
	require.Len(t, list, 1)
	assert.Equal(t, number(comment["commentId"]), number(list[0].(map[string]any)["commentId"]))
	ask(t, sim, "/finder/comment", append(on, "opType", 1, "content", "", "commentId", comment["commentId"])...)
	assert.Len(t, ask(t, sim, "/finder/likeFavList", append(mine, "flag", 7)...).(map[string]any)["object"], 1)
	ask(t, sim, "/finder/idLike", append(on, "opType", 4)...)
	assert.Empty(t, ask(t, sim, "/finder/likeFavList", append(mine, "flag", "1")...).(map[string]any)["object"])

	search := map[string]any{"cookies": "", "docId": "", "searchId": ""}
	follow := slices.Concat(mine, []any{"toUserName", "v2_other@finder", "searchInfo", search})
	assert.Equal(t, "1", number(ask(t, sim, "/finder/follow", append(follow, "opType", 1)...).(map[string]any)["followFlag"]))
	assert.Len(t, ask(t, sim, "/finder/followList", mine...).(map[string]any)["contactList"], 1)
	ask(t, sim, "/finder/follow", append(follow, "opType", 2)...)
	assert.Empty(t, ask(t, sim, "/finder/followList", mine...).(map[string]any)["contactList"])
	letter := slices.Concat(mine, []any{"toUserName", "v2_other@finder", "msgSessionId", "s@findermsg", "content", "hi"})
	assert.NotEmpty(t, number(ask(t, sim, "/finder/postPrivateLetter", letter...).(map[string]any)["newMsgId"]))
}

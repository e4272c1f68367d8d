package endpoint

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// finderVideoEndpoints are the calls of the module "finder" about videos.
func finderVideoEndpoints() []endpoint {
	return []endpoint{
		{path: "/finder/publishFinder", blank: "description", handle: locked(publishFinder)},
		{path: "/finder/publishFinderWeb", blank: "title description", handle: locked(publishFinderWeb)},
		{path: "/finder/publishFinderCdn", blank: "topic description", handle: locked(publishFinderWeb)},
		{path: "/finder/likeFavList", edit: editLikeFavList},
		{path: "/finder/commentList", edit: editCommentList},
		{path: "/finder/scanQrCode", edit: editScannedVideo},
		{path: "/finder/idFav", handle: nothing(thumb)},
		{path: "/finder/idLike", handle: nothing(heart)},
		{path: "/finder/scanFav", handle: nothing(thumb)},
		{path: "/finder/scanLike", handle: nothing(heart)},
		{path: "/finder/browse", handle: noted},
		{path: "/finder/scanBrowse", handle: noted},
		{path: "/finder/finderOpt", title: "延迟点赞、小红心", handle: noted},
		{path: "/finder/comment", blank: "content", handle: locked(commentVideo)},
		{path: "/finder/scanComment", handle: locked(scanComment)},
	}
}

func publishFinder(r *request) (any, error) {
	return struct {
		ID uint64 `json:"id"`
	}{r.world.PublishVideo(r.channel(), r.text("description")).ID}, nil
}

// publishFinderWeb answers with data only in the GeWe flavour.
func publishFinderWeb(r *request) (any, error) {
	v := r.world.PublishVideo(r.channel(), r.text("description"))
	if !r.gewe() {
		return nil, nil
	}
	return struct {
		ID   uint64 `json:"id"`
		Code string `json:"code"`
		Msg  string `json:"msg"`
	}{v.ID, "0", "ok"}, nil
}

// thumb adds or removes a reaction. opType is 1 and 2 for a thumb, 3 and 4 for a heart; the calls
// by QR code have none.
func thumb(r *request) error {
	return react(r, r.world.Video(r.id("objectId")).Thumbs, 2)
}

func heart(r *request) error {
	return react(r, r.world.Video(r.id("objectId")).Hearts, 4)
}

func react(r *request, reactions map[string]bool, back int64) error {
	switch op := r.number("opType"); op {
	case 0, back - 1:
		reactions[r.account.Wxid] = true
	case back:
		delete(reactions, r.account.Wxid)
	default:
		return refuse("opType: it must be %d or %d", back-1, back)
	}
	return nil
}

// editLikeFavList lists hearts (1), thumbs (2), or both (7).
func editLikeFavList(r *request, data map[string]any) {
	example, list, flag := first(data["object"]), []any{}, r.number("flag")
	for _, v := range r.world.VideosThat(func(v *world.Video) bool {
		return flag&1 != 0 && v.Hearts[r.account.Wxid] || flag&2 != 0 && v.Thumbs[r.account.Wxid]
	}) {
		list = append(list, r.object(v, example))
	}
	data["object"], data["continueFlag"] = list, json.Number("0")
}

func editScannedVideo(r *request, data map[string]any) {
	data["object"] = r.object(r.world.Video(exampleVideo), data["object"])
}

// commented is the answer of a comment.
type commented struct {
	CommentID uint64 `json:"commentId"`
}

// commentVideo adds a comment (opType 0), or deletes one (1).
func commentVideo(r *request) (any, error) {
	v := r.world.Video(r.id("objectId"))
	switch r.number("opType") {
	case 0:
		return commented{r.world.CommentVideo(v, r.account.Wxid, r.text("content"), r.id("refCommentId"))}, nil
	case 1:
		i := slices.IndexFunc(v.Comments, func(c world.VideoComment) bool {
			return c.ID == r.id("commentId") && c.Author == r.account.Wxid
		})
		if i < 0 {
			return nil, refuse("commentId: there is no comment %d of the account", r.id("commentId"))
		}
		v.Comments = slices.Delete(v.Comments, i, i+1)
		return commented{r.id("commentId")}, nil
	default:
		return nil, refuse("opType: it must be 0 (comment) or 1 (delete)")
	}
}

func scanComment(r *request) (any, error) {
	v := r.world.Video(r.id("objectId"))
	id := r.world.CommentVideo(v, r.account.Wxid, r.text("commentContent"), r.id("refCommentId"))
	return struct {
		commented
		ClientID string `json:"clientid"`
	}{commented{id}, r.world.IDs.Key()}, nil
}

// editCommentList lists the comments of accounts, newest first. A video without any has that of the
// example.
func editCommentList(r *request, data map[string]any) {
	v := r.world.Video(r.id("objectId"))
	if len(v.Comments) == 0 {
		return
	}
	example, list := first(data["commentInfo"]), []any{}
	for _, c := range slices.Backward(v.Comments) {
		o := like(example)
		who, _ := r.world.People.Profile(c.Author)
		o["commentId"], o["content"], o["nickname"] = number64(c.ID), c.Content, who.Nickname
		o["createtime"] = json.Number(strconv.FormatInt(c.Created, 10))
		if a := r.world.People.ByWxid(c.Author); a != nil && a.Channel != nil {
			o["username"] = a.Channel.Username
		}
		list = append(list, o)
	}
	data["commentInfo"] = list
	if counts, ok := data["countInfo"].(map[string]any); ok {
		counts["commentCount"] = numberOf(len(list))
	}
}

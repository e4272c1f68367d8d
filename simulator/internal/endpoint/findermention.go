package endpoint

import (
	"encoding/json"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

const (
	sceneComments = 4
	mentionsPage  = 20
)

// editMentionList lists the comments of others on the videos of the account, newest first. As with
// the service, the first page has only a cursor. Other notifications are those of the example.
func editMentionList(r *request, data map[string]any) {
	if r.number("reqScene") != sceneComments || r.account.Channel == nil {
		return
	}
	list, _ := data["list"].(map[string]any)
	example, cursor := first(list["mentions"]), r.text("lastBuff")
	mentions := []any{}
	skip, err := strconv.Atoi(cursor)
	if err != nil {
		list["mentions"], data["lastBuff"] = mentions, "0"
		return
	}
	for _, m := range r.world.CommentsOn(r.account.Channel) {
		if skip--; skip >= 0 {
			continue
		}
		if len(mentions) == mentionsPage {
			break
		}
		o := like(example)
		who, _ := r.world.People.Profile(m.Author)
		name := r.world.ChannelName(m.Author)
		o["nickname"], o["username"], o["mentionContent"], o["description"] = who.Nickname, name, m.Content, m.Video.Description
		o["mentionId"], o["refCommentId"], o["refObjectId"] = number64(m.ID), number64(m.ID), number64(m.Video.ID)
		o["createtime"] = json.Number(strconv.FormatInt(m.Created, 10))
		mentions = append(mentions, o)
	}
	skip, _ = strconv.Atoi(cursor)
	list["mentions"], data["lastBuff"] = mentions, strconv.Itoa(skip+len(mentions))
}

// findChannelContact finds the person who writes with a name.
func findChannelContact(r *request) (any, error) {
	name := r.text("queryInfo")
	who, _ := r.world.ByChannelName(name)
	type msgInfo struct {
		MsgUsername string `json:"msgUsername"`
		SessionID   string `json:"sessionId"`
	}
	type extInfo struct {
		Country  string `json:"country"`
		Province string `json:"province"`
		City     string `json:"city"`
		Sex      int    `json:"sex"`
	}
	type contact struct {
		Username     string  `json:"username"`
		Nickname     string  `json:"nickname"`
		HeadURL      string  `json:"headUrl"`
		Signature    string  `json:"signature"`
		ExtInfo      extInfo `json:"extInfo"`
		MsgInfo      msgInfo `json:"msgInfo"`
		WxUsernameV5 string  `json:"wxUsernameV5"`
	}
	return []contact{{
		name, who.Nickname, world.Avatar(name, world.AvatarLarge), who.Signature, extInfo{who.Country, who.Province, who.City, who.Sex},
		msgInfo{name, r.world.LetterSession(r.account, who.Wxid)}, r.world.IDs.Ticket("v5", name),
	}}, nil
}

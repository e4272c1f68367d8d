package world

import (
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// RequestFriend sends a friend request. The people of the world accept it at once; others never
// answer.
func (w *World) RequestFriend(a *Account, wxid string) {
	if wxid == "" || wxid == a.Wxid {
		return
	}
	if other := w.People.ByWxid(wxid); other != nil {
		w.receiveFriendRequest(other, a.Profile(), "", 3)
		return
	}
	w.Befriend(a, wxid)
	e := &Entry{only: a, Message: message.Message{
		AppID: a.AppID, Conversation: wxid, From: wxid, To: a.Wxid, MsgType: message.TypeText, Kind: message.KindText, Time: w.Now(),
		NewMsgID: w.IDs.NewMsgID(), Callback: message.CallbackNone,
	}}
	e.Text = "我通过了你的朋友验证请求，现在我们可以开始聊天了"
	e.Content = e.Text
	w.Publish(e, nil)
}

// receiveFriendRequest posts a friend request to an account.
func (w *World) receiveFriendRequest(a *Account, c Contact, greeting string, scene int) {
	a.Requests[c.Wxid] = greeting
	e := &Entry{only: a, Message: message.Message{
		AppID: a.AppID, Conversation: friendRequests, From: friendRequests, To: a.Wxid, MsgType: message.TypeRequest, Kind: message.KindRaw,
		Text:    greeting,
		Content: w.requestXML(c, greeting, scene), Time: w.Now(), NewMsgID: w.IDs.NewMsgID(), Callback: message.CallbackNone,
	}}
	w.Publish(e, nil)
}

// friendRequests is the sender of all friend requests.
const friendRequests = "fmessage"

// Befriend makes a person a friend of the account, and posts ModContacts.
func (w *World) Befriend(a *Account, wxid string) {
	if !slices.Contains(a.Friends, wxid) {
		a.Friends = append(a.Friends, wxid)
	}
	delete(a.Requests, wxid)
	delete(a.Lost, wxid)
	if other := w.People.ByWxid(wxid); other != nil && !slices.Contains(other.Friends, a.Wxid) {
		other.Friends = append(other.Friends, a.Wxid)
		w.PostModContacts(other, a.Wxid)
	}
	w.PostModContacts(a, wxid)
}

// Ticket returns the name of a stranger in place of the wxid: v3, or v4, which proves where the v3
// comes from.
func (g *Generator) Ticket(version, wxid string) string {
	return version + "_" + g.Digest(version, wxid) + g.Digest(wxid, version) + "@stranger"
}

// WxidOf returns the wxid of the person with a v3; empty if there is none.
func (w *World) WxidOf(v3 string) string {
	for _, c := range w.People.everybody() {
		if c.Wxid == v3 || w.IDs.Ticket("v3", c.Wxid) == v3 {
			return c.Wxid
		}
	}
	return ""
}

// LostNotice returns the notice for an account that writes to a person who has deleted or blocked
// it.
func LostNotice(nick string, relation int) string {
	if relation == RelationBlocked {
		return "消息已发出，但被对方拒收了。"
	}
	return nick + "开启了朋友验证，你还不是他（她）朋友。请先发送朋友验证请求，对方验证通过后，才能聊天。"
}

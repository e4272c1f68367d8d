package simulator

import (
	"slices"
	"strings"
)

// friendEndpoints are the calls of the module "contacts" that find, make and lose friends.
func friendEndpoints() []endpoint {
	return []endpoint{
		{path: "/contacts/search", handle: locked(searchContacts)},
		{path: "/contacts/addContacts", blank: "content v4", handle: nothing(addContacts)},
		{path: "/contacts/deleteFriend", handle: nothing(deleteFriend)},
	}
}

// foundContact is somebody that a search has found.
type foundContact struct {
	V3              string `json:"v3"`
	V4              string `json:"v4"`
	NickName        string `json:"nickName"`
	Sex             int    `json:"sex"`
	Signature       string `json:"signature"`
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
}

// searchContacts has the plain wxid as v3 for who is a friend already.
func searchContacts(r *request) (any, error) {
	c, ok := r.sim.people.search(r.text("contactsInfo"))
	if !ok {
		return nil, &refusal{code: "-4", msg: "there is no such user (用户不存在)"}
	}
	found := foundContact{
		V3: c.Wxid, V4: r.sim.ids.ticket("v4", c.Wxid), NickName: c.Nickname, Sex: c.Sex, Signature: c.Signature,
		BigHeadImgURL: avatar(c.Wxid, big), SmallHeadImgURL: avatar(c.Wxid, small),
	}
	if !slices.Contains(r.account.Friends, c.Wxid) {
		found.V3 = r.sim.ids.ticket("v3", c.Wxid)
	}
	return found, nil
}

// The options of addContacts.
const (
	optionAdd    = 2
	optionAccept = 3
	optionReject = 4
)

func addContacts(r *request) error {
	option, v3 := r.number("option"), r.text("v3")
	wxid := r.sim.stranger(v3)
	switch option {
	case optionAdd:
		if wxid == "" && !strings.HasSuffix(v3, "@stranger") {
			return refuse("v3: %q is no ticket of a search or a friend request", v3)
		}
		r.sim.ask(r.account, wxid)
		return nil
	case optionAccept, optionReject:
		if _, asked := r.account.requests[wxid]; !asked {
			return refuse("v3: nobody with it has asked to be a friend, or it is decided already")
		}
		delete(r.account.requests, wxid)
		if option == optionAccept {
			r.sim.befriend(r.account, wxid)
			r.sim.notify(r.account, wxid, "你已添加了"+r.sim.people.nick(wxid)+"，现在可以开始聊天了。")
		}
		return nil
	default:
		return refuse("option: it must be 2 (ask), 3 (accept) or 4 (reject)")
	}
}

// ask sends somebody a friend request. The people of the simulator accept at once; who is not of its world never answers.
func (s *Simulator) ask(a *account, wxid string) {
	if wxid == "" || wxid == a.Wxid {
		return
	}
	if other := s.people.byWxid(wxid); other != nil {
		s.wantsToBeFriend(other, a.profile(), "", 3)
		return
	}
	s.befriend(a, wxid)
	e := &entry{only: a, Message: Message{
		AppID: a.AppID, Conversation: wxid, From: wxid, To: a.Wxid, MsgType: typeText, Kind: KindText, Time: s.now(),
		NewMsgID: s.ids.newMsgID(), Callback: CallbackNone,
	}}
	e.Text = "我通过了你的朋友验证请求，现在我们可以开始聊天了"
	e.Content = e.Text
	s.publish(e, nil)
}

// wantsToBeFriend tells an account that somebody asks to be its friend.
func (s *Simulator) wantsToBeFriend(a *account, c Contact, greeting string, scene int) {
	a.requests[c.Wxid] = greeting
	e := &entry{only: a, Message: Message{
		AppID: a.AppID, Conversation: friendRequests, From: friendRequests, To: a.Wxid, MsgType: typeRequest, Kind: KindRaw, Text: greeting,
		Content: s.requestXML(c, greeting, scene), Time: s.now(), NewMsgID: s.ids.newMsgID(), Callback: CallbackNone,
	}}
	s.publish(e, nil)
}

// friendRequests is who all friend requests come from.
const friendRequests = "fmessage"

func deleteFriend(r *request) error {
	wxid, err := r.friend("wxid")
	if err != nil {
		return err
	}
	r.account.Friends = without(r.account.Friends, wxid)
	delete(r.account.lost, wxid)
	if other := r.sim.people.byWxid(wxid); other != nil {
		other.lost[r.account.Wxid] = relationDeleted // which it is not told
	}
	r.sim.deleted(r.account, wxid)
	return nil
}

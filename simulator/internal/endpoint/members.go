package endpoint

import (
	"fmt"
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// memberEndpoints are the calls of the module "group" that create groups and change their members.
func memberEndpoints() []endpoint {
	return []endpoint{
		{path: "/group/createChatroom", handle: locked(createChatroom)},
		{path: "/group/inviteMember", blank: "reason", handle: nothing(inviteMember)},
		{path: "/group/removeMember", handle: nothing(removeMember)},
		{path: "/group/quitChatroom", handle: nothing(quitChatroom)},
		{path: "/group/disbandChatroom", title: "解散群聊", handle: nothing(disbandChatroom)},
		{path: "/group/agreeJoinRoom", handle: locked(agreeJoinRoom)},
		{path: "/group/joinRoomUsingQRCode", handle: locked(joinRoomUsingQRCode)},
		{path: "/group/addGroupMemberAsFriend", blank: "content", handle: locked(addGroupMemberAsFriend)},
		{path: "/group/roomAccessApplyCheckApprove", digits: "newMsgId", handle: nothing(roomAccessApplyCheckApprove)},
	}
}

// minMembers is how many friends a new group needs.
const minMembers = 2

func createChatroom(r *request) (any, error) {
	w, wxids := r.world, r.list("wxids")
	members := []string{r.account.Wxid}
	for _, wxid := range wxids {
		if !slices.Contains(r.account.Friends, wxid) {
			return nil, &refusal{code: "0", msg: fmt.Sprintf("MemberList are wrong: %q is not a friend of the account", wxid)}
		}
		if !slices.Contains(members, wxid) {
			members = append(members, wxid)
		}
	}
	if len(members) <= minMembers {
		return nil, &refusal{code: "0", msg: "MemberList are wrong: a group needs two friends"}
	}
	g := &world.Group{ID: w.NewGroupID(), Owner: r.account.Wxid}
	for i, wxid := range members {
		g.Members = append(g.Members, world.Member{Wxid: wxid})
		if c, _ := w.People.Profile(wxid); i > 0 && i <= 3 {
			g.Name += map[bool]string{true: "", false: "、"}[i == 1] + c.Nickname
		}
	}
	w.People.Groups = append(w.People.Groups, g)
	w.NotifyAdded(g, r.account.Wxid, members[1:])
	return struct {
		HeadImgBase64 string `json:"headImgBase64"`
		ChatroomID    string `json:"chatroomId"`
	}{w.IDs.Picture(), g.ID}, nil
}

// inviteMember adds friends to a group, or sends them a card if it is large.
func inviteMember(r *request) error {
	g, err := r.group()
	if err != nil {
		return err
	}
	wxids := r.list("wxids")
	for _, wxid := range wxids {
		if !slices.Contains(r.account.Friends, wxid) {
			return refuse("wxids: %q is not a friend of the account (对方不是好友)", wxid)
		}
	}
	r.world.Invite(g, r.account, r.endpoint, wxids)
	return nil
}

func removeMember(r *request) error {
	g, err := r.managed()
	if err != nil {
		return err
	}
	wxids := r.list("wxids")
	for _, wxid := range wxids {
		switch {
		case !g.Has(wxid):
			return refuse("wxids: %q is not in the group", wxid)
		case wxid == g.Owner, wxid == r.account.Wxid:
			return refuse("wxids: the owner and the account itself cannot be removed")
		}
	}
	r.world.RemoveMembers(g, r.account.Wxid, wxids)
	return nil
}

func quitChatroom(r *request) error {
	g, err := r.group()
	if err == nil {
		r.world.Leave(g, r.account.Wxid)
		r.world.Inform(g, func(*world.Account) string { return "" })
	}
	return err
}

func disbandChatroom(r *request) error {
	g, err := r.owned()
	if err == nil {
		r.world.Disband(g)
	}
	return err
}

func agreeJoinRoom(r *request) (any, error) {
	for _, g := range r.world.People.Groups {
		for _, m := range g.Members {
			if r.world.InviteURL(g, m.Wxid, r.account.Wxid) == r.text("url") {
				r.world.AddMembers(g, m.Wxid, []string{r.account.Wxid})
				return struct {
					ChatroomID string `json:"chatroomId"`
				}{g.ID}, nil
			}
		}
	}
	return nil, refuse("url: it is not an invitation to a group, or not for this account")
}

func joinRoomUsingQRCode(r *request) (any, error) {
	for _, g := range r.world.People.Groups {
		if r.world.GroupCode(g) != r.text("qrUrl") {
			continue
		}
		if !g.Has(r.account.Wxid) {
			r.world.Join(g, g.Owner, r.account.Wxid)
			r.world.NotifyJoinedByQR(g, g.Owner, r.account.Wxid)
		}
		return struct {
			ChatroomID   string  `json:"chatroomId"`
			ChatroomName string  `json:"chatroomName"`
			HTML         *string `json:"html"`
		}{g.ID, g.Name, nil}, nil
	}
	return nil, refuse("qrUrl: it is not the text in the QR code of a group")
}

func addGroupMemberAsFriend(r *request) (any, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	wxid := r.text("memberWxid")
	if !g.Has(wxid) {
		return nil, refuse("memberWxid: %q is not in the group", wxid)
	}
	if !slices.Contains(r.account.Friends, wxid) {
		r.world.RequestFriend(r.account, wxid)
	}
	return struct {
		V3 string `json:"v3"`
	}{r.world.IDs.Ticket("v3", wxid)}, nil
}

func roomAccessApplyCheckApprove(r *request) error {
	g, err := r.managed()
	if err != nil {
		return err
	}
	details, id := r.world.People.Details(g), r.id("newMsgId")
	a, known := details.Applications[id]
	if !known {
		return refuse("newMsgId: there is no such request to join the group, or it is decided already")
	}
	delete(details.Applications, id)
	r.world.AddMembers(g, a.By, a.Who)
	return nil
}

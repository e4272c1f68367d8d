package simulator

import (
	"fmt"
	"slices"
	"strconv"
)

// memberEndpoints are the calls of the module "group" that make groups, and change who is in them.
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

// minMembers is how many others a new group needs.
const minMembers = 2

func createChatroom(r *request) (any, error) {
	s, wxids := r.sim, r.list("wxids")
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
	g := &Group{ID: s.newGroupID(), Owner: r.account.Wxid}
	for i, wxid := range members {
		g.Members = append(g.Members, Member{Wxid: wxid})
		if c, _ := s.people.profile(wxid); i > 0 && i <= 3 {
			g.Name += map[bool]string{true: "", false: "、"}[i == 1] + c.Nickname
		}
	}
	s.people.groups = append(s.people.groups, g)
	s.invited(g, r.account.Wxid, members[1:])
	return struct {
		HeadImgBase64 string `json:"headImgBase64"`
		ChatroomID    string `json:"chatroomId"`
	}{s.ids.picture(), g.ID}, nil
}

// newGroupID is an id that no group has.
func (s *Simulator) newGroupID() string {
	for {
		id := strconv.FormatInt(40_000_000_000+s.ids.rand.Int64N(20_000_000_000), 10) + "@chatroom"
		if s.people.groupByID(id) == nil {
			return id
		}
	}
}

// inviteMember brings friends in at once; the people of the simulator never wait to be asked.
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
	r.sim.bringIn(g, r.account.Wxid, wxids)
	return nil
}

// bringIn puts people into a group, and tells it.
func (s *Simulator) bringIn(g *Group, by string, wxids []string) {
	var came []string
	for _, wxid := range wxids {
		if !g.has(wxid) {
			came = append(came, wxid)
			s.enter(g, by, wxid)
		}
	}
	if len(came) > 0 {
		s.invited(g, by, came)
	}
}

func (s *Simulator) enter(g *Group, by, wxid string) {
	g.Members = append(g.Members, Member{Wxid: wxid})
	s.people.room(g).inviters[wxid] = by
}

func removeMember(r *request) error {
	g, err := r.managed()
	if err != nil {
		return err
	}
	wxids := r.list("wxids")
	for _, wxid := range wxids {
		switch {
		case !g.has(wxid):
			return refuse("wxids: %q is not in the group", wxid)
		case wxid == g.Owner, wxid == r.account.Wxid:
			return refuse("wxids: the owner and the account itself cannot be removed")
		}
	}
	r.sim.throwOut(g, r.account.Wxid, wxids)
	return nil
}

// throwOut takes people out of a group. Only who did it, and who has to go, is told so.
func (s *Simulator) throwOut(g *Group, by string, wxids []string) {
	gone := s.people.parties(wxids...)
	for _, a := range s.accountsIn(g) {
		if slices.Contains(wxids, a.Wxid) {
			s.notify(a, g.ID, "你被"+quoted(s.people.parties(by))+"移出群聊")
		}
	}
	for _, wxid := range wxids {
		s.leave(g, wxid)
	}
	s.inform(g, func(a *account) string {
		if a.Wxid == by {
			return "你将" + quoted(gone) + "移出了群聊"
		}
		return ""
	})
}

// leave takes somebody out of a group without a word to the others.
func (s *Simulator) leave(g *Group, wxid string) {
	g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return m.Wxid == wxid })
	g.Admins = without(g.Admins, wxid)
	delete(s.people.room(g).inviters, wxid)
	if a := s.people.byWxid(wxid); a != nil {
		a.Groups = without(a.Groups, g.ID)
		s.deleted(a, g.ID)
	}
	if g.Owner == wxid && len(g.Members) > 0 {
		s.giveAway(g, g.Members[0].Wxid)
	}
}

func quitChatroom(r *request) error {
	g, err := r.group()
	if err == nil {
		r.sim.leave(g, r.account.Wxid)
		r.sim.inform(g, func(*account) string { return "" })
	}
	return err
}

func disbandChatroom(r *request) error {
	g, err := r.owned()
	if err == nil {
		r.sim.disband(g)
	}
	return err
}

func (s *Simulator) disband(g *Group) {
	owner := s.people.parties(g.Owner)
	for _, a := range s.accountsIn(g) {
		if a.Wxid == g.Owner {
			s.notify(a, g.ID, "你已解散该群聊")
		} else {
			s.notify(a, g.ID, templateXML(`群主"$identity$"已解散该群聊`, link{"identity", owner}))
		}
		a.Groups = without(a.Groups, g.ID)
		s.deleted(a, g.ID)
	}
	s.people.groups = slices.DeleteFunc(s.people.groups, func(other *Group) bool { return other == g })
	delete(s.people.rooms, g.ID)
}

// inviteURL is the link in an invitation to a group.
func (s *Simulator) inviteURL(g *Group, from string, to *account) string {
	return "https://support.weixin.qq.com/cgi-bin/mmsupport-bin/addchatroombyinvite?ticket=" + s.ids.digest("invitation", g.ID, from, to.Wxid)
}

func agreeJoinRoom(r *request) (any, error) {
	for _, g := range r.sim.people.groups {
		for _, m := range g.Members {
			if r.sim.inviteURL(g, m.Wxid, r.account) == r.text("url") {
				r.sim.bringIn(g, m.Wxid, []string{r.account.Wxid})
				return struct {
					ChatroomID string `json:"chatroomId"`
				}{g.ID}, nil
			}
		}
	}
	return nil, refuse("url: it is no invitation to a group, or not for this account")
}

func joinRoomUsingQRCode(r *request) (any, error) {
	for _, g := range r.sim.people.groups {
		if r.sim.groupCode(g) != r.text("qrUrl") {
			continue
		}
		if !g.has(r.account.Wxid) {
			r.sim.enter(g, g.Owner, r.account.Wxid)
			r.sim.scanned(g, g.Owner, r.account.Wxid)
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
	if !g.has(wxid) {
		return nil, refuse("memberWxid: %q is not in the group", wxid)
	}
	if !slices.Contains(r.account.Friends, wxid) {
		r.sim.ask(r.account, wxid)
	}
	return struct {
		V3 string `json:"v3"`
	}{r.sim.ids.ticket("v3", wxid)}, nil
}

func roomAccessApplyCheckApprove(r *request) error {
	g, err := r.managed()
	if err != nil {
		return err
	}
	room, id := r.sim.people.room(g), r.id("newMsgId")
	a, known := room.applications[id]
	if !known {
		return refuse("newMsgId: there is no such request to join the group, or it is decided already")
	}
	delete(room.applications, id)
	r.sim.bringIn(g, a.by, a.who)
	return nil
}

// apply tells those who manage a group that somebody wants to bring people in.
func (s *Simulator) apply(g *Group, by string, wxids []string, reason string) *entry {
	content := applicationXML(g, s.people.parties(by)[0], reason, s.ids.signature(), s.people.parties(wxids...))
	var last *entry
	for _, a := range s.accountsIn(g) {
		if g.manages(a.Wxid) {
			last = s.notify(a, g.ID, content)
			s.people.room(g).applications[last.NewMsgID] = &application{by, wxids}
		}
	}
	return last
}

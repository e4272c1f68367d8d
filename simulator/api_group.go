package simulator

import "context"

// groupEndpoints is the module "group".
func groupEndpoints() []endpoint {
	return []endpoint{
		{path: "/group/getChatroomInfo", title: "获取群信息", fields: text("chatroomId"), handle: getChatroomInfo},
		{path: "/group/getChatroomMemberList", title: "获取群成员列表", fields: text("chatroomId"), handle: getChatroomMemberList},
	}
}

// chatroomInfo is a group in getChatroomInfo. The owner is spelled differently in chatroomMembers.
type chatroomInfo struct {
	ChatroomID      string           `json:"chatroomId"`
	NickName        string           `json:"nickName"`
	PyInitial       string           `json:"pyInitial"`
	QuanPin         string           `json:"quanPin"`
	Sex             int              `json:"sex"`
	Remark          string           `json:"remark"`
	RemarkPyInitial string           `json:"remarkPyInitial"`
	RemarkQuanPin   string           `json:"remarkQuanPin"`
	ChatRoomNotify  int              `json:"chatRoomNotify"`
	ChatRoomOwner   string           `json:"chatRoomOwner"`
	SmallHeadImgURL string           `json:"smallHeadImgUrl"`
	MemberList      []chatroomMember `json:"memberList"`
}

// chatroomMembers is a group in getChatroomMemberList.
type chatroomMembers struct {
	MemberList    []chatroomMember `json:"memberList"`
	ChatroomOwner string           `json:"chatroomOwner"`
	AdminWxid     []string         `json:"adminWxid"`
}

type chatroomMember struct {
	Wxid            string  `json:"wxid"`
	NickName        string  `json:"nickName"`
	InviterUserName *string `json:"inviterUserName"`
	MemberFlag      int     `json:"memberFlag"`
	DisplayName     *string `json:"displayName"`
	BigHeadImgURL   *string `json:"bigHeadImgUrl"`
	SmallHeadImgURL *string `json:"smallHeadImgUrl"`
}

func getChatroomInfo(_ context.Context, r *request) (any, error) {
	r.sim.mu.Lock()
	defer r.sim.mu.Unlock()
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	return chatroomInfo{
		ChatroomID: g.ID, NickName: g.Name, ChatRoomNotify: 1, ChatRoomOwner: g.Owner, SmallHeadImgURL: avatar(g.ID, small),
		MemberList: r.members(g, false),
	}, nil
}

func getChatroomMemberList(_ context.Context, r *request) (any, error) {
	r.sim.mu.Lock()
	defer r.sim.mu.Unlock()
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	return chatroomMembers{MemberList: r.members(g, true), ChatroomOwner: g.Owner, AdminWxid: g.Admins}, nil
}

// group is the group of the call; the account must be in it.
func (r *request) group() (*Group, error) {
	id := r.text("chatroomId")
	g := r.sim.people.groupByID(id)
	if g == nil || !g.has(r.account.Wxid) {
		return nil, refuse("chatroomId: the account is in no group %q (群不存在)", id)
	}
	return g, nil
}

func (r *request) members(g *Group, avatars bool) []chatroomMember {
	members := []chatroomMember{}
	for _, m := range g.Members {
		c, _ := r.sim.people.profile(m.Wxid)
		member := chatroomMember{Wxid: m.Wxid, NickName: c.Nickname}
		if m.DisplayName != "" {
			member.DisplayName = &m.DisplayName
		}
		if m.Wxid != g.Owner {
			member.InviterUserName = &g.Owner
		}
		if avatars {
			large, tiny := avatar(m.Wxid, big), avatar(m.Wxid, small)
			member.BigHeadImgURL, member.SmallHeadImgURL = &large, &tiny
		}
		members = append(members, member)
	}
	return members
}

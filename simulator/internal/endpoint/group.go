package endpoint

import (
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// groupEndpoints are the calls of the module "group", except those of memberEndpoints.
func groupEndpoints() []endpoint {
	return []endpoint{
		{path: "/group/getChatroomInfo", handle: locked(getChatroomInfo)},
		{path: "/group/getChatroomMemberList", handle: locked(getChatroomMemberList)},
		{path: "/group/getChatroomMemberDetail", handle: locked(getChatroomMemberDetail)},
		{path: "/group/modifyChatroomName", handle: nothing(modifyChatroomName)},
		{path: "/group/modifyChatroomRemark", blank: "chatroomRemark", handle: nothing(modifyChatroomRemark)},
		{path: "/group/modifyChatroomNickNameForSelf", blank: "nickName", handle: nothing(modifyChatroomNickNameForSelf)},
		{path: "/group/setChatroomAnnouncement", blank: "content", handle: nothing(setChatroomAnnouncement)},
		{path: "/group/getChatroomAnnouncement", handle: locked(getChatroomAnnouncement)},
		{path: "/group/getChatroomQrCode", handle: locked(getChatroomQrCode)},
		{path: "/group/saveContractList", handle: nothing(saveContractList)},
		{path: "/group/pinChat", handle: nothing(pinChat)},
		{path: "/group/setMsgSilence", handle: nothing(setMsgSilence)},
		{path: "/group/adminOperate", handle: nothing(adminOperate)},
	}
}

// chatroomInfo is a group in getChatroomInfo. The name of the owner's field differs from that in
// chatroomMembers.
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

func getChatroomInfo(r *request) (any, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	return chatroomInfo{
		ChatroomID: g.ID, NickName: g.Name, Remark: r.account.Remarks[g.ID], ChatRoomNotify: world.Notifies(r.account, g.ID),
		ChatRoomOwner: g.Owner, SmallHeadImgURL: world.Avatar(g.ID, world.AvatarSmall),
		MemberList: r.members(g, false),
	}, nil
}

func getChatroomMemberList(r *request) (any, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	return chatroomMembers{MemberList: r.members(g, true), ChatroomOwner: g.Owner, AdminWxid: append([]string{}, g.Admins...)}, nil
}

// group returns the group of the call. The account must be a member.
func (r *request) group() (*world.Group, error) {
	id := r.text("chatroomId")
	g := r.world.People.GroupByID(id)
	if g == nil || !g.Has(r.account.Wxid) {
		return nil, refuse("chatroomId: the account is in no group %q (群不存在)", id)
	}
	return g, nil
}

func (r *request) members(g *world.Group, avatars bool) []chatroomMember {
	members, inviters := []chatroomMember{}, r.world.People.Details(g).Inviters
	for _, m := range g.Members {
		c, _ := r.world.People.Profile(m.Wxid)
		member := chatroomMember{Wxid: m.Wxid, NickName: c.Nickname}
		if name := m.DisplayName; name != "" {
			member.DisplayName = &name
		}
		if by, known := inviters[m.Wxid]; known {
			member.InviterUserName = &by
		} else if m.Wxid != g.Owner {
			owner := g.Owner
			member.InviterUserName = &owner
		}
		if avatars {
			large, tiny := world.Avatar(m.Wxid, world.AvatarLarge), world.Avatar(m.Wxid, world.AvatarSmall)
			member.BigHeadImgURL, member.SmallHeadImgURL = &large, &tiny
		}
		members = append(members, member)
	}
	return members
}

// maxMembers bounds the members in one getChatroomMemberDetail.
const maxMembers = 100

// memberDetail is a member of a group with its profile.
type memberDetail struct {
	contactInfo
	ChatRoomNotify  int      `json:"chatRoomNotify"`
	FriendUserName  string   `json:"friendUserName"`
	InviterUserName string   `json:"inviterUserName"`
	MemberFlag      int      `json:"memberFlag"`
	PhoneNumList    []string `json:"phoneNumList"`
}

func getChatroomMemberDetail(r *request) (any, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	wxids := r.list("memberWxids")
	if len(wxids) > maxMembers {
		return nil, refuse("memberWxids: %d ids are more than %d", len(wxids), maxMembers)
	}
	details := []memberDetail{}
	for _, wxid := range wxids {
		c, known := r.world.People.Profile(wxid)
		if !known || !g.Has(wxid) {
			continue
		}
		inviter, brought := r.world.People.Details(g).Inviters[wxid]
		if !brought {
			inviter = g.Owner
		}
		details = append(details, memberDetail{
			contactInfo: briefOf(r.account, c), FriendUserName: wxid, InviterUserName: inviter, PhoneNumList: []string{},
		})
	}
	return details, nil
}

// managed returns the group of the call. The account must be its owner or an administrator.
func (r *request) managed() (*world.Group, error) {
	g, err := r.group()
	if err == nil && !g.Manages(r.account.Wxid) {
		err = refuse("chatroomId: only the owner and administrators may do that (没有权限)")
	}
	return g, err
}

// owned returns the group of the call. The account must be its owner.
func (r *request) owned() (*world.Group, error) {
	g, err := r.group()
	if err == nil && g.Owner != r.account.Wxid {
		err = refuse("chatroomId: only the owner may do that (没有权限)")
	}
	return g, err
}

func modifyChatroomName(r *request) error {
	g, err := r.group()
	if err == nil {
		g.Name = r.text("chatroomName")
		r.world.NotifyRenamed(g, r.account.Wxid)
	}
	return err
}

func modifyChatroomRemark(r *request) error {
	g, err := r.group()
	if err == nil {
		r.account.Remarks[g.ID] = r.text("chatroomRemark")
	}
	return err
}

func modifyChatroomNickNameForSelf(r *request) error {
	g, err := r.group()
	if err != nil {
		return err
	}
	for i := range g.Members {
		if m := &g.Members[i]; m.Wxid == r.account.Wxid {
			m.DisplayName = r.text("nickName")
		}
	}
	r.world.Inform(g, func(*world.Account) string { return "" })
	return nil
}

func setChatroomAnnouncement(r *request) error {
	g, err := r.managed()
	if err == nil {
		r.world.Announce(g, r.account.Wxid, r.text("content"))
	}
	return err
}

func getChatroomAnnouncement(r *request) (any, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	return r.world.People.Details(g).Announcement, nil
}

func getChatroomQrCode(r *request) (any, error) {
	g, err := r.group()
	if err != nil {
		return nil, err
	}
	return struct {
		QrBase64 string `json:"qrBase64"`
		QrTips   string `json:"qrTips"`
	}{qrBase64(r.world.GroupCode(g)), "该二维码7天内有效"}, nil
}

// saveContractList adds a group to the address book (operType 3) or removes it (2).
func saveContractList(r *request) error {
	g, err := r.group()
	if err != nil {
		return err
	}
	r.account.Groups = world.Without(r.account.Groups, g.ID)
	switch r.number("operType") {
	case 2:
	case 3:
		r.account.Groups = append(r.account.Groups, g.ID)
	default:
		return refuse("operType: it must be 3 (save) or 2 (remove)")
	}
	return nil
}

func pinChat(r *request) error {
	g, err := r.group()
	if err == nil {
		r.account.Pinned[g.ID] = r.flag("top")
	}
	return err
}

func setMsgSilence(r *request) error {
	g, err := r.group()
	if err == nil {
		r.account.Muted[g.ID] = r.flag("silence")
	}
	return err
}

// adminOperate adds administrators (operType 1), removes them (2), or transfers the group (3).
func adminOperate(r *request) error {
	g, err := r.owned()
	if err != nil {
		return err
	}
	wxids := r.list("wxids")
	for _, wxid := range wxids {
		if !g.Has(wxid) {
			return refuse("wxids: %q is not in the group", wxid)
		}
	}
	switch r.number("operType") {
	case 1:
		for _, wxid := range wxids {
			if !slices.Contains(g.Admins, wxid) && wxid != g.Owner {
				g.Admins = append(g.Admins, wxid)
			}
		}
	case 2:
		for _, wxid := range wxids {
			g.Admins = world.Without(g.Admins, wxid)
		}
	case 3:
		r.world.TransferOwner(g, wxids[0])
		return nil
	default:
		return refuse("operType: it must be 1 (add), 2 (remove) or 3 (transfer)")
	}
	r.world.Inform(g, func(*world.Account) string { return "" })
	return nil
}

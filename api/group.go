package api

import "context"

// GroupService is about groups.
type GroupService struct{ client *Client }

// ChatroomMember is a member of a group.
type ChatroomMember struct {
	Wxid            string `json:"wxid"`
	NickName        string `json:"nickName"`
	DisplayName     string `json:"displayName"`     // name chosen for this group; often empty
	InviterUserName string `json:"inviterUserName"` // wxid of who invited the member
	MemberFlag      ID     `json:"memberFlag"`      // meaning not documented
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
}

// ChatroomInfo is a group with its members.
type ChatroomInfo struct {
	ChatroomID      string           `json:"chatroomId"`
	NickName        string           `json:"nickName"` // name of the group
	PyInitial       string           `json:"pyInitial"`
	QuanPin         string           `json:"quanPin"`
	Sex             ID               `json:"sex"` // 0
	Remark          string           `json:"remark"`
	RemarkPyInitial string           `json:"remarkPyInitial"`
	RemarkQuanPin   string           `json:"remarkQuanPin"`
	Notify          ID               `json:"chatRoomNotify"`
	Owner           string           `json:"chatRoomOwner"` // wxid
	SmallHeadImgURL string           `json:"smallHeadImgUrl"`
	Members         []ChatroomMember `json:"memberList"`
}

// GetChatroomInfo asks for a group. It also works for groups that are not in the address book.
func (s *GroupService) GetChatroomInfo(ctx context.Context, appID, chatroomID string) (*ChatroomInfo, error) {
	return ofChatroom[ChatroomInfo](ctx, s.client, "/group/getChatroomInfo", appID, chatroomID)
}

// ChatroomMemberList are the members of a group, its owner and its administrators.
type ChatroomMemberList struct {
	Members []ChatroomMember `json:"memberList"`
	Owner   string           `json:"chatroomOwner"` // wxid
	Admins  []string         `json:"adminWxid"`     // wxids
}

// GetChatroomMemberList asks for the members of a group.
func (s *GroupService) GetChatroomMemberList(ctx context.Context, appID, chatroomID string) (*ChatroomMemberList, error) {
	return ofChatroom[ChatroomMemberList](ctx, s.client, "/group/getChatroomMemberList", appID, chatroomID)
}

// ofChatroom asks something about a group.
func ofChatroom[T any](ctx context.Context, c *Client, endpoint, appID, chatroomID string) (*T, error) {
	return ask[T](ctx, c, endpoint, query, params{"appId": appID, "chatroomId": chatroomID},
		field{"appId", appID}, field{"chatroomId", chatroomID})
}

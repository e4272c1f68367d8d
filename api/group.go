package api

import "context"

// GroupService manages groups. A chatroomID is the id of a group, …@chatroom.
type GroupService struct{ client *Client }

// ChatroomMember is a member of a group.
type ChatroomMember struct {
	Wxid            string `json:"wxid"`
	NickName        string `json:"nickName"`
	DisplayName     string `json:"displayName"`     // name chosen for this group; often empty
	InviterUserName string `json:"inviterUserName"` // wxid of who invited the member
	MemberFlag      ID     `json:"memberFlag"`      // undocumented
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
	Extra           Extra  `json:",embed"`
}

// ChatroomInfo is a group with its members.
type ChatroomInfo struct {
	ChatroomID      string           `json:"chatroomId"`
	NickName        string           `json:"nickName"` // name of the group
	PyInitial       string           `json:"pyInitial"`
	QuanPin         string           `json:"quanPin"`
	Sex             Sex              `json:"sex"`    // SexUnknown
	Remark          string           `json:"remark"` // set by the account's owner and visible only to them
	RemarkPyInitial string           `json:"remarkPyInitial"`
	RemarkQuanPin   string           `json:"remarkQuanPin"`
	Notify          int              `json:"chatRoomNotify"` // notification setting; values undocumented
	Owner           string           `json:"chatRoomOwner"`  // wxid
	SmallHeadImgURL string           `json:"smallHeadImgUrl"`
	Members         []ChatroomMember `json:"memberList"` // without avatars; see GetChatroomMemberList
	Extra           Extra            `json:",embed"`
}

// GetChatroomInfo returns a group, even one that is not in the address book.
func (s *GroupService) GetChatroomInfo(ctx context.Context, appID, chatroomID string) (*ChatroomInfo, error) {
	return ofChatroom[ChatroomInfo](ctx, s.client, "/group/getChatroomInfo", appID, chatroomID)
}

// ChatroomMemberList holds the members of a group, its owner and its administrators.
type ChatroomMemberList struct {
	Members []ChatroomMember `json:"memberList"`
	Owner   string           `json:"chatroomOwner"` // wxid
	Admins  []string         `json:"adminWxid"`     // wxids, without the owner
	Extra   Extra            `json:",embed"`
}

// GetChatroomMemberList returns the members of a group.
func (s *GroupService) GetChatroomMemberList(ctx context.Context, appID, chatroomID string) (*ChatroomMemberList, error) {
	return ofChatroom[ChatroomMemberList](ctx, s.client, "/group/getChatroomMemberList", appID, chatroomID)
}

// maxMemberDetail is the number of members per request of GetChatroomMemberDetail.
const maxMemberDetail = 100

// ChatroomMemberDetail is the profile of a member of a group.
type ChatroomMemberDetail struct {
	ContactInfo
	Notify          int    `json:"chatRoomNotify"`
	FriendUserName  string `json:"friendUserName"`  // wxid, if the member is a friend
	InviterUserName string `json:"inviterUserName"` // wxid of who invited the member
	MemberFlag      ID     `json:"memberFlag"`      // undocumented
}

// GetChatroomMemberDetail returns profiles of members of a group. It requests 100 at a time. On an
// error it returns the profiles that it has so far.
func (s *GroupService) GetChatroomMemberDetail(ctx context.Context, appID, chatroomID string, wxids ...string) ([]ChatroomMemberDetail,
	error) {
	return inBatches[ChatroomMemberDetail](ctx, s.client, "/group/getChatroomMemberDetail", maxMemberDetail, wxids,
		list("memberWxids", wxids),
		func(batch []string) params {
			return params{"appId": appID, "chatroomId": chatroomID, "memberWxids": batch}
		},
		field{"appId", appID}, field{"chatroomId", chatroomID})
}

// Announcement is the announcement of a group.
type Announcement struct {
	Text        string `json:"announcement"`
	Editor      string `json:"announcementEditor"` // wxid of the author
	PublishTime int64  `json:"publishTime"`        // Unix seconds
}

// GetChatroomAnnouncement returns the announcement of a group. Text is empty if there is none.
func (s *GroupService) GetChatroomAnnouncement(ctx context.Context, appID, chatroomID string) (*Announcement, error) {
	return ofChatroom[Announcement](ctx, s.client, "/group/getChatroomAnnouncement", appID, chatroomID)
}

// ChatroomQRCode is a QR code by which people join a group.
type ChatroomQRCode struct {
	Image string `json:"qrBase64"` // see DecodeImage
	Tips  string `json:"qrTips"`   // its validity, in Chinese; seven days
}

// GetChatroomQRCode returns the QR code of a group. WeChat warns accounts that request it during
// the first days of a new device.
func (s *GroupService) GetChatroomQRCode(ctx context.Context, appID, chatroomID string) (*ChatroomQRCode, error) {
	return ofChatroom[ChatroomQRCode](ctx, s.client, "/group/getChatroomQrCode", appID, chatroomID)
}

// ofChatroom makes a call about a group that returns data.
func ofChatroom[T any](ctx context.Context, c *Client, endpoint, appID, chatroomID string) (*T, error) {
	return ask[T](ctx, c, endpoint, query, params{"appId": appID, "chatroomId": chatroomID},
		field{"appId", appID}, field{"chatroomId", chatroomID})
}

package api

import "context"

// NewChatroom is a group that was created.
type NewChatroom struct {
	ChatroomID string `json:"chatroomId"`
	Image      string `json:"headImgBase64"` // its avatar; see DecodeImage
}

// CreateChatroom makes a group of the account and at least two friends. A WeCom user is given by his userName. ErrBadMembers means that
// the service does not take the members.
func (s *GroupService) CreateChatroom(ctx context.Context, appID string, wxids ...string) (*NewChatroom, error) {
	return ask[NewChatroom](ctx, s.client, "/group/createChatroom", send, params{"appId": appID, "wxids": wxids},
		field{"appId", appID}, list("wxids", wxids))
}

// InviteMemberRequest invites friends to a group.
type InviteMemberRequest struct {
	AppID      string   `json:"appId"`
	ChatroomID string   `json:"chatroomId"`
	Wxids      WxidList `json:"wxids"`
	Reason     string   `json:"reason"` // for groups that approve who joins; may be empty
}

// InviteMember adds friends to a group, or invites them where the group is large or approves who joins.
func (s *GroupService) InviteMember(ctx context.Context, r InviteMemberRequest) error {
	return s.client.do(ctx, "/group/inviteMember", send, r,
		field{"appId", r.AppID}, field{"chatroomId", r.ChatroomID}, list("wxids", r.Wxids))
}

// RemoveMember takes members out of a group. Only the owner and administrators may.
func (s *GroupService) RemoveMember(ctx context.Context, appID, chatroomID string, wxids ...string) error {
	return s.client.do(ctx, "/group/removeMember", send, params{"appId": appID, "chatroomId": chatroomID, "wxids": WxidList(wxids)},
		field{"appId", appID}, field{"chatroomId", chatroomID}, list("wxids", wxids))
}

// QuitChatroom leaves a group.
func (s *GroupService) QuitChatroom(ctx context.Context, appID, chatroomID string) error {
	return s.set(ctx, "/group/quitChatroom", appID, chatroomID, nil)
}

// DisbandChatroom dissolves a group; only its owner may. It applies to gewechat and gewe (confidence medium) and is not in the
// service's public description. It cannot be undone.
func (s *GroupService) DisbandChatroom(ctx context.Context, appID, chatroomID string) error {
	return s.set(ctx, "/group/disbandChatroom", appID, chatroomID, nil)
}

// AcceptInvite joins a group by the link of an invitation, and returns the id of the group.
func (s *GroupService) AcceptInvite(ctx context.Context, appID, url string) (chatroomID string, err error) {
	joined, err := ask[JoinedChatroom](ctx, s.client, "/group/agreeJoinRoom", send, params{"appId": appID, "url": url},
		field{"appId", appID}, field{"url", url})
	if err != nil {
		return "", err
	}
	return joined.ChatroomID, nil
}

// JoinedChatroom is a group that the account has joined.
type JoinedChatroom struct {
	ChatroomID string `json:"chatroomId"`
	Name       string `json:"chatroomName"` // often with the number of members in brackets behind it
	HTML       string `json:"html"`         // not documented; often empty
}

// JoinRoomUsingQRCode joins a group by its QR code: qrURL is the text in the code, not a link to a picture of it. Groups of 200 members and more
// cannot be joined that way.
func (s *GroupService) JoinRoomUsingQRCode(ctx context.Context, appID, qrURL string) (*JoinedChatroom, error) {
	return ask[JoinedChatroom](ctx, s.client, "/group/joinRoomUsingQRCode", send, params{"appId": appID, "qrUrl": qrURL},
		field{"appId", appID}, field{"qrUrl", qrURL})
}

// ApproveJoinRequest is somebody who wants to join a group that approves who joins.
type ApproveJoinRequest struct {
	AppID      string `json:"appId"`
	ChatroomID string `json:"chatroomId"`
	NewMsgID   ID     `json:"newMsgId,string"` // of the callback that brought the request; a string here on the wire
	MsgContent string `json:"msgContent"`      // the whole XML of that callback
}

// ApproveJoinRequest lets somebody join. The owner and the administrators get such requests as a callback.
func (s *GroupService) ApproveJoinRequest(ctx context.Context, r ApproveJoinRequest) error {
	return s.client.do(ctx, "/group/roomAccessApplyCheckApprove", send, r,
		field{"appId", r.AppID}, field{"chatroomId", r.ChatroomID}, number("newMsgId", r.NewMsgID), field{"msgContent", r.MsgContent})
}

// AddGroupMemberRequest is a friend request to a member of a group.
type AddGroupMemberRequest struct {
	AppID      string `json:"appId"`
	ChatroomID string `json:"chatroomId"`
	MemberWxid string `json:"memberWxid"`
	Content    string `json:"content"` // greeting; may be empty
}

// AddGroupMemberAsFriend sends a friend request to a member of a group, and returns its ticket v3: the callback that says that it was
// accepted has the same. It fails if the member does not let himself be added from groups.
func (s *GroupService) AddGroupMemberAsFriend(ctx context.Context, r AddGroupMemberRequest) (v3 string, err error) {
	answer, err := ask[struct {
		V3 string `json:"v3"`
	}](ctx, s.client, "/group/addGroupMemberAsFriend", send, r,
		field{"appId", r.AppID}, field{"chatroomId", r.ChatroomID}, field{"memberWxid", r.MemberWxid})
	if err != nil {
		return "", err
	}
	return answer.V3, nil
}

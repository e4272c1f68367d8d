package api

import "context"

// NewChatroom is a group that was created.
type NewChatroom struct {
	ChatroomID string `json:"chatroomId"`
	Image      string `json:"headImgBase64"` // its avatar; see DecodeImage
}

// CreateChatroom creates a group of the account and at least two friends. A WeCom user is given by
// their userName. ErrBadMembers means that the service does not accept the members.
func (s *GroupService) CreateChatroom(ctx context.Context, appID string, wxids ...string) (*NewChatroom, error) {
	return ask[NewChatroom](ctx, s.client, "/group/createChatroom", send, params{"appId": appID, "wxids": wxids},
		field{"appId", appID}, list("wxids", wxids))
}

// InviteMemberRequest invites friends to a group.
type InviteMemberRequest struct {
	AppID      string   `json:"appId"`
	ChatroomID string   `json:"chatroomId"`
	Wxids      WxidList `json:"wxids"`
	Reason     string   `json:"reason"` // for groups with approval; may be empty
}

// InviteMember adds friends to a group, or sends them an invitation if the group is large or
// requires approval.
func (s *GroupService) InviteMember(ctx context.Context, r InviteMemberRequest) error {
	return s.client.do(ctx, "/group/inviteMember", send, r,
		field{"appId", r.AppID}, field{"chatroomId", r.ChatroomID}, list("wxids", r.Wxids))
}

// RemoveMember removes members from a group. Only the owner and administrators may.
func (s *GroupService) RemoveMember(ctx context.Context, appID, chatroomID string, wxids ...string) error {
	return s.client.do(ctx, "/group/removeMember", send, params{"appId": appID, "chatroomId": chatroomID, "wxids": WxidList(wxids)},
		field{"appId", appID}, field{"chatroomId", chatroomID}, list("wxids", wxids))
}

// QuitChatroom leaves a group.
func (s *GroupService) QuitChatroom(ctx context.Context, appID, chatroomID string) error {
	return s.set(ctx, "/group/quitChatroom", appID, chatroomID, nil)
}

// DisbandChatroom dissolves a group, which cannot be undone. Only its owner may. The call applies
// to gewechat and gewe (confidence medium) and is missing from the service's public description.
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
	Name       string `json:"chatroomName"` // often followed by the number of members in brackets
	HTML       string `json:"html"`         // undocumented; often empty
}

// JoinRoomUsingQRCode joins a group by its QR code. qrURL is the text in the code, not a link to a
// picture of it. Groups of 200 or more members cannot be joined this way.
func (s *GroupService) JoinRoomUsingQRCode(ctx context.Context, appID, qrURL string) (*JoinedChatroom, error) {
	return ask[JoinedChatroom](ctx, s.client, "/group/joinRoomUsingQRCode", send, params{"appId": appID, "qrUrl": qrURL},
		field{"appId", appID}, field{"qrUrl", qrURL})
}

// ApproveJoinRequest is a request to join a group that requires approval.
type ApproveJoinRequest struct {
	AppID      string `json:"appId"`
	ChatroomID string `json:"chatroomId"`
	NewMsgID   ID     `json:"newMsgId,string"` // of the callback with the request; a string on the wire
	MsgContent string `json:"msgContent"`      // the whole XML of that callback
}

// ApproveJoinRequest approves a request to join. The owner and the administrators receive such
// requests as callbacks.
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

// AddGroupMemberAsFriend sends a friend request to a member of a group. It returns the ticket v3,
// which the callback of the acceptance has as well. It fails if the member does not accept requests
// from groups.
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

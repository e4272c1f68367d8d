package api

import (
	"context"
	"maps"
)

// set makes a call that changes a group.
func (s *GroupService) set(ctx context.Context, endpoint, appID, chatroomID string, values params, fields ...field) error {
	body := params{"appId": appID, "chatroomId": chatroomID}
	maps.Copy(body, values)
	return s.client.do(ctx, endpoint, send, body, append([]field{{"appId", appID}, {"chatroomId", chatroomID}}, fields...)...)
}

// ModifyChatroomName renames a group. A phone may show the old name for a while.
func (s *GroupService) ModifyChatroomName(ctx context.Context, appID, chatroomID, name string) error {
	return s.set(ctx, "/group/modifyChatroomName", appID, chatroomID, params{"chatroomName": name}, field{"chatroomName", name})
}

// ModifyChatroomRemark sets the name of a group that only the account sees. An empty remark removes
// it.
func (s *GroupService) ModifyChatroomRemark(ctx context.Context, appID, chatroomID, remark string) error {
	return s.set(ctx, "/group/modifyChatroomRemark", appID, chatroomID, params{"chatroomRemark": remark})
}

// ModifyChatroomNicknameForSelf sets the account's own name in a group. An empty nickname removes
// it.
func (s *GroupService) ModifyChatroomNicknameForSelf(ctx context.Context, appID, chatroomID, nickname string) error {
	return s.set(ctx, "/group/modifyChatroomNickNameForSelf", appID, chatroomID, params{"nickName": nickname})
}

// SetChatroomAnnouncement publishes the announcement of a group, which notifies all members. Only
// the owner and administrators may.
func (s *GroupService) SetChatroomAnnouncement(ctx context.Context, appID, chatroomID, content string) error {
	return s.set(ctx, "/group/setChatroomAnnouncement", appID, chatroomID, params{"content": content}, field{"content", content})
}

// The values of operType for the two directions of SaveToContacts.
const (
	contactsRemove = 2
	contactsSave   = 3
)

// SaveToContacts saves a group to the address book (true), or removes it (false). FetchContactsList
// lists saved groups only.
func (s *GroupService) SaveToContacts(ctx context.Context, appID, chatroomID string, save bool) error {
	op := contactsRemove
	if save {
		op = contactsSave
	}
	return s.set(ctx, "/group/saveContractList", appID, chatroomID, params{"operType": op}) // sic
}

// AdminOp selects what ManageAdmins does.
type AdminOp int

// The operations.
const (
	AdminAdd      AdminOp = 1
	AdminRemove   AdminOp = 2
	AdminTransfer AdminOp = 3 // make exactly one member the owner
)

// ManageAdminsRequest changes the administrators or the owner of a group.
type ManageAdminsRequest struct {
	AppID      string   `json:"appId"`
	ChatroomID string   `json:"chatroomId"`
	Op         AdminOp  `json:"operType"`
	Wxids      []string `json:"wxids"`
}

// ManageAdmins appoints or dismisses administrators, or transfers the group to another owner. Only
// the owner may.
func (s *GroupService) ManageAdmins(ctx context.Context, r ManageAdminsRequest) error {
	return s.client.do(ctx, "/group/adminOperate", send, r,
		field{"appId", r.AppID}, field{"chatroomId", r.ChatroomID}, number("operType", r.Op), list("wxids", r.Wxids))
}

// PinChat pins a group to the top of the list, or unpins it.
func (s *GroupService) PinChat(ctx context.Context, appID, chatroomID string, top bool) error {
	return s.set(ctx, "/group/pinChat", appID, chatroomID, params{"top": top})
}

// SetMsgSilence mutes or unmutes the notifications of a group on the account's phone. Callbacks
// still arrive.
func (s *GroupService) SetMsgSilence(ctx context.Context, appID, chatroomID string, silence bool) error {
	return s.set(ctx, "/group/setMsgSilence", appID, chatroomID, params{"silence": silence})
}

package api

import "context"

// FoundUser is a person found by ContactsService.Search or IMService.Search.
type FoundUser struct {
	V3              string `json:"v3"` // ticket for AddContact or IM.Add; the wxid if the person already is a friend
	V4              string `json:"v4"` // second ticket for AddContact
	NickName        string `json:"nickName"`
	Sex             Sex    `json:"sex"`
	Signature       string `json:"signature"`
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
	Extra           Extra  `json:",embed"`
}

// Search finds a person by WeChat id or phone number. It returns ErrNoSuchUser if there is none, or
// none that allows being found.
func (s *ContactsService) Search(ctx context.Context, appID, contactsInfo string) (*FoundUser, error) {
	return ask[FoundUser](ctx, s.client, "/contacts/search", query, params{"appId": appID, "contactsInfo": contactsInfo},
		field{"appId", appID}, field{"contactsInfo", contactsInfo})
}

// Scene says where a contact comes from. Undocumented values exist: when accepting a request, copy
// its value.
type Scene int

// The documented scenes.
const (
	SceneWeChatID Scene = 3
	SceneQQ       Scene = 4
	SceneGroup    Scene = 8
	ScenePhone    Scene = 15
)

// ContactOption selects what AddContact does.
type ContactOption int

// The options.
const (
	ContactRequest ContactOption = 2 // send a friend request
	ContactAccept  ContactOption = 3 // accept a received one
	ContactReject  ContactOption = 4 // refuse a received one
)

// AddContactRequest is a friend request, or the answer to one.
type AddContactRequest struct {
	AppID  string        `json:"appId"`
	Scene  Scene         `json:"scene"`
	Option ContactOption `json:"option"`
	// V3 and V4 are tickets: for a new request from Search, for an answer from the XML of the
	// callback (encryptusername and ticket).
	V3      string `json:"v3"`
	V4      string `json:"v4"`
	Content string `json:"content"` // greeting; may be empty
}

// AddContact sends a friend request, or accepts or refuses one. A new account should be online for
// three days before it sends any. When a request is accepted, a callback with the same V3 arrives.
func (s *ContactsService) AddContact(ctx context.Context, r AddContactRequest) error {
	return s.client.do(ctx, "/contacts/addContacts", send, r,
		field{"appId", r.AppID}, number("scene", r.Scene), number("option", r.Option), field{"v3", r.V3}, field{"v4", r.V4})
}

// DeleteFriend ends a friendship.
func (s *ContactsService) DeleteFriend(ctx context.Context, appID, wxid string) error {
	return s.client.do(ctx, "/contacts/deleteFriend", send, params{"appId": appID, "wxid": wxid}, field{"appId", appID},
		field{"wxid", wxid})
}

// SetFriendPermissions restricts a friend to chatting (true), or lets them see the Moments as well
// (false). A phone may show the old state for a while.
func (s *ContactsService) SetFriendPermissions(ctx context.Context, appID, wxid string, onlyChat bool) error {
	return s.client.do(ctx, "/contacts/setFriendPermissions", send, params{"appId": appID, "wxid": wxid, "onlyChat": onlyChat},
		field{"appId", appID}, field{"wxid", wxid})
}

// SetFriendRemark sets the name under which the account sees a friend. An empty remark removes it.
func (s *ContactsService) SetFriendRemark(ctx context.Context, appID, wxid, remark string) error {
	return s.client.do(ctx, "/contacts/setFriendRemark", send, params{"appId": appID, "wxid": wxid, "remark": remark},
		field{"appId", appID}, field{"wxid", wxid})
}

// Relation is the state of a friendship.
type Relation int

// The states.
const (
	RelationFriend         Relation = 0
	RelationDeletedByThem  Relation = 1
	RelationBlockedByThem  Relation = 2
	RelationBlockedByMe    Relation = 3
	RelationFailed         Relation = 4 // the service could not determine the state
	RelationCheckedTooMuch Relation = 5 // too many checks; slow down
	RelationUnknown        Relation = 6
	RelationUnknownError   Relation = 7
	RelationOther          Relation = 99
)

// FriendRelation is the state of one friendship.
type FriendRelation struct {
	Wxid     string   `json:"wxid"`
	Relation Relation `json:"relation"`
}

// CheckRelation checks whether friends have deleted or blocked the account. Slow down if it returns
// RelationCheckedTooMuch.
func (s *ContactsService) CheckRelation(ctx context.Context, appID string, wxids ...string) ([]FriendRelation, error) {
	relations, err := ask[[]FriendRelation](ctx, s.client, "/contacts/checkRelation", query, params{"appId": appID, "wxids": wxids},
		field{"appId", appID}, list("wxids", wxids))
	if err != nil {
		return nil, err
	}
	return *relations, nil
}

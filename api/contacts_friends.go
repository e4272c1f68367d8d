package api

import "context"

// FoundUser is a person that a Search found, of the contacts or of WeCom.
type FoundUser struct {
	V3              string `json:"v3"` // ticket for AddContact, or IM.Add; the wxid, if the person is a friend already
	V4              string `json:"v4"` // second ticket for AddContact
	NickName        string `json:"nickName"`
	Sex             Sex    `json:"sex"`
	Signature       string `json:"signature"`
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
	Extra           Extra  `json:",embed"`
}

// Search finds a person by WeChat id or phone number. ErrNoSuchUser means that there is none, or none that lets himself be found.
func (s *ContactsService) Search(ctx context.Context, appID, contactsInfo string) (*FoundUser, error) {
	return ask[FoundUser](ctx, s.client, "/contacts/search", query, params{"appId": appID, "contactsInfo": contactsInfo},
		field{"appId", appID}, field{"contactsInfo", contactsInfo})
}

// Scene is where a contact comes from. There are more than the documented ones: when accepting, copy that of the request.
type Scene int

// The documented scenes.
const (
	SceneWeChatID Scene = 3
	SceneQQ       Scene = 4
	SceneGroup    Scene = 8
	ScenePhone    Scene = 15
)

// ContactOption is what AddContact does.
type ContactOption int

// The options.
const (
	ContactRequest ContactOption = 2 // send a friend request
	ContactAccept  ContactOption = 3 // accept one that came in
	ContactReject  ContactOption = 4 // refuse one that came in
)

// AddContactRequest is a friend request, or the answer to one.
type AddContactRequest struct {
	AppID  string        `json:"appId"`
	Scene  Scene         `json:"scene"`
	Option ContactOption `json:"option"`
	// V3 and V4 are tickets: from Search for a request, from the callback's XML (encryptusername and ticket) for an answer.
	V3      string `json:"v3"`
	V4      string `json:"v4"`
	Content string `json:"content"` // greeting; may be empty
}

// AddContact sends a friend request, or accepts or refuses one. A new account should be online for three days before it sends any. That
// a request was accepted is told later, by a callback with the same V3.
func (s *ContactsService) AddContact(ctx context.Context, r AddContactRequest) error {
	return s.client.do(ctx, "/contacts/addContacts", send, r,
		field{"appId", r.AppID}, number("scene", r.Scene), number("option", r.Option), field{"v3", r.V3}, field{"v4", r.V4})
}

// DeleteFriend ends a friendship.
func (s *ContactsService) DeleteFriend(ctx context.Context, appID, wxid string) error {
	return s.client.do(ctx, "/contacts/deleteFriend", send, params{"appId": appID, "wxid": wxid}, field{"appId", appID}, field{"wxid", wxid})
}

// SetFriendPermissions lets a friend only chat (true), or see the Moments, too (false). A phone may show the old state for a while.
func (s *ContactsService) SetFriendPermissions(ctx context.Context, appID, wxid string, onlyChat bool) error {
	return s.client.do(ctx, "/contacts/setFriendPermissions", send, params{"appId": appID, "wxid": wxid, "onlyChat": onlyChat},
		field{"appId", appID}, field{"wxid", wxid})
}

// SetFriendRemark sets the name under which the account sees a friend. An empty one takes it away.
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
	RelationFailed         Relation = 4 // the service could not find out
	RelationCheckedTooMuch Relation = 5 // ask more slowly
	RelationUnknown        Relation = 6
	RelationUnknownError   Relation = 7
	RelationOther          Relation = 99
)

// FriendRelation is the state of one friendship.
type FriendRelation struct {
	Wxid     string   `json:"wxid"`
	Relation Relation `json:"relation"`
}

// CheckRelation finds out whether friends have deleted or blocked the account. Pace it: WeChat answers RelationCheckedTooMuch to who
// asks too often.
func (s *ContactsService) CheckRelation(ctx context.Context, appID string, wxids ...string) ([]FriendRelation, error) {
	relations, err := ask[[]FriendRelation](ctx, s.client, "/contacts/checkRelation", query, params{"appId": appID, "wxids": wxids},
		field{"appId", appID}, list("wxids", wxids))
	if err != nil {
		return nil, err
	}
	return *relations, nil
}

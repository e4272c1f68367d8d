package callback

import "github.com/hongyan-go/hongyan/xmlmsg"

// The kinds of events about contacts.
const (
	KindContactModified xmlmsg.Kind = "contact_modified"
	KindContactDeleted  xmlmsg.Kind = "contact_deleted"
	KindGroupModified   xmlmsg.Kind = "group_modified"
	KindGroupLeft       xmlmsg.Kind = "group_left"
)

// Contact describes a friend or a group after a change. The service does not say what has changed.
type Contact struct {
	Username        string `json:"username"` // wxid, gh_…, or …@chatroom
	Nickname        string `json:"nickname"`
	Remark          string `json:"remark"` // set by the account's owner, visible only to the owner
	Alias           string `json:"alias"`
	Sex             int64  `json:"sex"` // 1 male, 2 female, 0 unknown
	Signature       string `json:"signature"`
	Country         string `json:"country"`
	Province        string `json:"province"`
	City            string `json:"city"`
	BigHeadURL      string `json:"big_head_url"`
	SmallHeadURL    string `json:"small_head_url"`
	EncryptUsername string `json:"encrypt_username"`        // v3_…@stranger
	SnsBgObjectID   uint64 `json:"sns_bg_object_id,string"` // exceeds int64
	Source          int64  `json:"source"`
	RoomOwner       string `json:"room_owner"`  // wxid; groups only
	VerifyFlag      int64  `json:"verify_flag"` // not 0 for official accounts
}

// ContactModified means that a friend or an official account was added or changed. It does not
// occur for groups; see GroupModified.
type ContactModified struct{ Contact }

// Kind is KindContactModified.
func (*ContactModified) Kind() xmlmsg.Kind { return KindContactModified }

// GroupModified means that a group was added or changed: its name, its owner or its members. It
// does not say which; the system message about the change does.
type GroupModified struct{ Contact }

// Kind is KindGroupModified.
func (*GroupModified) Kind() xmlmsg.Kind { return KindGroupModified }

// ContactDeleted means that the account has deleted a friend. It does not occur when another person
// deletes the account.
type ContactDeleted struct {
	Username string `json:"username"` // wxid
}

// Kind is KindContactDeleted.
func (*ContactDeleted) Kind() xmlmsg.Kind { return KindContactDeleted }

// GroupLeft means that the account has left a group, was removed from it, or that the group was
// dissolved. It does not occur when other members leave.
type GroupLeft struct {
	Username string `json:"username"` // …@chatroom
}

// Kind is KindGroupLeft.
func (*GroupLeft) Kind() xmlmsg.Kind { return KindGroupLeft }

// contactFields holds the members of Data in a contact event.
type contactFields struct {
	UserName        text    `json:"UserName"`
	NickName        text    `json:"NickName"`
	Remark          text    `json:"Remark"`
	Alias           text    `json:"Alias"`
	Sex             integer `json:"Sex"`
	Signature       text    `json:"Signature"`
	Country         text    `json:"Country"`
	Province        text    `json:"Province"`
	City            text    `json:"City"`
	BigHeadImgURL   text    `json:"BigHeadImgUrl"`
	SmallHeadImgURL text    `json:"SmallHeadImgUrl"`
	EncryptUserName text    `json:"EncryptUserName"`
	SnsUserInfo     snsInfo `json:"SnsUserInfo"`
	Source          integer `json:"Source"`
	ChatRoomOwner   text    `json:"ChatRoomOwner"`
	VerifyFlag      integer `json:"VerifyFlag"`
}

func (e *Event) contactModified(f *contactFields) *Event {
	c := Contact{
		Username: string(f.UserName), Nickname: string(f.NickName), Remark: string(f.Remark), Alias: string(f.Alias), Sex: int64(f.Sex),
		Signature: string(f.Signature), Country: string(f.Country), Province: string(f.Province), City: string(f.City),
		BigHeadURL: string(f.BigHeadImgURL), SmallHeadURL: string(f.SmallHeadImgURL), EncryptUsername: string(f.EncryptUserName),
		SnsBgObjectID: uint64(f.SnsUserInfo), Source: int64(f.Source), RoomOwner: string(f.ChatRoomOwner), VerifyFlag: int64(f.VerifyFlag),
	}
	if IsGroup(c.Username) {
		e.noMessage(&GroupModified{c})
	} else {
		e.noMessage(&ContactModified{c})
	}
	e.Conversation = conversationWith(c.Username)
	return e
}

func (e *Event) contactDeleted(username string) *Event {
	if IsGroup(username) {
		e.noMessage(&GroupLeft{username})
	} else {
		e.noMessage(&ContactDeleted{username})
	}
	e.Conversation = conversationWith(username)
	return e
}

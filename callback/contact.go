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

// ContactModified means that a friend or an official account was added or changed, also when a
// friend request was accepted by either side. It does not occur for groups; see GroupModified.
type ContactModified struct{ Contact }

// Kind is KindContactModified.
func (*ContactModified) Kind() xmlmsg.Kind { return KindContactModified }

// GroupModified means that a group was added or changed: its name, its owner or its members. It
// does not say which; the system message about the change does. It does not occur when the account
// leaves the group; see GroupLeft.
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
	userName, nickName, remark, alias, sex, signature, country, province, city value
	bigHeadImgURL, smallHeadImgURL, encryptUserName, chatRoomOwner             value
	snsUserInfo, source, verifyFlag                                            value
}

func (f *contactFields) member(name []byte, member value) {
	switch string(name) {
	case "username":
		f.userName = member
	case "nickname":
		f.nickName = member
	case "remark":
		f.remark = member
	case "alias":
		f.alias = member
	case "sex":
		f.sex = member
	case "signature":
		f.signature = member
	case "country":
		f.country = member
	case "province":
		f.province = member
	case "city":
		f.city = member
	case "bigheadimgurl":
		f.bigHeadImgURL = member
	case "smallheadimgurl":
		f.smallHeadImgURL = member
	case "encryptusername":
		f.encryptUserName = member
	case "snsuserinfo":
		f.snsUserInfo = member
	case "source":
		f.source = member
	case "chatroomowner":
		f.chatRoomOwner = member
	case "verifyflag":
		f.verifyFlag = member
	}
}

func (e *Event) contactModified(f *contactFields) *Event {
	c := Contact{
		Username: f.userName.text(), Nickname: f.nickName.text(), Remark: f.remark.text(), Alias: f.alias.text(), Sex: f.sex.integer(),
		Signature: f.signature.text(), Country: f.country.text(), Province: f.province.text(), City: f.city.text(),
		BigHeadURL: f.bigHeadImgURL.text(), SmallHeadURL: f.smallHeadImgURL.text(), EncryptUsername: f.encryptUserName.text(),
		SnsBgObjectID: f.snsUserInfo.member("snsbgobjectid").id(), Source: f.source.integer(), RoomOwner: f.chatRoomOwner.text(),
		VerifyFlag: f.verifyFlag.integer(),
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

package simulator

import "strings"

// typed is the body of a callback that is no message.
type typed struct {
	TypeName string
	Appid    string
	Wxid     string
	Data     any `json:",omitempty"`
}

// modContacts is the Data of a ModContacts. Some of it is wrapped, and an empty text is an empty object then.
type modContacts struct {
	UserName, NickName, PyInitial, QuanPin       any
	Sex                                          int
	ImgBuf                                       imgBuf
	BitMask                                      uint32
	BitVal                                       uint32
	ImgFlag                                      int
	Remark, RemarkPyinitial, RemarkQuanPin       any
	ContactType, RoomInfoCount                   int
	DomainList                                   []struct{}
	ChatRoomNotify, AddContactScene              int
	Province, City, Signature                    string `json:",omitempty"`
	PersonalCard, HasWeiXinHdHeadImg, VerifyFlag int
	Level, Source                                int
	Alias                                        *string `json:",omitempty"`
	WeiboFlag, AlbumStyle, AlbumFlag             int
	SnsUserInfo                                  snsUserInfo
	Country                                      string `json:",omitempty"`
	BigHeadImgURL                                string `json:"BigHeadImgUrl,omitempty"`
	SmallHeadImgURL                              string `json:"SmallHeadImgUrl,omitempty"`
	CustomizedInfo                               struct{ BrandFlag int }
	EncryptUserName                              string `json:",omitempty"`
	AdditionalContactList                        struct{ LinkedinContactItem struct{} }
	ChatroomMaxCount, DeleteFlag                 int
	Description                                  string
	ChatroomStatus, Extflag                      int
	ChatRoomBusinessType                         int
	ChatRoomOwner                                string `json:",omitempty"`
}

type snsUserInfo struct {
	SnsFlag       int
	SnsBgimgID    string `json:"SnsBgimgId"`
	SnsBgobjectID uint64 `json:"SnsBgobjectId"`
	SnsFlagEx     int
}

// wrap is a text as ModContacts has it.
func wrap(s string) any {
	if s == "" {
		return struct{}{}
	}
	return wrapped{s}
}

// modified tells an account that a contact or a group has changed.
func (s *Simulator) modified(a *account, id string) {
	m := modContacts{
		UserName: wrap(id), NickName: wrap(""), PyInitial: wrap(""), QuanPin: wrap(""), Remark: wrap(""), RemarkPyinitial: wrap(""), RemarkQuanPin: wrap(""),
		BitMask: 1<<32 - 1, BitVal: 3, ImgFlag: 1, DomainList: make([]struct{}, 1), HasWeiXinHdHeadImg: 1, Level: 6,
		SnsUserInfo: snsUserInfo{SnsFlag: 1, SnsFlagEx: 5121}, SmallHeadImgURL: avatar(id, small),
	}
	if g := s.people.groupByID(id); g != nil {
		m.NickName, m.BitVal, m.ChatRoomNotify, m.ChatRoomOwner = wrap(g.Name), 2, notifies(a, id), g.Owner
		m.ChatroomMaxCount, m.DeleteFlag, m.ChatroomStatus = 700_000_000+len(g.Members), 2, 27
	} else {
		c, _ := s.people.profile(id)
		m.NickName, m.Remark, m.Sex, m.Alias, m.Signature = wrap(c.Nickname), wrap(c.Remark), c.Sex, &c.Alias, c.Signature
		m.Country, m.Province, m.City, m.BigHeadImgURL = c.Country, c.Province, c.City, avatar(id, big)
		m.SnsUserInfo.SnsBgobjectID, m.EncryptUserName = 12_690_014_788_084_289_451, s.ids.ticket("v3", id)
		if strings.HasPrefix(id, "gh_") {
			m.VerifyFlag = 24
		}
	}
	s.change(a, id, typed{TypeName: "ModContacts", Appid: a.AppID, Wxid: a.Wxid, Data: m})
}

// notifies is what a group has as chatRoomNotify: 0 if the account has muted it.
func notifies(a *account, id string) int {
	if a.muted[id] {
		return 0
	}
	return 1
}

// deleted tells an account that it has lost a friend, or a group.
func (s *Simulator) deleted(a *account, id string) {
	s.change(a, id, typed{TypeName: "DelContacts", Appid: a.AppID, Wxid: a.Wxid, Data: struct {
		UserName          wrapped
		DeleteContactScen int
	}{wrapped{id}, 0}})
}

// change posts what is no message, in the order of its conversation.
func (s *Simulator) change(a *account, conversation string, body typed) {
	if a.Offline || s.callback == "" {
		return
	}
	s.enqueue(a, conversation, &delivery{body: encode(body)})
	s.broadcast()
}

// goOffline logs an account out, and tells the bot.
func (s *Simulator) goOffline(a *account) {
	if a.Offline {
		return
	}
	a.Offline = true
	if s.callback != "" && !s.faults.zombie(a.AppID) {
		s.queue(laneKey{a.AppID, ""}, &delivery{body: encode(typed{TypeName: "Offline", Appid: a.AppID, Wxid: a.Wxid})})
	}
	s.broadcast()
}

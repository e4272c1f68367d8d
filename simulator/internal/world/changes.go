package world

import (
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// typed is the body of a callback other than a message.
type typed struct {
	TypeName string
	Appid    string
	Wxid     string
	Data     any `json:",omitempty"`
}

// modContacts is the Data of a ModContacts. Some texts are wrapped; an empty one is an empty
// object.
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

// wrap returns a text as ModContacts has it.
func wrap(s string) any {
	if s == "" {
		return struct{}{}
	}
	return wrapped{s}
}

// PostModContacts posts to an account that a contact or a group has changed.
func (w *World) PostModContacts(a *Account, id string) {
	m := modContacts{
		UserName: wrap(id), NickName: wrap(""), PyInitial: wrap(""), QuanPin: wrap(""), Remark: wrap(""), RemarkPyinitial: wrap(""),
		RemarkQuanPin: wrap(""),
		BitMask:       1<<32 - 1, BitVal: 3, ImgFlag: 1, DomainList: make([]struct{}, 1), HasWeiXinHdHeadImg: 1, Level: 6,
		SnsUserInfo: snsUserInfo{SnsFlag: 1, SnsFlagEx: 5121}, SmallHeadImgURL: Avatar(id, AvatarSmall),
	}
	if g := w.People.GroupByID(id); g != nil {
		m.NickName, m.BitVal, m.ChatRoomNotify, m.ChatRoomOwner = wrap(g.Name), 2, Notifies(a, id), g.Owner
		m.ChatroomMaxCount, m.DeleteFlag, m.ChatroomStatus = 700_000_000+len(g.Members), 2, 27
	} else {
		c, _ := w.People.Profile(id)
		m.NickName, m.Remark, m.Sex, m.Alias, m.Signature = wrap(c.Nickname), wrap(c.Remark), c.Sex, &c.Alias, c.Signature
		m.Country, m.Province, m.City, m.BigHeadImgURL = c.Country, c.Province, c.City, Avatar(id, AvatarLarge)
		m.SnsUserInfo.SnsBgobjectID, m.EncryptUserName = 12_690_014_788_084_289_451, w.IDs.Ticket("v3", id)
		if strings.HasPrefix(id, "gh_") {
			m.VerifyFlag = 24
		}
	}
	w.postChange(a, id, typed{TypeName: "ModContacts", Appid: a.AppID, Wxid: a.Wxid, Data: m})
}

// Notifies returns the chatRoomNotify of a group: 0 if the account has muted it.
func Notifies(a *Account, id string) int {
	if a.Muted[id] {
		return 0
	}
	return 1
}

// PostDelContacts posts to an account that it has lost a friend or a group.
func (w *World) PostDelContacts(a *Account, id string) {
	w.postChange(a, id, typed{TypeName: "DelContacts", Appid: a.AppID, Wxid: a.Wxid, Data: struct {
		UserName          wrapped
		DeleteContactScen int
	}{wrapped{id}, 0}})
}

// postChange posts a callback other than a message, in the order of its conversation.
func (w *World) postChange(a *Account, conversation string, body typed) {
	if a.Offline || w.out.URL() == "" {
		return
	}
	w.enqueue(a, conversation, &delivery.Callback{Body: message.EncodeJSON(body)})
	w.Broadcast()
}

// goOffline logs an account out and posts Offline.
func (w *World) goOffline(a *Account) {
	if a.Offline {
		return
	}
	a.Offline = true
	if w.out.URL() != "" && !w.faults.Zombie(a.AppID) {
		body := message.EncodeJSON(typed{TypeName: "Offline", Appid: a.AppID, Wxid: a.Wxid})
		w.out.Post(delivery.Conversation{AppID: a.AppID}, &delivery.Callback{Body: body})
	}
	w.Broadcast()
}

// enqueue queues a callback in its conversation. Its fault is decided here, in the order of events,
// and not when the callback is posted, so that the same seed gives the same faults.
func (w *World) enqueue(a *Account, id string, d *delivery.Callback) {
	if w.faults.Zombie(a.AppID) {
		d.Fault = &faults.Fault{Kind: faults.Drop}
	} else {
		d.Fault = w.faults.Take(faults.Callbacks, faults.About{AppID: a.AppID})
	}
	if d.Fault.Is(faults.Offline) {
		if d.Settled != nil {
			d.Settled(nil, true)
		}
		a.Disconnected = true
		w.goOffline(a)
		return
	}
	w.out.Post(delivery.Conversation{AppID: a.AppID, ID: id}, d)
}

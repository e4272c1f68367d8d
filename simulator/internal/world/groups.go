package world

import (
	"slices"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// Details is the state of a group beyond its name and members.
type Details struct {
	Announcement Announcement
	Inviters     map[string]string       // member → who added it
	Applications map[uint64]*Application // NewMsgId of the notice → the application
}

// Announcement is the answer of getChatroomAnnouncement.
type Announcement struct {
	Announcement       string `json:"announcement"`
	AnnouncementEditor string `json:"announcementEditor"`
	PublishTime        int64  `json:"publishTime"`
}

// Application is a request to add people to a group.
type Application struct {
	By  string
	Who []string
}

// Details returns the details of a group, which begin empty.
func (p *People) Details(g *Group) *Details {
	r := p.details[g.ID]
	if r == nil {
		r = &Details{Inviters: map[string]string{}, Applications: map[uint64]*Application{}}
		p.details[g.ID] = r
	}
	return r
}

// Announce sets the announcement of a group and posts its notice, if it is not empty.
func (w *World) Announce(g *Group, by, text string) {
	w.People.Details(g).Announcement = Announcement{Announcement: text, AnnouncementEditor: by, PublishTime: w.Now()}
	if text != "" {
		w.notifyAnnouncement(g, by, text)
	}
}

// GroupCode returns the text in the QR code of a group.
func (w *World) GroupCode(g *Group) string {
	return "https://weixin.qq.com/g/" + w.IDs.Digest("group code", g.ID)[:22]
}

// TransferOwner makes a member the owner of a group and posts the notice of it.
func (w *World) TransferOwner(g *Group, to string) {
	g.Owner, g.Admins = to, Without(g.Admins, to)
	w.notifyNewOwner(g)
}

// NewGroupID returns an id that no group has.
func (w *World) NewGroupID() string {
	for {
		id := strconv.FormatInt(40_000_000_000+w.IDs.rand.Int64N(20_000_000_000), 10) + "@chatroom"
		if w.People.GroupByID(id) == nil {
			return id
		}
	}
}

// AddMembers adds people to a group and posts the notices of it.
func (w *World) AddMembers(g *Group, by string, wxids []string) {
	var came []string
	for _, wxid := range wxids {
		if !g.Has(wxid) {
			came = append(came, wxid)
			w.Join(g, by, wxid)
		}
	}
	if len(came) > 0 {
		w.NotifyAdded(g, by, came)
	}
}

// Join adds a person to a group, without a notice.
func (w *World) Join(g *Group, by, wxid string) {
	g.Members = append(g.Members, Member{Wxid: wxid})
	w.People.Details(g).Inviters[wxid] = by
}

// RemoveMembers removes people from a group. Only the remover and those removed get a notice.
func (w *World) RemoveMembers(g *Group, by string, wxids []string) {
	gone := w.People.parties(wxids...)
	for _, a := range w.accountsIn(g) {
		if slices.Contains(wxids, a.Wxid) {
			w.Notify(a, g.ID, "你被"+quoted(w.People.parties(by))+"移出群聊")
		}
	}
	for _, wxid := range wxids {
		w.Leave(g, wxid)
	}
	w.Inform(g, func(a *Account) string {
		if a.Wxid == by {
			return "你将" + quoted(gone) + "移出了群聊"
		}
		return ""
	})
}

// Leave takes a member out of a group, without a notice.
func (w *World) Leave(g *Group, wxid string) {
	g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return m.Wxid == wxid })
	g.Admins = Without(g.Admins, wxid)
	delete(w.People.Details(g).Inviters, wxid)
	if a := w.People.ByWxid(wxid); a != nil {
		a.Groups = Without(a.Groups, g.ID)
		w.PostDelContacts(a, g.ID)
	}
	if g.Owner == wxid && len(g.Members) > 0 {
		w.TransferOwner(g, g.Members[0].Wxid)
	}
}

// Disband dissolves a group and posts the notices of it.
func (w *World) Disband(g *Group) {
	owner := w.People.parties(g.Owner)
	for _, a := range w.accountsIn(g) {
		if a.Wxid == g.Owner {
			w.Notify(a, g.ID, "你已解散该群聊")
		} else {
			w.Notify(a, g.ID, templateXML(`群主"$identity$"已解散该群聊`, link{"identity", owner}))
		}
		a.Groups = Without(a.Groups, g.ID)
		w.PostDelContacts(a, g.ID)
	}
	w.People.Groups = slices.DeleteFunc(w.People.Groups, func(other *Group) bool { return other == g })
	delete(w.People.details, g.ID)
}

// InviteURL returns the link in an invitation to a group.
func (w *World) InviteURL(g *Group, from, to string) string {
	return "https://support.weixin.qq.com/cgi-bin/mmsupport-bin/addchatroombyinvite?ticket=" + w.IDs.Digest("invitation", g.ID, from, to)
}

// inviteByCard is the number of members above which nobody is added at once: who is invited gets a
// card.
const inviteByCard = 40

// Invite has an account invite friends to a group: it adds them, or sends each a card.
func (w *World) Invite(g *Group, by *Account, endpoint string, wxids []string) {
	if len(g.Members) <= inviteByCard {
		w.AddMembers(g, by.Wxid, wxids)
		return
	}
	for _, to := range wxids {
		if g.Has(to) {
			continue
		}
		e := w.invitation(g, by.Wxid, to)
		e.AppID, e.Conversation, e.Endpoint = by.AppID, to, endpoint
		if w.People.ByWxid(to) != nil {
			e.Mirror = by.Wxid
		}
		w.Publish(e, by)
	}
}

// invitation is the card by which somebody can join a group.
func (w *World) invitation(g *Group, from, to string) *Entry {
	content := inviteXML(from, w.People.Nick(from), g, w.InviteURL(g, from, to))
	e := &Entry{Message: message.Message{
		From: from, To: to, MsgType: message.TypeApp, Content: content, Time: w.Now(), NewMsgID: w.IDs.NewMsgID(),
		Callback: message.CallbackNone,
	}}
	e.Kind, e.Text = message.Describe(message.TypeApp, content)
	return e
}

// apply posts an application to those who manage a group. It returns the last notice, or nil if no
// account manages the group.
func (w *World) apply(g *Group, by string, wxids []string, reason string) *Entry {
	content := applicationXML(g, w.People.parties(by)[0], reason, w.IDs.signature(), w.People.parties(wxids...))
	var last *Entry
	for _, a := range w.accountsIn(g) {
		if g.Manages(a.Wxid) {
			last = w.Notify(a, g.ID, content)
			w.People.Details(g).Applications[last.NewMsgID] = &Application{by, wxids}
		}
	}
	return last
}

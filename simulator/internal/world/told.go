package world

import (
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// Told is a message of a recording, in the words of this world.
type Told struct {
	Account *Account // who receives it; it is for no other account
	Chat    string   // the group or the peer
	From    string   // empty for a notice
	MsgType int
	Content string
	At      []string
	// NewMsgID is the id of the message; 0 means a new one.
	NewMsgID uint64
}

// Tell posts a message of a recording as a new one. The caller holds the lock.
func (w *World) Tell(t Told) *Entry {
	e := &Entry{only: t.Account, Message: message.Message{
		Conversation: t.Chat, From: t.From, To: t.Chat, MsgType: t.MsgType, Content: t.Content, At: t.At,
		Time: w.Now(), NewMsgID: t.NewMsgID, Callback: message.CallbackNone,
	}}
	if e.NewMsgID == 0 {
		e.NewMsgID = w.IDs.NewMsgID()
	}
	if e.From == "" {
		e.From = t.Chat
	}
	if !IsGroup(t.Chat) {
		e.AppID = t.Account.AppID
		if e.From != t.Account.Wxid {
			e.To = t.Account.Wxid
		}
	}
	e.Kind, e.Text = message.Describe(t.MsgType, t.Content)
	w.Publish(e, nil)
	return e
}

// Cast sees to it that a person can write to an account in a chat: what is missing of the person,
// the group and their relation is added, without notices. An empty who is nobody. The caller holds
// the lock.
func (w *World) Cast(a *Account, chat, who, nick string) {
	w.meet(who, nick, a)
	if !IsGroup(chat) {
		if w.meet(chat, "", a); !w.People.Knows(a, chat) {
			a.Friends = append(a.Friends, chat)
		}
		return
	}
	g := w.People.GroupByID(chat)
	if g == nil {
		g = &Group{ID: chat, Name: chat, Owner: a.Wxid}
		w.People.Groups = append(w.People.Groups, g)
	}
	for _, wxid := range []string{a.Wxid, who} {
		if wxid != "" && !g.Has(wxid) {
			g.Members = append(g.Members, Member{Wxid: wxid})
		}
	}
	if !slices.Contains(a.Groups, chat) {
		a.Groups = append(a.Groups, chat)
	}
}

// meet adds a person that the world does not know.
func (w *World) meet(wxid, nick string, a *Account) {
	if wxid == "" || wxid == fileHelper || wxid == a.Wxid {
		return
	}
	if _, known := w.People.Profile(wxid); known {
		return
	}
	if nick == "" {
		nick = wxid
	}
	w.People.Contacts = append(w.People.Contacts, Contact{Wxid: wxid, Nickname: nick})
}

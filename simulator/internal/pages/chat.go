package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// pageOf is how many messages a page shows.
const pageOf = 100

func escape(part string) string { return url.PathEscape(part) }

// chatURL returns the path of a chat.
func chatURL(account, chat string) string { return "/chat/" + escape(account) + "/" + escape(chat) }

// anyChat leads to the first chat of the first account.
func (p *Pages) anyChat(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	a := p.World.People.Accounts[0]
	chats := p.chatsOf(a)
	p.World.Unlock()
	to := "/chat/" + escape(a.AppID)
	if len(chats) > 0 {
		to = chatURL(a.AppID, chats[0].ID)
	}
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // a path of this site
}

// chatView is what the page "chat" shows.
type chatView struct {
	Account, ID   string
	Name          string
	Group         bool
	Members       []person
	Chats         []chatLink
	As            person
	People        []person // who can speak
	Others        []person // who are not in the group
	Rows          []web.Card
	Older, Newer  string
	Selected      int64
	Trace         *traceView
	Draft         string
	Quote         *quoted
	URL, Save     string
	Back          string // where a form leads to without a script
	Bot           bool
	BaseURL       string
	Token         string
	CallbackError string
	Forget        string // the URL without the selected message
	List          bool   // only the list of chats
	Gone          bool   // the account is not in the group any more
}

type quoted struct {
	Seq        int64
	Name, Text string
}

// person is somebody who can speak.
type person struct {
	Wxid, Name string
	Account    bool // the account's own phone
	Role       string
	URL        string // to be this person
	Current    bool
}

// chatLink is a chat in the list.
type chatLink struct {
	ID, Name, Text string
	Time           time.Time
	Seq            int64
	Group          bool
	Current        bool
	Bad            bool // the callback of its last message failed
	URL            string
}

// find returns the account and the chat of a request. The caller holds the lock.
func (p *Pages) find(r *http.Request) (a *world.Account, chat string, err error) {
	if a = p.World.People.ByApp(chi.URLParam(r, "account")); a == nil {
		return nil, "", errors.New(p.texts(r).T("chat.noaccount", chi.URLParam(r, "account")))
	}
	id, err := url.PathUnescape(chi.URLParam(r, "chat"))
	if err != nil || id == "" {
		return a, "", err
	}
	if chat, err = p.World.ConversationID(id); err != nil {
		return a, "", err
	}
	return a, chat, nil
}

// chat is GET /chat/{account}/{chat}.
func (p *Pages) chat(w http.ResponseWriter, r *http.Request) {
	position := p.hub.Position()
	p.World.Lock()
	a, chat, err := p.find(r)
	if err != nil {
		p.World.Unlock()
		p.fail(w, r, http.StatusNotFound, err)
		return
	}
	v := p.view(r, a, chat)
	p.World.Unlock()
	topics := "chats:" + a.AppID
	if chat != "" && v.Newer == "" {
		topics += ",chat:" + a.AppID + ":" + chat
	}
	if v.Selected != 0 {
		topics += ",trace:" + strconv.FormatInt(v.Selected, 10)
	}
	p.render(w, r, a.AppID, web.Page{
		Name: "chat", Title: cmp.Or(v.Name, p.texts(r).T("nav.chat")), Bare: true, Wide: true, Nav: "chat", Data: v,
		Stream: streamFrom(topics, position),
	})
}

// view returns what the page of a chat shows. The caller holds the lock.
func (p *Pages) view(r *http.Request, a *world.Account, chat string) *chatView {
	v := &chatView{
		Account: a.AppID, ID: chat, Chats: p.chatsOf(a), Bot: p.Out.URL() != "", BaseURL: p.BaseURL(), Token: p.Token,
		List: chat == "", Draft: r.FormValue("draft"),
	}
	for i := range v.Chats {
		v.Chats[i].Current = v.Chats[i].ID == chat
	}
	if chat == "" {
		return v
	}
	v.URL = chatURL(a.AppID, chat)
	v.Save, v.Name, v.Group = v.URL+"/save", p.chatName(chat), world.IsGroup(chat)
	p.cast(r, v, a)
	v.Forget = v.URL + "?as=" + url.QueryEscape(v.As.Wxid)
	v.Back = v.Forget
	v.Selected = number(r, "msg")
	if v.Selected != 0 {
		if e, ok := p.World.Messages.At(v.Selected); ok && p.in(e, a, chat) {
			v.Trace = p.traceOf(p.texts(r), a, chat, e)
			v.Back += "&msg=" + strconv.FormatInt(v.Selected, 10)
		} else {
			v.Selected = 0
		}
	}
	if q := number(r, "quote"); q != 0 {
		if e, ok := p.World.Messages.At(q); ok && p.in(e, a, chat) {
			c := p.cardOf(p.texts(r), a, e)
			v.Quote = &quoted{q, c.From, cmp.Or(c.Text, c.Title, c.Name, c.Kind)}
		}
	}
	p.rows(r, v, a)
	return v
}

// rows fills in the messages: the last ones before ?before=, or around the selected one. The caller
// holds the lock.
func (p *Pages) rows(r *http.Request, v *chatView, a *world.Account) {
	before := number(r, "before")
	last := p.World.Messages.Next()
	if before == 0 || before > last {
		before = last
	}
	entries := p.before(a, v.ID, before, pageOf+1)
	if v.Selected != 0 && len(entries) > 0 && v.Selected < entries[0].Seq {
		before = v.Selected + 1
		entries = p.before(a, v.ID, before, pageOf+1)
	}
	if len(entries) > pageOf {
		entries = entries[1:]
		v.Older = v.Forget + "&before=" + strconv.FormatInt(entries[0].Seq, 10)
	}
	newest := p.before(a, v.ID, last, 1)
	if before < last && len(newest) > 0 && (len(entries) == 0 || newest[0] != entries[len(entries)-1]) {
		v.Newer = v.Forget
	}
	var earlier *world.Entry
	for _, e := range entries {
		c := p.cardOf(p.texts(r), a, e)
		group(&c, e, earlier)
		c.Selected = e.Seq == v.Selected
		v.Rows = append(v.Rows, c)
		switch e.Callback {
		case message.CallbackFailed:
			v.CallbackError = e.CallbackError
		case message.CallbackAcknowledged:
			v.CallbackError = ""
		}
		earlier = e
	}
}

// before returns the last messages of a chat before a number, oldest first. The caller holds the
// lock.
func (p *Pages) before(a *world.Account, chat string, seq int64, most int) []*world.Entry {
	var entries []*world.Entry
	for e := range p.World.Backward(seq) {
		if p.in(e, a, chat) {
			if entries = append(entries, e); len(entries) == most {
				break
			}
		}
	}
	slices.Reverse(entries)
	return entries
}

// in reports whether a message belongs to a chat of an account.
func (p *Pages) in(e *world.Entry, a *world.Account, chat string) bool {
	return p.World.ChatOf(a, e) == chat
}

// chatName returns the name of a chat.
func (p *Pages) chatName(id string) string {
	if g := p.World.People.GroupByID(id); g != nil {
		return g.Name
	}
	return p.World.People.Nick(id)
}

// scanned bounds how many messages the list of chats looks at.
const scanned = 20_000

// chatsOf returns the chats of an account: those with messages first, newest first. The caller
// holds the lock.
func (p *Pages) chatsOf(a *world.Account) []chatLink {
	last, n := map[string]*world.Entry{}, 0
	for e := range p.World.Backward(p.World.Messages.Next()) {
		if id := p.World.ChatOf(a, e); id != "" && last[id] == nil {
			last[id] = e
		}
		if n++; n == scanned {
			break
		}
	}
	var ids []string
	for _, g := range p.World.People.Groups {
		if g.Has(a.Wxid) {
			ids = append(ids, g.ID)
		}
	}
	ids = append(ids, a.Friends...)
	for id := range last {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var chats []chatLink
	for _, id := range ids {
		chats = append(chats, p.chatLink(a, id, last[id]))
	}
	slices.SortStableFunc(chats, func(x, y chatLink) int { return cmp.Compare(y.Seq, x.Seq) })
	return chats
}

func (p *Pages) chatLink(a *world.Account, id string, last *world.Entry) chatLink {
	l := chatLink{ID: id, Name: p.chatName(id), Group: world.IsGroup(id), URL: chatURL(a.AppID, id)}
	if last != nil {
		l.Text, l.Time, l.Seq = last.Text, time.Unix(last.Time, 0), last.Seq
		l.Bad = last.Callback == message.CallbackFailed
		if l.Group && last.Text != "" {
			l.Text = p.World.People.Nick(last.From) + ": " + last.Text
		}
	}
	return l
}

// cast fills in who can speak in a chat. The caller holds the lock.
func (p *Pages) cast(r *http.Request, v *chatView, a *world.Account) {
	if g := p.World.People.GroupByID(v.ID); g != nil {
		for _, m := range g.Members {
			one := person{Wxid: m.Wxid, Name: cmp.Or(m.DisplayName, p.World.People.Nick(m.Wxid)), Account: m.Wxid == a.Wxid}
			switch {
			case g.Owner == m.Wxid:
				one.Role = "owner"
			case g.Manages(m.Wxid):
				one.Role = "admin"
			}
			v.Members = append(v.Members, one)
		}
		for _, c := range p.World.People.Contacts {
			if !g.Has(c.Wxid) {
				v.Others = append(v.Others, person{Wxid: c.Wxid, Name: p.World.People.Nick(c.Wxid)})
			}
		}
		v.Gone = !g.Has(a.Wxid)
	} else {
		v.Members = []person{{Wxid: v.ID, Name: p.World.People.Nick(v.ID)}, {Wxid: a.Wxid, Name: a.Nickname, Account: true}}
	}
	slices.SortStableFunc(v.Members, func(x, y person) int { return cmp.Compare(order(x), order(y)) })
	v.People = v.Members
	as := r.FormValue("as")
	for i := range v.People {
		v.People[i].URL = v.URL + "?as=" + url.QueryEscape(v.People[i].Wxid)
		if v.People[i].Wxid == as {
			v.As = v.People[i]
		}
	}
	if v.As.Wxid == "" && len(v.People) > 0 {
		v.As = v.People[0]
	}
	for i := range v.People {
		v.People[i].Current = v.People[i].Wxid == v.As.Wxid
	}
}

// order puts the account's own phone last.
func order(p person) int {
	if p.Account {
		return 1
	}
	return 0
}

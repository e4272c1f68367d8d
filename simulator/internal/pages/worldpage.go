package pages

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

type worldView struct {
	Accounts []accountView
	People   []personView
	Groups   []groupView
}

type accountView struct {
	AppID, Wxid, Name string
	Online            bool
	URL, Login        string
}

type personView struct {
	Wxid, Name, Remark, Alias string
	Friend                    []friendOf
	Groups                    []string
}

// friendOf is an account that a person is a friend of; with the chat.
type friendOf struct{ Name, URL string }

type groupView struct {
	ID, Name, Owner string
	Members         []memberView
	URL             string
	Code            string
	Announcement    string
	Seen            []string // by these accounts
}

type memberView struct{ Wxid, Name, Role string }

// worldPage is GET /world.
func (p *Pages) worldPage(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	v := p.worldView()
	p.World.Unlock()
	p.render(w, r, "", web.Page{Name: "world", Title: p.texts(r).T("nav.world"), Nav: "world", Data: v})
}

func (p *Pages) worldView() worldView {
	var v worldView
	people := &p.World.People
	for _, a := range people.Accounts {
		v.Accounts = append(v.Accounts, accountView{
			AppID: a.AppID, Wxid: a.Wxid, Name: a.Nickname, Online: !a.Offline, URL: "/chat/" + escape(a.AppID),
			Login: "/login/" + escape(a.AppID),
		})
	}
	for _, c := range people.Contacts {
		one := personView{Wxid: c.Wxid, Name: c.Nickname, Remark: c.Remark, Alias: c.Alias}
		for _, a := range people.Accounts {
			if slices.Contains(a.Friends, c.Wxid) {
				one.Friend = append(one.Friend, friendOf{a.Nickname, chatURL(a.AppID, c.Wxid)})
			}
		}
		for _, g := range people.Groups {
			if g.Has(c.Wxid) {
				one.Groups = append(one.Groups, g.Name)
			}
		}
		v.People = append(v.People, one)
	}
	for _, g := range people.Groups {
		one := groupView{
			ID: g.ID, Name: g.Name, Owner: people.Nick(g.Owner), Code: p.World.GroupCode(g),
			Announcement: people.Details(g).Announcement.Announcement,
		}
		for _, m := range g.Members {
			role := ""
			switch {
			case m.Wxid == g.Owner:
				role = "owner"
			case g.Manages(m.Wxid):
				role = "admin"
			}
			one.Members = append(one.Members, memberView{m.Wxid, cmp.Or(m.DisplayName, people.Nick(m.Wxid)), role})
		}
		for _, a := range people.Accounts {
			if g.Has(a.Wxid) {
				one.Seen = append(one.Seen, a.Nickname)
				one.URL = cmp.Or(one.URL, chatURL(a.AppID, g.ID))
			}
		}
		v.Groups = append(v.Groups, one)
	}
	return v
}

// addPerson is POST /world/people: a stranger, who becomes a friend of an account if one is named.
func (p *Pages) addPerson(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSpace(r.FormValue("name"))
	if name == "" {
		p.fail(w, r, http.StatusUnprocessableEntity, errors.New(p.texts(r).T("world.noname")))
		return
	}
	p.World.Lock()
	wxid := strings.TrimSpace(r.FormValue("wxid"))
	if wxid == "" {
		wxid = "wxid_" + p.World.IDs.Digest("person", name)[:12]
	}
	p.World.Unlock()
	if err := p.AddContact(world.Contact{Wxid: wxid, Nickname: name}); err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	p.World.Lock()
	if a := p.World.People.ByApp(r.FormValue("friend")); a != nil {
		a.Friends = append(a.Friends, wxid)
	}
	p.World.Unlock()
	p.done(w, r)
}

// addGroup is POST /world/groups: a group of an account and people.
func (p *Pages) addGroup(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSpace(r.FormValue("name"))
	p.World.Lock()
	defer p.World.Unlock()
	a := p.World.People.ByApp(r.FormValue("account"))
	if a == nil {
		a = p.World.People.Accounts[0]
	}
	if name == "" || len(r.Form["who"]) == 0 {
		p.World.Unlock()
		p.fail(w, r, http.StatusUnprocessableEntity, errors.New(p.texts(r).T("world.nogroup")))
		p.World.Lock()
		return
	}
	g := &world.Group{ID: p.World.NewGroupID(), Name: name, Owner: a.Wxid, Members: []world.Member{{Wxid: a.Wxid}}}
	for _, id := range r.Form["who"] {
		if _, known := p.World.People.Profile(id); known && !g.Has(id) {
			g.Members = append(g.Members, world.Member{Wxid: id})
		}
	}
	p.World.People.Groups = append(p.World.People.Groups, g)
	http.Redirect(w, r, chatURL(a.AppID, g.ID), http.StatusSeeOther) //nolint:gosec // a path of this site
}

// switchAccount is POST /world/accounts: an account goes offline by a lost connection, or online.
func (p *Pages) switchAccount(w http.ResponseWriter, r *http.Request) {
	step := world.LoginStep{AppID: r.FormValue("account"), Action: world.LoginDisconnect}
	if r.FormValue("online") != "" {
		p.World.Lock()
		if a := p.World.People.ByApp(step.AppID); a != nil {
			a.Offline, a.Disconnected = false, false
			p.World.Broadcast()
		}
		p.World.Unlock()
		p.done(w, r)
		return
	}
	if _, err := p.World.Advance(step); err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	p.done(w, r)
}

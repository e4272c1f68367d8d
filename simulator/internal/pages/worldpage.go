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

// changed answers a form that changes who exists: with the page that it leads to, or with why not.
func (p *Pages) changed(w http.ResponseWriter, r *http.Request, to string, err error) {
	if err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // a path of this site
}

// addPerson is POST /world/people: a stranger, who becomes a friend of an account if one is named.
func (p *Pages) addPerson(w http.ResponseWriter, r *http.Request) {
	name, wxid := field(r, "name"), field(r, "wxid")
	err := errors.New(p.texts(r).T("world.noname"))
	if name != "" {
		err = p.EditWorld(func(e *world.Everyone) error {
			if wxid == "" {
				wxid = "wxid_" + p.World.IDs.Digest("person", name)[:12]
			}
			e.Contacts = append(e.Contacts, world.Contact{Wxid: wxid, Nickname: name})
			for _, a := range e.Accounts {
				if a.AppID == r.FormValue("friend") {
					a.Friends = append(a.Friends, wxid)
				}
			}
			return nil
		})
	}
	p.changed(w, r, p.back(r), err)
}

// addGroup is POST /world/groups: a group of an account and people.
func (p *Pages) addGroup(w http.ResponseWriter, r *http.Request) {
	name := field(r, "name")
	err := errors.New(p.texts(r).T("world.nogroup"))
	var to string
	if name != "" && len(r.Form["who"]) > 0 {
		err = p.EditWorld(func(e *world.Everyone) error {
			a := e.Accounts[0]
			for _, other := range e.Accounts {
				if other.AppID == r.FormValue("account") {
					a = other
				}
			}
			g := &world.Group{ID: p.World.NewGroupID(), Name: name, Owner: a.Wxid}
			for _, wxid := range append([]string{a.Wxid}, r.Form["who"]...) {
				e.Put(g, wxid)
			}
			e.Groups, to = append(e.Groups, g), chatURL(a.AppID, g.ID)
			return nil
		})
	}
	p.changed(w, r, to, err)
}

// switchAccount is POST /world/accounts: a new account, or one that goes offline by a lost
// connection, or online.
func (p *Pages) switchAccount(w http.ResponseWriter, r *http.Request) {
	var err error
	switch app := field(r, "account"); {
	case r.FormValue("new") != "":
		err = p.EditWorld(func(e *world.Everyone) error {
			a := &world.Account{AppID: field(r, "app_id"), Wxid: field(r, "wxid"), Nickname: cmp.Or(field(r, "name"), field(r, "wxid"))}
			for _, c := range e.Contacts {
				a.Friends = append(a.Friends, c.Wxid)
			}
			e.Accounts = append(e.Accounts, a)
			return nil
		})
	case r.FormValue("online") != "":
		err = p.EditWorld(func(e *world.Everyone) error {
			for _, a := range e.Accounts {
				a.Offline = a.Offline && a.AppID != app
			}
			return nil
		})
	default:
		_, err = p.World.Advance(world.LoginStep{AppID: app, Action: world.LoginDisconnect})
	}
	p.changed(w, r, p.back(r), err)
}

// field returns a field of a form, without white space around it.
func field(r *http.Request, name string) string { return strings.TrimSpace(r.FormValue(name)) }

package pages

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// editView is what the page "worldedit" shows: a person, a group, an account, or the file.
type editView struct {
	Person  *world.Contact
	Group   *groupEdit
	Account *world.Account
	Friends []choice // accounts of a person, or people of an account
	Groups  []choice // of a person
	YAML    string
	Curl    string
	Only    bool // the only account, which cannot be removed
	URL     string
}

// choice is something that can be chosen.
type choice struct {
	ID, Name string
	Chosen   bool
}

// groupEdit is a group with its members, and those who are not.
type groupEdit struct {
	ID, Name string
	Members  []memberEdit
	Others   []choice
}

type memberEdit struct{ Wxid, Name, Nick, Role string }

// id returns the id in the path of a request.
func id(r *http.Request) string {
	given, err := url.PathUnescape(chi.URLParam(r, "id"))
	if err != nil {
		return ""
	}
	return given
}

// edit renders a page to edit something, or that it does not exist.
func (p *Pages) edit(w http.ResponseWriter, r *http.Request, name string, v *editView) {
	if v == nil {
		p.fail(w, r, http.StatusNotFound, errors.New(p.texts(r).T("world.gone", id(r))))
		return
	}
	v.URL = r.URL.EscapedPath()
	p.render(w, r, "", web.Page{Name: "worldedit", Title: p.texts(r).T("world.edit", name), Nav: "world", Data: v})
}

// personPage is GET /world/people/{id}.
func (p *Pages) personPage(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	var v *editView
	var name string
	for _, c := range p.World.People.Contacts {
		if c.Wxid != id(r) {
			continue
		}
		v, name = &editView{Person: &c}, c.Nickname
		for _, a := range p.World.People.Accounts {
			v.Friends = append(v.Friends, choice{a.AppID, a.Nickname, slices.Contains(a.Friends, c.Wxid)})
		}
		for _, g := range p.World.People.Groups {
			v.Groups = append(v.Groups, choice{g.ID, g.Name, g.Has(c.Wxid)})
		}
	}
	p.World.Unlock()
	p.edit(w, r, name, v)
}

// editPerson is POST /world/people/{id}.
func (p *Pages) editPerson(w http.ResponseWriter, r *http.Request) {
	wxid := id(r)
	name := field(r, "nickname") // parses the form
	err := p.EditWorld(func(e *world.Everyone) error {
		i := slices.IndexFunc(e.Contacts, func(c world.Contact) bool { return c.Wxid == wxid })
		switch {
		case i < 0:
			return errors.New(p.texts(r).T("world.gone", wxid))
		case r.FormValue("do") == "remove":
			e.Drop(wxid)
			return nil
		case name == "":
			return errors.New(p.texts(r).T("world.noname"))
		}
		c := &e.Contacts[i]
		sex, _ := strconv.Atoi(r.FormValue("sex")) // 0 is unknown
		c.Nickname, c.Remark, c.Alias, c.Sex, c.Signature = name, field(r, "remark"), field(r, "alias"), sex, field(r, "signature")
		for _, a := range e.Accounts {
			a.Friends = slices.DeleteFunc(a.Friends, func(f string) bool { return f == wxid })
			if slices.Contains(r.Form["friend"], a.AppID) {
				a.Friends = append(a.Friends, wxid)
			}
		}
		for _, g := range slices.Clone(e.Groups) {
			switch in := slices.Contains(r.Form["group"], g.ID); {
			case in:
				e.Put(g, wxid)
			case g.Has(wxid):
				e.Take(g, wxid)
			}
		}
		return nil
	})
	p.changed(w, r, "/world", err)
}

// groupPage is GET /world/groups/{id}.
func (p *Pages) groupPage(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	var v *editView
	var name string
	if g := p.World.People.GroupByID(id(r)); g != nil {
		one := &groupEdit{ID: g.ID, Name: g.Name}
		for _, m := range g.Members {
			one.Members = append(one.Members, memberEdit{m.Wxid, m.DisplayName, p.World.People.Nick(m.Wxid), roleOf(g, m.Wxid)})
		}
		for _, c := range p.World.Everybody() {
			if !g.Has(c.Wxid) {
				one.Others = append(one.Others, choice{ID: c.Wxid, Name: p.World.People.Nick(c.Wxid)})
			}
		}
		v, name = &editView{Group: one}, g.Name
	}
	p.World.Unlock()
	p.edit(w, r, name, v)
}

// roleOf returns the role of a member: owner, admin, or empty.
func roleOf(g *world.Group, wxid string) string {
	switch {
	case g.Owner == wxid:
		return "owner"
	case g.Manages(wxid):
		return "admin"
	}
	return ""
}

// editGroup is POST /world/groups/{id}. Each member has the fields role-WXID and name-WXID; out is
// the role of who leaves.
func (p *Pages) editGroup(w http.ResponseWriter, r *http.Request) {
	given := id(r)
	name := field(r, "name") // parses the form
	err := p.EditWorld(func(e *world.Everyone) error {
		i := slices.IndexFunc(e.Groups, func(g *world.Group) bool { return g.ID == given })
		switch {
		case i < 0:
			return errors.New(p.texts(r).T("world.gone", given))
		case r.FormValue("do") == "remove":
			e.DropGroup(given)
			return nil
		case name == "":
			return errors.New(p.texts(r).T("world.nogroup"))
		}
		g := e.Groups[i]
		g.Name, g.Admins = name, nil
		for _, m := range slices.Clone(g.Members) {
			role, sent := r.Form["role-"+m.Wxid]
			if !sent {
				continue
			}
			switch role[0] {
			case "out":
				e.Take(g, m.Wxid)
				continue
			case "owner":
				g.Owner = m.Wxid
			case "admin":
				g.Admins = append(g.Admins, m.Wxid)
			}
			j := slices.IndexFunc(g.Members, func(one world.Member) bool { return one.Wxid == m.Wxid })
			g.Members[j].DisplayName = field(r, "name-"+m.Wxid)
		}
		for _, wxid := range r.Form["who"] {
			if wxid != "" {
				e.Put(g, wxid)
			}
		}
		return nil
	})
	p.changed(w, r, "/world", err)
}

// accountPage is GET /world/accounts/{id}.
func (p *Pages) accountPage(w http.ResponseWriter, r *http.Request) {
	p.World.Lock()
	var v *editView
	var name string
	if a := p.World.People.ByApp(id(r)); a != nil {
		c := *a
		v, name = &editView{Account: &c, Only: len(p.World.People.Accounts) == 1}, a.Nickname
		for _, known := range p.World.Everybody() {
			if known.Wxid != a.Wxid {
				v.Friends = append(v.Friends, choice{known.Wxid, known.Nickname, slices.Contains(a.Friends, known.Wxid)})
			}
		}
	}
	p.World.Unlock()
	p.edit(w, r, name, v)
}

// editAccount is POST /world/accounts/{id}.
func (p *Pages) editAccount(w http.ResponseWriter, r *http.Request) {
	app := id(r)
	name := field(r, "nickname") // parses the form
	err := p.EditWorld(func(e *world.Everyone) error {
		i := slices.IndexFunc(e.Accounts, func(a *world.Account) bool { return a.AppID == app })
		switch {
		case i < 0:
			return errors.New(p.texts(r).T("world.gone", app))
		case r.FormValue("do") == "remove":
			e.Drop(e.Accounts[i].Wxid)
			return nil
		case name == "":
			return errors.New(p.texts(r).T("world.noname"))
		}
		a := e.Accounts[i]
		a.Nickname, a.Offline, a.Friends = name, r.FormValue("online") == "", slices.Clone(r.Form["friend"])
		return nil
	})
	p.changed(w, r, "/world", err)
}

// worldFile is GET /world/file: who exists, as a file to edit.
func (p *Pages) worldFile(w http.ResponseWriter, r *http.Request) {
	text, err := p.SaveWorld()
	if err != nil {
		p.fail(w, r, http.StatusInternalServerError, err)
		return
	}
	p.render(w, r, "", web.Page{Name: "worldedit", Title: p.texts(r).T("world.file"), Nav: "world", Data: &editView{
		YAML: string(text),
		Curl: "curl " + p.root() + "/sim/world > world.yaml\ncurl -X PUT " + p.root() + "/sim/world --data-binary @world.yaml",
	}})
}

// loadWorld is POST /world/file: a file, or the text of one, replaces who exists.
func (p *Pages) loadWorld(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxMemory)
	text := r.FormValue("yaml")
	if f, _, err := r.FormFile("file"); err == nil {
		given, err := io.ReadAll(f)
		_ = f.Close() // it was only read
		if err == nil && len(bytes.TrimSpace(given)) > 0 {
			text = string(given)
		}
	}
	p.changed(w, r, "/world", p.LoadWorld(strings.NewReader(text)))
}

// resetWorld is POST /world/reset: what existed at the start is back.
func (p *Pages) resetWorld(w http.ResponseWriter, r *http.Request) {
	p.changed(w, r, "/world", p.ResetWorld())
}

package world

import "slices"

// Everyone is who exists: what a world begins with, and what can be replaced.
type Everyone struct {
	Accounts []*Account // with their exported fields only
	Contacts []Contact
	Groups   []*Group
}

// Everyone returns copies of the accounts, contacts and groups as they are now, without what is
// left of groups that have no members any more. The caller holds the lock.
func (w *World) Everyone() Everyone {
	var e Everyone
	in := map[string]*Group{}
	for _, g := range w.People.Groups {
		if len(g.Members) == 0 {
			continue
		}
		c := &Group{ID: g.ID, Name: g.Name, Owner: g.Owner, Members: slices.Clone(g.Members)}
		if !g.Has(c.Owner) {
			c.Owner = g.Members[0].Wxid
		}
		for _, admin := range g.Admins {
			if g.Has(admin) {
				c.Admins = append(c.Admins, admin)
			}
		}
		in[g.ID] = c
		e.Groups = append(e.Groups, c)
	}
	for _, a := range w.People.Accounts {
		c := &Account{AppID: a.AppID, Wxid: a.Wxid, Nickname: a.Nickname, Offline: a.Offline, Friends: slices.Clone(a.Friends)}
		for _, id := range a.Groups {
			if g := in[id]; g != nil && g.Has(a.Wxid) {
				c.Groups = append(c.Groups, id)
			}
		}
		e.Accounts = append(e.Accounts, c)
	}
	e.Contacts = slices.Clone(w.People.Contacts)
	return e
}

// Drop removes a person or an account with all of its relations.
func (e *Everyone) Drop(wxid string) {
	e.Contacts = slices.DeleteFunc(e.Contacts, func(c Contact) bool { return c.Wxid == wxid })
	e.Accounts = slices.DeleteFunc(e.Accounts, func(a *Account) bool { return a.Wxid == wxid })
	for _, a := range e.Accounts {
		a.Friends = slices.DeleteFunc(a.Friends, func(f string) bool { return f == wxid })
	}
	for _, g := range slices.Clone(e.Groups) {
		e.Take(g, wxid)
	}
}

// Take takes a person out of a group, which has another owner then, and is gone without members.
func (e *Everyone) Take(g *Group, wxid string) {
	g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return m.Wxid == wxid })
	g.Admins = slices.DeleteFunc(g.Admins, func(admin string) bool { return admin == wxid })
	if len(g.Members) == 0 {
		e.DropGroup(g.ID)
		return
	}
	if g.Owner == wxid {
		g.Owner = g.Members[0].Wxid
	}
	for _, a := range e.Accounts {
		if a.Wxid == wxid {
			a.Groups = slices.DeleteFunc(a.Groups, func(id string) bool { return id == g.ID })
		}
	}
}

// DropGroup removes a group.
func (e *Everyone) DropGroup(id string) {
	e.Groups = slices.DeleteFunc(e.Groups, func(g *Group) bool { return g.ID == id })
	for _, a := range e.Accounts {
		a.Groups = slices.DeleteFunc(a.Groups, func(known string) bool { return known == id })
	}
}

// Put puts a person into a group.
func (e *Everyone) Put(g *Group, wxid string) {
	if g.Has(wxid) {
		return
	}
	g.Members = append(g.Members, Member{Wxid: wxid})
	for _, a := range e.Accounts {
		if a.Wxid == wxid && !slices.Contains(a.Groups, g.ID) {
			a.Groups = append(a.Groups, g.ID)
		}
	}
}

// Replace replaces who exists, without notices and callbacks. Accounts and groups that are there
// already keep their messages and all else that the world knows of them; an account is the same if
// its app id and its wxid are. The caller holds the lock, and has checked e.
func (w *World) Replace(e Everyone) {
	var accounts []*Account
	for i, a := range e.Accounts {
		old := w.People.ByApp(a.AppID)
		if old == nil || old.Wxid != a.Wxid {
			a.prepare(len(w.People.Accounts) + i)
			w.enter(a)
			accounts = append(accounts, a)
			continue
		}
		if old.Offline != a.Offline {
			old.Offline, old.Disconnected = a.Offline, a.Offline
		}
		old.Nickname, old.Friends, old.Groups = a.Nickname, a.Friends, a.Groups
		accounts = append(accounts, old)
	}
	var groups []*Group
	for _, g := range e.Groups {
		if old := w.People.GroupByID(g.ID); old != nil {
			old.Name, old.Owner, old.Admins, old.Members = g.Name, g.Owner, g.Admins, g.Members
			g = old
		}
		groups = append(groups, g)
	}
	for id := range w.People.details {
		if !slices.ContainsFunc(groups, func(g *Group) bool { return g.ID == id }) {
			delete(w.People.details, id)
		}
	}
	w.People.Accounts, w.People.Contacts, w.People.Groups = accounts, e.Contacts, groups
	for _, d := range w.Devices.All {
		if d.Login != nil && d.Login.By != nil && !slices.Contains(accounts, d.Login.By) {
			d.Login = nil
		}
	}
	w.Broadcast()
}

// enter gives an account its device.
func (w *World) enter(a *Account) {
	if d := w.Devices.ByID(a.AppID); d != nil {
		d.Owner, d.Login = a.Wxid, nil
		return
	}
	w.Devices.All = append(w.Devices.All, &Device{ID: a.AppID, Kind: "ipad", Owner: a.Wxid})
}

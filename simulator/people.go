package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// people is who exists, by every name. The simulator's lock guards it.
type people struct {
	accounts []*account
	contacts []Contact
	groups   []*Group
	rooms    map[string]*room // group → what is not in the world
}

// fileHelper is a chat that everybody has with themselves.
const fileHelper = "filehelper"

func newPeople(w *World) people {
	p := people{contacts: w.Contacts, rooms: map[string]*room{}}
	for i, a := range w.Accounts {
		p.accounts = append(p.accounts, newAccount(i, a))
	}
	for i := range w.Groups {
		p.groups = append(p.groups, &w.Groups[i])
	}
	return p
}

func (p *people) byApp(appID string) *account {
	for _, a := range p.accounts {
		if a.AppID == appID {
			return a
		}
	}
	return nil
}

func (p *people) byWxid(wxid string) *account {
	for _, a := range p.accounts {
		if a.Wxid == wxid {
			return a
		}
	}
	return nil
}

func (p *people) groupByID(id string) *Group {
	for _, g := range p.groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// profile is the contact card of a person, accounts included.
func (p *people) profile(wxid string) (Contact, bool) {
	for _, c := range p.contacts {
		if c.Wxid == wxid {
			return c, true
		}
	}
	if a := p.byWxid(wxid); a != nil {
		return a.profile(), true
	}
	return Contact{}, false
}

// nick is the name that a phone shows: the remark, else the nickname.
func (p *people) nick(wxid string) string {
	c, ok := p.profile(wxid)
	switch {
	case !ok:
		return wxid
	case c.Remark != "":
		return c.Remark
	default:
		return c.Nickname
	}
}

// person finds somebody by wxid, wxid without "wxid_", nickname, remark or alias.
func (p *people) person(name string) (string, error) {
	if _, exact := p.profile(name); exact || name == fileHelper {
		return name, nil
	}
	return pick(name, p.everybody(), "person")
}

// pick finds the one person whom a name means. An exact wxid goes before everything else.
func pick(name string, among []Contact, what string) (string, error) {
	var found, known []string
	for _, c := range among {
		if c.Wxid == name {
			return name, nil
		}
		for _, n := range []string{strings.TrimPrefix(c.Wxid, "wxid_"), c.Nickname, c.Remark, c.Alias} {
			if n != "" && strings.EqualFold(n, name) {
				found = append(found, c.Wxid)
				break
			}
		}
		known = append(known, c.Wxid)
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("there is no %s %q; there are %s", what, name, list(known))
	case 1:
		return found[0], nil
	default:
		return "", fmt.Errorf("%q is not one %s but %s: use the wxid", name, what, list(found))
	}
}

// member finds somebody in a group; the names in the group count as well.
func (p *people) member(g *Group, name string) (string, error) {
	var among []Contact
	for _, m := range g.Members {
		c, _ := p.profile(m.Wxid)
		if m.DisplayName != "" {
			if m.DisplayName == name {
				return m.Wxid, nil
			}
			c.Alias = m.DisplayName
		}
		among = append(among, c)
	}
	return pick(name, among, "member of group "+g.Name)
}

// group finds a group by id, by the digits of the id, or by name.
func (p *people) group(name string) (*Group, error) {
	if g := p.groupByID(name); g != nil {
		return g, nil
	}
	var found []*Group
	for _, g := range p.groups {
		if digits, _, _ := strings.Cut(g.ID, "@"); digits == name || g.Name == name {
			found = append(found, g)
		}
	}
	switch len(found) {
	case 0:
		var known []string
		for _, g := range p.groups {
			known = append(known, fmt.Sprintf("%s (%s)", g.Name, g.ID))
		}
		return nil, fmt.Errorf("there is no group %q; there are %s", name, list(known))
	case 1:
		return found[0], nil
	default:
		return nil, fmt.Errorf("%d groups are called %q: use the id", len(found), name)
	}
}

// conversation finds the id of a chat by any name of the group or the person.
func (p *people) conversation(name string) (string, error) {
	if g, err := p.group(name); err == nil {
		return g.ID, nil
	}
	if isGroup(name) {
		_, err := p.group(name)
		return "", err
	}
	id, err := p.person(name)
	if err != nil {
		return "", fmt.Errorf("%q is neither a group nor a person; GET /sim/state lists them", name)
	}
	return id, nil
}

// knows tells whether an account can write to somebody: a friend, a group it is in, or itself.
func (p *people) knows(a *account, id string) bool {
	if isGroup(id) {
		g := p.groupByID(id)
		return g != nil && g.has(a.Wxid)
	}
	return id == fileHelper || id == a.Wxid || slices.Contains(a.Friends, id)
}

// list writes at most a dozen words.
func list(words []string) string {
	const most = 12
	if len(words) > most {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", len(words)-most)
	}
	return strings.Join(words, ", ")
}

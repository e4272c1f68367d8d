package world

import (
	"fmt"
	"slices"
	"strings"
)

// People is who exists, by every name. The simulator's lock guards it.
type People struct {
	Accounts []*Account
	Contacts []Contact
	Groups   []*Group
	rooms    map[string]*room // group → what is not in the world
}

// fileHelper is a chat that everybody has with themselves.
const fileHelper = "filehelper"

func newPeople(c Config) People {
	for i, a := range c.Accounts {
		a.prepare(i)
	}
	return People{Accounts: c.Accounts, Contacts: c.Contacts, Groups: c.Groups, rooms: map[string]*room{}}
}

func (p *People) ByApp(appID string) *Account {
	for _, a := range p.Accounts {
		if a.AppID == appID {
			return a
		}
	}
	return nil
}

func (p *People) ByWxid(wxid string) *Account {
	for _, a := range p.Accounts {
		if a.Wxid == wxid {
			return a
		}
	}
	return nil
}

func (p *People) GroupByID(id string) *Group {
	for _, g := range p.Groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// Profile is the contact card of a person, accounts included.
func (p *People) Profile(wxid string) (Contact, bool) {
	for _, c := range p.Contacts {
		if c.Wxid == wxid {
			return c, true
		}
	}
	if a := p.ByWxid(wxid); a != nil {
		return a.Profile(), true
	}
	return Contact{}, false
}

// Nick is the name that a phone shows: the remark, else the nickname.
func (p *People) Nick(wxid string) string {
	c, ok := p.Profile(wxid)
	switch {
	case !ok:
		return wxid
	case c.Remark != "":
		return c.Remark
	default:
		return c.Nickname
	}
}

// Person finds somebody by wxid, wxid without "wxid_", nickname, remark or alias.
func (p *People) Person(name string) (string, error) {
	if _, exact := p.Profile(name); exact || name == fileHelper {
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

// Member finds somebody in a group; the names in the group count as well.
func (p *People) Member(g *Group, name string) (string, error) {
	var among []Contact
	for _, m := range g.Members {
		c, _ := p.Profile(m.Wxid)
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

// Group finds a group by id, by the digits of the id, or by name.
func (p *People) Group(name string) (*Group, error) {
	if g := p.GroupByID(name); g != nil {
		return g, nil
	}
	var found []*Group
	for _, g := range p.Groups {
		if digits, _, _ := strings.Cut(g.ID, "@"); digits == name || g.Name == name {
			found = append(found, g)
		}
	}
	switch len(found) {
	case 0:
		var known []string
		for _, g := range p.Groups {
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
func (p *People) conversation(name string) (string, error) {
	if g, err := p.Group(name); err == nil {
		return g.ID, nil
	}
	if IsGroup(name) {
		_, err := p.Group(name)
		return "", err
	}
	id, err := p.Person(name)
	if err != nil {
		return "", fmt.Errorf("%q is neither a group nor a person; GET /sim/state lists them", name)
	}
	return id, nil
}

// Knows tells whether an account can write to somebody: a friend, a group it is in, or itself.
func (p *People) Knows(a *Account, id string) bool {
	if IsGroup(id) {
		g := p.GroupByID(id)
		return g != nil && g.Has(a.Wxid)
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

// everybody is all people, accounts included.
func (p *People) everybody() []Contact {
	all := slices.Clone(p.Contacts)
	for _, a := range p.Accounts {
		all = append(all, a.Profile())
	}
	return all
}

// Search finds a person as WeChat does: by the exact alias, wxid or phone number.
func (p *People) Search(info string) (Contact, bool) {
	for _, a := range p.Accounts {
		if info == a.Mobile {
			return a.Profile(), true
		}
	}
	for _, c := range p.everybody() {
		if strings.EqualFold(c.Alias, info) && info != "" || c.Wxid == info {
			return c, true
		}
	}
	return Contact{}, false
}

// IsGroup tells a group's id from a person's.
func IsGroup(id string) bool {
	return strings.HasSuffix(id, "@chatroom") || strings.HasSuffix(id, "@im.chatroom")
}

// Contact is a person or an official account; see simulator.Contact.
type Contact struct {
	Wxid      string
	Nickname  string
	Remark    string
	Alias     string
	Sex       int
	Signature string
	Country   string
	Province  string
	City      string
}

// Group is a group chat; see simulator.Group.
type Group struct {
	ID      string
	Name    string
	Owner   string
	Admins  []string
	Members []Member
}

// Member is a member of a group; see simulator.Member.
type Member struct {
	Wxid        string
	DisplayName string
}

func (g *Group) Has(wxid string) bool {
	return slices.ContainsFunc(g.Members, func(m Member) bool { return m.Wxid == wxid })
}

// Manages reports whether somebody is the owner or an administrator: they may mention all members.
func (g *Group) Manages(wxid string) bool { return g.Owner == wxid || slices.Contains(g.Admins, wxid) }

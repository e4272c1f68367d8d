package world

import (
	"fmt"
	"slices"
	"strings"
)

// People are the accounts, contacts and groups of a world.
type People struct {
	Accounts []*Account
	Contacts []Contact
	Groups   []*Group
	details  map[string]*Details // by the id of the group
}

// fileHelper is the chat of a person with itself.
const fileHelper = "filehelper"

func newPeople(c Config) People {
	for i, a := range c.Accounts {
		a.prepare(i)
	}
	return People{Accounts: c.Accounts, Contacts: c.Contacts, Groups: c.Groups, details: map[string]*Details{}}
}

// ByApp returns the account with an appId, or nil.
func (p *People) ByApp(appID string) *Account {
	for _, a := range p.Accounts {
		if a.AppID == appID {
			return a
		}
	}
	return nil
}

// ByWxid returns the account with a wxid, or nil.
func (p *People) ByWxid(wxid string) *Account {
	for _, a := range p.Accounts {
		if a.Wxid == wxid {
			return a
		}
	}
	return nil
}

// GroupByID returns the group with an id, or nil.
func (p *People) GroupByID(id string) *Group {
	for _, g := range p.Groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// Profile returns the contact card of a person or an account.
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

// Nick returns the name that a phone shows: the remark, else the nickname.
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

// Person finds a person by wxid, wxid without "wxid_", nickname, remark or alias.
func (p *People) Person(name string) (string, error) {
	if _, exact := p.Profile(name); exact || name == fileHelper {
		return name, nil
	}
	return pick(name, p.everybody(), "person")
}

// pick finds the only person with a name. An exact wxid comes first.
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

// Member finds a member of a group, also by its name in the group.
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

// Knows reports whether an account can write to a person or a group: a friend, a group that it is
// in, or itself.
func (p *People) Knows(a *Account, id string) bool {
	if IsGroup(id) {
		g := p.GroupByID(id)
		return g != nil && g.Has(a.Wxid)
	}
	return id == fileHelper || id == a.Wxid || slices.Contains(a.Friends, id)
}

// list joins at most a dozen words.
func list(words []string) string {
	const most = 12
	if len(words) > most {
		return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", len(words)-most)
	}
	return strings.Join(words, ", ")
}

// Everybody returns all people and accounts.
func (w *World) Everybody() []Contact { return w.People.everybody() }

// everybody returns all people and accounts.
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

// IsGroup reports whether an id is that of a group.
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

// Has reports whether a person is a member.
func (g *Group) Has(wxid string) bool {
	return slices.ContainsFunc(g.Members, func(m Member) bool { return m.Wxid == wxid })
}

// Manages reports whether a member is the owner or an administrator.
func (g *Group) Manages(wxid string) bool { return g.Owner == wxid || slices.Contains(g.Admins, wxid) }

package simulator

import (
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// worldError is a mistake in a world, and its place.
type worldError struct {
	path string // "groups[0].owner"
	text string
}

// Error returns the place and the mistake.
func (e *worldError) Error() string { return e.path + ": " + e.text }

func wrong(path, format string, args ...any) error {
	return &worldError{path: path, text: fmt.Sprintf(format, args...)}
}

// checker finds the first mistake of a world.
type checker struct {
	people map[string]string // wxid → path
	groups map[string]*Group
}

// check returns the first mistake, as a *worldError.
func (w *World) check() error {
	if len(w.Accounts) == 0 {
		return wrong("accounts", "there is none: a bot needs at least one account")
	}
	c := checker{people: map[string]string{}, groups: map[string]*Group{}}
	for _, step := range []func(*World) error{c.ids, c.members, c.friends} {
		if err := step(w); err != nil {
			return err
		}
	}
	return nil
}

// ids checks that all have ids, and that these are unique.
func (c *checker) ids(w *World) error {
	apps := map[string]string{}
	for i, a := range w.Accounts {
		path := fmt.Sprintf("accounts[%d]", i)
		if a.AppID == "" {
			return wrong(path, "app_id is missing")
		}
		if first, taken := apps[a.AppID]; taken {
			return wrong(path+".app_id", "%s has this app_id already", first)
		}
		apps[a.AppID] = path
		if err := c.person(path, a.Wxid); err != nil {
			return err
		}
	}
	for i, p := range w.Contacts {
		if err := c.person(fmt.Sprintf("contacts[%d]", i), p.Wxid); err != nil {
			return err
		}
		if p.Sex < 0 || p.Sex > 2 {
			return wrong(fmt.Sprintf("contacts[%d].sex", i), "%d is none of 0 unknown, 1 male, 2 female", p.Sex)
		}
	}
	for i := range w.Groups {
		g, path := &w.Groups[i], fmt.Sprintf("groups[%d]", i)
		if !world.IsGroup(g.ID) {
			return wrong(path+".id", "%q is not a group id: it must end in @chatroom", g.ID)
		}
		if _, taken := c.groups[g.ID]; taken {
			return wrong(path+".id", "there is a group %s already", g.ID)
		}
		c.groups[g.ID] = g
	}
	return nil
}

func (c *checker) person(path, wxid string) error {
	switch {
	case wxid == "":
		return wrong(path, "wxid is missing")
	case world.IsGroup(wxid):
		return wrong(path+".wxid", "%q is the id of a group", wxid)
	case strings.ContainsAny(wxid, " \t\r\n:<,"):
		return wrong(path+".wxid", "%q has a character that no wxid has", wxid)
	}
	if first, taken := c.people[wxid]; taken {
		return wrong(path+".wxid", "%s has this wxid already", first)
	}
	c.people[wxid] = path
	return nil
}

// members checks the members of the groups.
func (c *checker) members(w *World) error {
	for i := range w.Groups {
		g, path := &w.Groups[i], fmt.Sprintf("groups[%d]", i)
		if len(g.Members) == 0 {
			return wrong(path, "the group %s has no members", g.ID)
		}
		seen := map[string]bool{}
		for j, m := range g.Members {
			at := fmt.Sprintf("%s.members[%d]", path, j)
			if _, known := c.people[m.Wxid]; !known {
				return wrong(at, "%q is neither a contact nor an account", m.Wxid)
			}
			if seen[m.Wxid] {
				return wrong(at, "%s is a member twice", m.Wxid)
			}
			seen[m.Wxid] = true
		}
		if g.Owner != "" && !seen[g.Owner] {
			return wrong(path+".owner", "%q is not a member of the group", g.Owner)
		}
		for j, admin := range g.Admins {
			if !seen[admin] {
				return wrong(fmt.Sprintf("%s.admins[%d]", path, j), "%q is not a member of the group", admin)
			}
		}
	}
	return nil
}

// friends checks the address books of the accounts.
func (c *checker) friends(w *World) error {
	for i, a := range w.Accounts {
		for j, friend := range a.Friends {
			at := fmt.Sprintf("accounts[%d].friends[%d]", i, j)
			if _, known := c.people[friend]; !known {
				return wrong(at, "%q is neither a contact nor an account", friend)
			}
			if friend == a.Wxid {
				return wrong(at, "an account is not its own friend")
			}
		}
		for j, id := range a.Groups {
			at := fmt.Sprintf("accounts[%d].groups[%d]", i, j)
			g, known := c.groups[id]
			if !known {
				return wrong(at, "there is no group %q", id)
			}
			if !g.has(a.Wxid) {
				return wrong(at, "the account is not a member of %s", id)
			}
		}
	}
	return nil
}

package app

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/simulator"
)

// The kinds of what a file mentions, as the tag of names them.
const (
	ofChats  = "chats"
	ofPeople = "people"
)

// words are what stands in a list of chats or people without being one.
func words() []string {
	return []string{"all", "private", "groups", "friends", "same", "owner", "owners", "admins", "nothing", "sender"}
}

// cast is whom and what a file mentions, in the order of the file.
type cast struct{ groups, people []string }

func (c *cast) add(of, name string) {
	switch {
	case isWord(name):
	case of == ofPeople, isPersonID(name), isFriendOfTheSimulator(name):
		c.people = include(c.people, name)
	case of == ofChats:
		c.groups = include(c.groups, name)
	}
}

// trialID is the id of a chat or a person in World.
func trialID(of, name string) string {
	if isWord(name) || isID(name) {
		return name
	}
	w := simulator.DefaultWorld()
	for _, g := range w.Groups {
		if g.Name == name && of == ofChats {
			return g.ID
		}
	}
	for _, c := range w.Contacts {
		if called(&c, name) {
			return c.Wxid
		}
	}
	if of == ofChats {
		return number(name, 11) + "@chatroom"
	}
	return "wxid_" + number(name, 10)
}

func isWord(name string) bool {
	return slices.Contains(words(), name) || strings.HasPrefix(name, "tag:") || strings.TrimSpace(name) == ""
}

// isID reports whether a name is certainly an id.
func isID(name string) bool {
	return strings.HasSuffix(name, "@chatroom") || strings.HasSuffix(name, "@openim") || isPersonID(name)
}

func isFriendOfTheSimulator(name string) bool {
	return slices.ContainsFunc(simulator.DefaultWorld().Contacts, func(c simulator.Contact) bool { return called(&c, name) })
}

func called(c *simulator.Contact, name string) bool {
	return slices.Contains([]string{c.Wxid, strings.TrimPrefix(c.Wxid, "wxid_"), c.Nickname, c.Remark, c.Alias}, name)
}

func include(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// isPersonID reports whether a name in a list of chats is the id of a person.
func isPersonID(name string) bool {
	return strings.HasPrefix(name, "wxid_") || strings.HasPrefix(name, "gh_") || name == "filehelper"
}

// World is the world in which a file can be tried: that of the simulator, with the accounts, groups
// and people that the file mentions. Everyone is in every group, and a friend of every account, but
// for those who join a group, or ask for friendship, in a test.
func (f *File) World() *simulator.World {
	w := simulator.DefaultWorld()
	f.addAccounts(w)
	everyone := slices.Clone(w.Groups[0].Members)
	for _, name := range f.cast.people {
		if knows(w, name) {
			continue
		}
		contact := simulator.Contact{Wxid: name, Nickname: strings.TrimPrefix(name, "wxid_")}
		if !isPersonID(name) {
			contact = simulator.Contact{Wxid: "wxid_" + number(name, 10), Nickname: name}
		}
		w.Contacts = append(w.Contacts, contact)
		everyone = append(everyone, simulator.Member{Wxid: contact.Wxid})
		for i := range w.Accounts {
			w.Accounts[i].Friends = append(w.Accounts[i].Friends, contact.Wxid)
		}
	}
	for _, name := range f.cast.groups {
		if hasGroup(w, name) {
			continue
		}
		group := simulator.Group{ID: name, Name: "群" + strings.TrimSuffix(name, "@chatroom")}
		if !strings.HasSuffix(name, "@chatroom") {
			group = simulator.Group{ID: number(name, 11) + "@chatroom", Name: name}
		}
		group.Owner = w.Accounts[0].Wxid
		w.Groups = append(w.Groups, group)
	}
	for i := range w.Groups {
		w.Groups[i].Members = slices.Clone(everyone)
	}
	f.addStrangers(w)
	return w
}

// addStrangers takes those out of groups who join them in a test, and out of friends who ask for
// it.
func (f *File) addStrangers(w *simulator.World) {
	for i := range f.tests {
		for j := range f.tests[i].steps {
			s := &f.tests[i].steps[j]
			for _, name := range slices.Concat(s.Join, s.Scan) {
				leave(w, s.In, name)
			}
			if s.FriendRequest == "" {
				continue
			}
			asks := func(wxid string) bool { return isCalled(w, wxid, cmp.Or(s.As, "alice")) }
			for a := range w.Accounts {
				w.Accounts[a].Friends = slices.DeleteFunc(w.Accounts[a].Friends, asks)
			}
		}
	}
}

// leave takes a person out of a group of the world.
func leave(w *simulator.World, group, name string) {
	for i := range w.Groups {
		if g := &w.Groups[i]; g.ID == group || g.Name == group {
			g.Members = slices.DeleteFunc(g.Members, func(m simulator.Member) bool { return isCalled(w, m.Wxid, name) })
		}
	}
}

// isCalled reports whether a name is one of the contact with a wxid.
func isCalled(w *simulator.World, wxid, name string) bool {
	return slices.ContainsFunc(w.Contacts, func(c simulator.Contact) bool { return c.Wxid == wxid && called(&c, name) })
}

// addAccounts gives the accounts of the file to the world, instead of that of the simulator.
func (f *File) addAccounts(w *simulator.World) {
	if len(f.Bot.Accounts) == 0 {
		return
	}
	friends := w.Accounts[0].Friends
	w.Accounts = nil
	members := []simulator.Member{}
	for i, a := range f.Bot.Accounts {
		account := simulator.Account{
			AppID: a.AppID, Wxid: cmp.Or(a.Wxid, simulator.DefaultWxid), Nickname: "鸿雁", Friends: slices.Clone(friends),
		}
		if i > 0 {
			account.Wxid, account.Nickname = cmp.Or(a.Wxid, "wxid_"+number(a.AppID, 10)), "鸿雁"+strconv.Itoa(i+1)
		}
		w.Accounts = append(w.Accounts, account)
		members = append(members, simulator.Member{Wxid: account.Wxid})
	}
	for i := range w.Groups {
		g := &w.Groups[i]
		g.Members = append(slices.Clone(members), g.Members[1:]...)
		if g.Owner == simulator.DefaultWxid {
			g.Owner = members[0].Wxid
		}
		if len(g.Admins) > 0 {
			g.Admins = []string{members[0].Wxid}
		}
	}
}

func knows(w *simulator.World, name string) bool {
	return slices.ContainsFunc(w.Contacts, func(c simulator.Contact) bool { return called(&c, name) }) ||
		slices.ContainsFunc(w.Accounts, func(a simulator.Account) bool { return name == a.Wxid })
}

func hasGroup(w *simulator.World, name string) bool {
	return slices.ContainsFunc(w.Groups, func(g simulator.Group) bool { return name == g.ID || name == g.Name })
}

// number makes the digits of an id from a name: the same name has the same id.
func number(name string, digits int) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	s := strconv.FormatUint(h.Sum64(), 10)
	return "4" + strings.Repeat("0", max(0, digits-1-len(s))) + s[:min(len(s), digits-1)]
}

package main

import (
	"cmp"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// person is a line of a list.
type person struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	Remark string `json:"remark,omitempty"` // of the account's owner
	Role   string `json:"role,omitempty"`   // in a group
}

// list prints people or groups.
func (f *accountFlags) list(c console, people []person) error {
	return f.print(c, people, func() error {
		t := c.table()
		t.head("ID", "NAME", "REMARK", "ROLE")
		for _, p := range people {
			t.row(p.ID, p.Name, p.Remark, p.Role)
		}
		return t.end()
	})
}

func (a *account) book() *contacts.Book {
	return contacts.New(contacts.Config{Client: a.client, State: a.store.State()})
}

// contactsCmd lists the address book.
type contactsCmd struct {
	accountFlags
	Officials bool `help:"List the official accounts instead of the friends."`
}

// Run prints a line for each one.
func (cmd *contactsCmd) Run(c console) error {
	return cmd.with(c, func(a *account) error {
		book := a.book()
		ids, err := book.List(c.ctx, a.appID)
		if err != nil {
			return err
		}
		wanted := ids.Friends
		if cmd.Officials {
			wanted = ids.Officials
		}
		profiles, err := book.Profiles(c.ctx, a.appID, wanted...)
		if err != nil {
			return err
		}
		return cmd.list(c, named(wanted, profiles))
	})
}

// groupsCmd lists the groups.
type groupsCmd struct {
	accountFlags
}

// Run prints a line for each one, also for those that are known from callbacks only.
func (cmd *groupsCmd) Run(c console) error {
	return cmd.with(c, func(a *account) error {
		book := a.book()
		ids, err := book.List(c.ctx, a.appID)
		if err != nil {
			return err
		}
		profiles, err := book.Profiles(c.ctx, a.appID, ids.Chatrooms...)
		if err != nil {
			return err
		}
		groups := named(ids.Chatrooms, profiles)
		for i := range groups {
			if groups[i].Name != "" {
				continue
			}
			if g, err := book.Group(c.ctx, a.appID, groups[i].ID); err == nil { // otherwise only the id is known
				groups[i].Name, groups[i].Remark = g.NickName, g.Remark
			}
		}
		return cmd.list(c, groups)
	})
}

func named(ids []string, profiles map[string]*api.ContactInfo) []person {
	people := make([]person, len(ids))
	for i, id := range ids {
		people[i].ID = id
		if p := profiles[id]; p != nil {
			people[i].Name, people[i].Remark = p.NickName, p.Remark
		}
	}
	return people
}

// membersCmd lists the members of a group.
type membersCmd struct {
	accountFlags
	Group string `arg:"" help:"The group, by id or name."`
}

// Run prints a line for each one.
func (cmd *membersCmd) Run(c console) error {
	return cmd.with(c, func(a *account) error {
		book := a.book()
		group, err := book.Find(c.ctx, a.appID, cmd.Group)
		if err == nil && !callback.IsGroup(group) {
			err = phrase.Errorf("members: %q is not a group: hongyan groups lists them", cmd.Group)
		}
		if err != nil {
			return err
		}
		list, err := book.Members(c.ctx, a.appID, group)
		if err != nil {
			return err
		}
		admins := map[string]bool{}
		for _, id := range list.Admins {
			admins[id] = true
		}
		people := make([]person, len(list.Members))
		for i, m := range list.Members {
			people[i] = person{ID: m.Wxid, Name: cmp.Or(m.DisplayName, m.NickName)}
			switch {
			case m.Wxid == list.Owner:
				people[i].Role = "owner"
			case admins[m.Wxid]:
				people[i].Role = "admin"
			}
		}
		return cmd.list(c, people)
	})
}

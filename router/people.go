package router

import (
	"slices"

	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/router/internal/args"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// SenderIsOwner implements match.Roles.
func (a *accountNames) SenderIsOwner() bool {
	return !a.values.Spoken && slices.Contains(a.services.Owners, a.Event.Sender)
}

// SenderIsAdmin implements match.Roles.
func (a *accountNames) SenderIsAdmin() bool {
	if a.values.Spoken {
		return false
	}
	role, err := (*Context)(a).Role(a.Event.Sender)
	return err == nil && role >= RoleAdmin
}

// argInput is what the arguments of a command are read from.
func (c *Context) argInput() args.Input {
	now := c.services.now()
	written := c.Event.Time // of the message, so that a later run reads the same
	if written.IsZero() {
		written = c.values.Received
	}
	if written.IsZero() {
		written = now
	}
	in := args.Input{Text: c.ArgText(), Now: written.In(now.Location()), Person: c.person}
	if q, ok := c.Event.Payload().(*xmlmsg.Quote); ok {
		in.Quoted = q.Refer.Payload
	}
	return in
}

// person finds the person whom a word of the message means: someone it mentions, a wxid, or the
// name of one member of the group. last counts the mentions after the word.
func (c *Context) person(name string, last int) (xmlmsg.Person, bool) {
	people := c.mentions()
	if id, ok := c.mentioned(name, people, last); ok {
		return xmlmsg.Person{Username: id, Nickname: name}, true
	}
	e := c.Event
	if e.Conversation.IsGroup() && c.services.People != nil {
		switch found := c.membersCalled(name); len(found) {
		case 0:
		case 1:
			return xmlmsg.Person{Username: found[0], Nickname: name}, true
		default:
			return xmlmsg.Person{}, false
		}
	}
	if !wxid.Valid(name) {
		return xmlmsg.Person{}, false
	}
	return xmlmsg.Person{Username: name, Nickname: c.nameOf(name)}, true
}

// membersCalled returns the wxids of the members of the group who have this name there, or this
// nickname; none if the service does not tell.
func (c *Context) membersCalled(name string) (found []string) {
	list, err := c.services.People.Members(c, c.Event.AppID, c.Event.Conversation.ID)
	if err != nil || name == "" {
		return nil
	}
	for i := range list.Members {
		if m := &list.Members[i]; m.DisplayName == name || m.NickName == name {
			found = append(found, m.Wxid)
		}
	}
	return found
}

// mentions lists the people whom the message mentions, without the account.
func (c *Context) mentions() []string {
	var at []string
	if t, ok := c.Event.Payload().(*xmlmsg.Text); ok {
		at = t.At
	} else {
		at = xmlmsg.ParseSource(c.Event.Source).At
	}
	return slices.DeleteFunc(slices.Clone(at), func(id string) bool {
		return id == c.Event.Wxid || id == xmlmsg.AtAll || id == xmlmsg.AtAllAnnouncement
	})
}

// mentioned is the one of the mentioned people who has a name, or, as the list is in the order of
// the mentions, the one at its place.
func (c *Context) mentioned(name string, people []string, last int) (string, bool) {
	for _, id := range people {
		if c.nameOf(id) == name {
			return id, true
		}
	}
	if place := len(people) - 1 - last; last >= 0 && place >= 0 {
		return people[place], true
	}
	return "", false
}

// nameOf is the name of a person in the conversation of the event, or the wxid if it is not known.
func (c *Context) nameOf(id string) string {
	e := c.Event
	switch {
	case c.services.Names == nil:
		return id
	case e.Conversation.IsGroup():
		return c.services.Names.Member(c, e.AppID, e.Conversation.ID, id)
	}
	return c.services.Names.Contact(c, e.AppID, id)
}

package router

import (
	"errors"
	"fmt"
	"slices"
)

// Role is what somebody is in a group. A higher one may do more.
type Role int

// The roles.
const (
	RoleNone   Role = iota // not a member, as far as the service tells
	RoleMember             // a member
	RoleAdmin              // an administrator
	RoleOwner              // the owner
)

// ErrNoPeople means that the context was made without People.
var ErrNoPeople = errors.New("router: no People: roles need Services.People, which every bot has")

// Role is what a person is in the group of the event: c.Sender(), or c.Event.Wxid, which is the
// account itself. It may ask the service. Outside of groups it is RoleNone.
//
//	if role, err := c.Role(c.Sender()); err != nil || role < router.RoleAdmin {
func (c *Context) Role(wxid string) (Role, error) {
	e := c.Event
	switch {
	case !e.Conversation.IsGroup() || wxid == "":
		return RoleNone, nil
	case c.services.People == nil:
		return RoleNone, ErrNoPeople
	}
	list, err := c.services.People.Members(c, e.AppID, e.Conversation.ID)
	if err != nil {
		return RoleNone, fmt.Errorf("router: role: %w", err)
	}
	switch {
	case wxid == list.Owner:
		return RoleOwner, nil
	case slices.Contains(list.Admins, wxid):
		return RoleAdmin, nil
	}
	for i := range list.Members {
		if list.Members[i].Wxid == wxid {
			return RoleMember, nil
		}
	}
	return RoleNone, nil
}

package simulator

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// AddContact adds a person to the world: a stranger, who can become a friend of an account, be
// added to a group, or join by its QR code. An empty nickname means the wxid.
func (s *Simulator) AddContact(c Contact) error {
	s.life.Lock()
	defer s.life.Unlock()
	if c.Wxid == "" {
		return errors.New("simulator: contact: the wxid is missing")
	}
	if _, known := s.world.People.Profile(c.Wxid); known {
		return fmt.Errorf("simulator: contact: there is a contact with the wxid %s already", c.Wxid)
	}
	c.Nickname = cmp.Or(c.Nickname, c.Wxid)
	s.world.People.Contacts = append(s.world.People.Contacts, world.Contact(c))
	return nil
}

// Find returns the wxid of a person by wxid, wxid without "wxid_", nickname, remark or alias.
func (s *Simulator) Find(name string) (string, error) {
	s.life.Lock()
	defer s.life.Unlock()
	wxid, err := s.world.People.Person(name)
	if err != nil {
		return "", fmt.Errorf("simulator: %w", err)
	}
	return wxid, nil
}

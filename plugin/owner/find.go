package owner

import (
	"fmt"

	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/router"
)

// find is the id of a chat that a person means: an id, or the name of one group.
func (p *owner) find(c *router.Context, name string) (string, error) {
	ids, err := p.bot.Contacts().List(c, c.Account())
	if err != nil {
		return "", err
	}
	var found []string
	for _, id := range ids.Chatrooms {
		if id == name {
			return id, nil
		}
		if p.bot.Contacts().Contact(c, c.Account(), id) == name {
			found = append(found, id)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && wxid.Valid(name):
		return name, nil
	}
	return "", fmt.Errorf("%d groups are called %q: write the id", len(found), name)
}

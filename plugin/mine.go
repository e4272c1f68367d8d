package plugin

import (
	"cmp"
	"time"

	"github.com/hongyan-go/hongyan/router"
)

// Mine reports whether the account of an event is the one that does something about a message, of
// several accounts of the bot that get it in one group: the first that asks. It is for observers,
// which see the message with each of them; another run for the same account has the same answer.
func Mine(c *router.Context, what, id string, keep time.Duration) (bool, error) {
	if id == "" {
		return true, nil
	}
	by, err := router.Update(c, c.Store(), what+"/"+id, keep, func(by string) (string, error) {
		return cmp.Or(by, c.Account()), nil
	})
	return by == c.Account(), err
}

package middleware

import (
	"slices"

	"github.com/hongyan-go/hongyan/internal/handling"
	"github.com/hongyan-go/hongyan/router"
)

// The drop reasons of Drop.
const (
	DroppedSelf     = "self"     // written by the account itself, or by another account of the bot
	DroppedOfficial = "official" // from an official account
	DroppedSystem   = "system"   // from a service account such as weixin
)

// DropConfig configures Drop. The zero value drops for every reason.
type DropConfig struct {
	// Keep lists reasons to ignore: messages that would be dropped for them pass.
	Keep []string
	// Own reports whether a wxid belongs to an account of this bot. A message from one account to
	// another counts as DroppedSelf, whatever Keep says; otherwise the accounts would answer each
	// other endlessly. nil means that the bot has one account.
	Own func(wxid string) bool
	// Typed reports whether a message of the account itself was typed by its owner, for the
	// routes of router.Group.Self: these get it then, and without DroppedSelf in Keep no others.
	// nil means that none was.
	Typed func(c *router.Context) (bool, error)
	// Count is called for each dropped message with the reason. nil means that drops are not
	// counted.
	Count func(reason string)
}

// Drop drops messages that a bot should not answer: those of the account itself, of official
// accounts and of WeChat's service accounts. Friend requests pass, although a service account
// delivers them, and so do events that are not messages. Pitfall: messages typed on the phone are
// dropped, too, unless a route of router.Group.Self takes them.
func Drop(config DropConfig) router.Middleware {
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			reason := dropReason(c)
			switch {
			case config.ofAnotherAccount(c):
				reason = DroppedSelf
			default:
				kept := slices.Contains(config.Keep, reason)
				typed, err := config.typed(c, reason)
				switch {
				case err != nil:
					return err
				case typed:
					handling.Of(c).Typed(!kept)
					return next(c)
				case reason == "", kept:
					return next(c)
				}
			}
			if config.Count != nil {
				config.Count(reason)
			}
			c.Drop(reason)
			return nil
		}
	}
}

// ofAnotherAccount reports whether another account of the bot wrote the message. A friend request
// is not a message.
func (config *DropConfig) ofAnotherAccount(c *router.Context) bool {
	e := c.Event
	return config.Own != nil && e.IsMessage() && !e.Self && e.Sender != "" && !aboutSomebody(e) && config.Own(e.Sender)
}

// typed reports whether the owner of the account has typed the message.
func (config *DropConfig) typed(c *router.Context, reason string) (bool, error) {
	if config.Typed == nil || reason != DroppedSelf {
		return false, nil
	}
	return config.Typed(c)
}

func dropReason(c *router.Context) string {
	e := c.Event
	switch {
	case !e.IsMessage():
		return ""
	case e.Self:
		return DroppedSelf
	case e.Conversation.IsOfficial():
		return DroppedOfficial
	case e.Conversation.IsSystem() && e.Sender == e.Conversation.ID:
		return DroppedSystem
	}
	return ""
}

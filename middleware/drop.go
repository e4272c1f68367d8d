package middleware

import (
	"slices"

	"github.com/hongyan-go/hongyan/router"
)

// The reasons of Drop.
const (
	DroppedSelf     = "self"     // written by the account itself, or by another account of the bot
	DroppedOfficial = "official" // from an official account
	DroppedSystem   = "system"   // from a service account such as weixin
)

// DropConfig configures Drop. The zero value drops all that it can.
type DropConfig struct {
	// Keep lists reasons that do not count: messages that would be dropped for them pass.
	Keep []string
	// Own tells whether a wxid is that of an account of this bot: what one account writes to another is an own message, whatever Keep says, or
	// they answered each other for ever. nil means that the bot has one account.
	Own func(wxid string) bool
	// Count is called for each message that is dropped, with the reason. nil means nobody counts.
	Count func(reason string)
}

// Drop stops what a bot should not answer: the messages of the account itself, of official accounts and of
// WeChat's service accounts. Friend requests, which a service account delivers, pass, and so does all that is
// no message.
//
// Pitfall: what is typed on the phone is dropped, too. Keep DroppedSelf for commands that the owner types
// there, and answer nothing else of it, or the bot talks to itself.
func Drop(config DropConfig) router.Middleware {
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			reason := dropReason(c)
			switch {
			case config.ofAnotherAccount(c):
				reason = DroppedSelf
			case reason == "", slices.Contains(config.Keep, reason):
				return next(c)
			}
			if config.Count != nil {
				config.Count(reason)
			}
			c.Drop(reason)
			return nil
		}
	}
}

// ofAnotherAccount tells whether an account of the bot wrote what another one got. A request for friendship is not a message.
func (config *DropConfig) ofAnotherAccount(c *router.Context) bool {
	e := c.Event
	return config.Own != nil && e.IsMessage() && !e.Self && e.Sender != "" && !c.AboutSomebody() && config.Own(e.Sender)
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

package plugin

import (
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// revokedFor is how long it is remembered that a message was revoked: WeChat lets people revoke for
// two minutes, and what a plugin does with the message may wait for a person, or its turn.
const revokedFor = 7 * 24 * time.Hour

// NoteRevokes remembers, in the store of the plugin, which messages were revoked in the chats where
// it is on, and calls then, which may be nil, with each of them.
func NoteRevokes(h *bot.Handle, then func(c *router.Context, id string) error) {
	h.Observe(func(c *router.Context) error {
		r, ok := c.Payload().(*xmlmsg.Revoke)
		if !ok || r.NewMsgID == 0 {
			return nil
		}
		id := strconv.FormatUint(r.NewMsgID, 10)
		if err := c.Store(router.ByChat).Set(c, "revoked/"+id, true, revokedFor); err != nil || then == nil {
			return err
		}
		return then(c, id)
	}, match.Kind(xmlmsg.KindRevoke)).Named("revokes")
}

// Revoked reports whether a message of the chat was revoked, for a plugin that called NoteRevokes.
func Revoked(c *router.Context, id string) (revoked bool, err error) {
	_, err = c.Store(router.ByChat).Get(c, "revoked/"+id, &revoked)
	return revoked, err
}

// MessageID is the id of the message of an event, by which a revoke names it; empty if it has none.
func MessageID(c *router.Context) string {
	if c.Event.NewMsgID == 0 {
		return ""
	}
	return strconv.FormatUint(c.Event.NewMsgID, 10)
}

// Disallow notes that a message of the chat is not allowed, such as advertising: plugins that carry
// messages to other chats ask Gone, and leave it. A rehearsal disallows nothing.
func Disallow(c *router.Context, h *bot.Handle, id string) error {
	if id == "" || h.Dry() {
		return nil
	}
	return disallowed(c, h).Set(c, "disallowed/"+id, true, revokedFor)
}

// Gone reports whether a message of the chat is not to go anywhere: it was revoked, for a plugin
// that called NoteRevokes, or another plugin has disallowed it.
func Gone(c *router.Context, h *bot.Handle, id string) (gone bool, err error) {
	if gone, err = Revoked(c, id); err == nil && !gone {
		_, err = disallowed(c, h).Get(c, "disallowed/"+id, &gone)
	}
	return gone, err
}

// disallowed is what all plugins of a bot know of the chat, whichever account hears it.
func disallowed(c *router.Context, h *bot.Handle) *router.Store {
	return h.Bot().Store().Chat("", c.Conversation().ID)
}

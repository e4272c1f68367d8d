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

package middleware

import (
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// aboutSomebody reports whether an event is about a person instead of from one: a friend request,
// or a notice such as that of a join or of a new friend.
func aboutSomebody(e *callback.Event) bool {
	kind := e.Kind()
	return kind == xmlmsg.KindFriendRequest || kind == xmlmsg.KindSystem && e.Sender == ""
}

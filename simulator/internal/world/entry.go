package world

import (
	"time"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// sighting is a message as an account has received it.
type sighting struct {
	by         *Account
	msgID, seq int64
}

// Entry is a message in the log.
type Entry struct {
	message.Message
	Mirror  string     // the conversation of the receiver, if both are accounts
	pending int        // callbacks in progress
	failed  bool       // one of them has failed
	Created any        // createTime of the send answer
	only    *Account   // the account that a notice is for; nil if all get it
	bare    bool       // posted with From and To as they are, and without a group prefix
	seen    []sighting // of the accounts that receive it
}

// in reports whether the message belongs to a conversation.
func (e *Entry) in(conversation string) bool {
	return e.Conversation == conversation || e.Mirror != "" && e.Mirror == conversation
}

// settled notes the outcome of one of its callbacks. A message fails if one of its callbacks fails.
func (e *Entry) settled(err error, dropped bool) {
	e.pending--
	switch {
	case err != nil:
		e.failed, e.CallbackError = true, err.Error()
		e.Callback = message.CallbackFailed
	case !dropped && !e.failed && e.pending == 0:
		e.Callback = message.CallbackAcknowledged
	}
}

// When returns the time of the message.
func (e *Entry) When() time.Time { return time.Unix(e.Time, 0) }

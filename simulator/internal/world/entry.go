package world

import (
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// sighting is a message as an account numbers it.
type sighting struct {
	by         *Account
	msgID, seq int64
}

// Entry is a message in the log.
type Entry struct {
	message.Message
	Mirror  string     // the conversation as the other side has it, when both are accounts
	pending int        // callbacks on their way
	failed  bool       // one of them was given up
	Created any        // createTime of the send answer
	only    *Account   // for a notice: the account that it is for
	bare    bool       // From and To are posted as they are, and the content without a prefix
	seen    []sighting // by the accounts that it concerns
}

// in reports whether the message belongs to a conversation.
func (e *Entry) in(conversation string) bool {
	return e.Conversation == conversation || e.Mirror != "" && e.Mirror == conversation
}

// settled notes the outcome of one of its callbacks. A message that several accounts were told of has failed if one of them has.
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

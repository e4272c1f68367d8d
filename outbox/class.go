package outbox

import "github.com/hongyan-go/hongyan/store"

// Class says why a message goes out: which sends go first, and which limits hold.
type Class string

// The classes. Answers go first, and are sent in the quiet hours, too.
const (
	Answer    Class = "answer"    // the reaction to a message
	Proactive Class = "proactive" // what was not asked for; every class that is not Answer counts as one
)

// ClassOf is the class of an entry of the ledger. Older versions wrote "notice" for Proactive.
func ClassOf(s store.Send) Class {
	if s.Class == string(Answer) {
		return Answer
	}
	return Proactive
}

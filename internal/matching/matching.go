// Package matching is what the router asks of matchers to find them and to compare them. The
// matchers of router/match have the methods that are looked for here; users see none of them.
package matching

// Field is a property of an event by which the router can find matchers without asking each of
// them.
type Field int

// The fields.
const (
	Conversation Field = iota // the id of the conversation
	Sender                    // the id of the sender
	Text                      // all that was said, see match.Subject.Said
	Word                      // a word that it contains; capital letters make no difference, see Fold
	Command                   // its first word, see match.Command
)

// Indexed is a matcher that can only match an event whose field is one of its keys (Word: in which
// what was said contains one of them). The router looks such matchers up, so that a thousand routes
// cost as much as ten.
type Indexed interface {
	Keys() (Field, []string)
}

// Flatten expands matchers that are a conjunction, so that each condition can be looked at by
// itself. It always makes a new slice.
func Flatten[M any](ms []M) []M {
	var flat []M
	for _, m := range ms {
		if parts, ok := conjunction(m); ok {
			flat = append(flat, Flatten(parts)...)
			continue
		}
		flat = append(flat, m)
	}
	return flat
}

// conjunction returns the parts of a matcher that matches if all of them do.
func conjunction[M any](m M) (parts []M, ok bool) {
	if c, ok := any(m).(interface{ Parts() []M }); ok {
		return c.Parts(), true
	}
	return nil, false
}

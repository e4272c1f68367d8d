package xmlmsg

import "fmt"

// Raw is a message without a type of its own, or one that could not be read.
type Raw struct {
	// Type is the MsgType of the envelope.
	Type int `json:"-"`
	// Content is the content untouched, without the group prefix.
	Content string `json:"-"`
	// Err says why the content could not be read. It is nil for a message that merely has no type
	// here. It never quotes the content.
	Err error `json:"-"`
}

// Kind is KindRaw.
func (*Raw) Kind() Kind { return KindRaw }

// String leaves the content out.
func (r *Raw) String() string { return fmt.Sprintf("raw message of type %d", r.Type) }

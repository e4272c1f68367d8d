package xmlmsg

import "fmt"

// Raw is a message whose MsgType has no payload type in this package, or one that cannot be read;
// Err tells them apart. An app message of an unknown type is an App, a system message of an unknown
// type a SysMsg.
type Raw struct {
	// Type is the MsgType of the envelope.
	Type int `json:"-"`
	// Content is the content without the group prefix, otherwise unchanged.
	Content string `json:"-"`
	// Err says why the content could not be read. It is nil for a message that merely has no
	// payload type. It never quotes the content.
	Err error `json:"-"`
}

// Kind returns KindRaw.
func (*Raw) Kind() Kind { return KindRaw }

// String leaves the content out.
func (r *Raw) String() string { return fmt.Sprintf("raw message of type %d", r.Type) }

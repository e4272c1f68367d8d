// Package callback decodes what the service posts, and receives it over HTTP. [Decode] decodes a
// body to an [Event]: sender, conversation and ids. Package xmlmsg parses the content when
// [Event.Payload] is first called. [Identify] reads only what the HTTP path needs before it
// responds: the identity of the message and its conversation. [NewHandler] is the HTTP side: it
// authenticates requests, identifies the message, passes it on, and responds.
//
// The envelope has two dialects, wrapped (wrapped.go) and flat (flat.go), and control packets.
package callback

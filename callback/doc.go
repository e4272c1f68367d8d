// Package callback reads what the service posts, and receives it over HTTP.
//
// [Decode] makes an [Event] of a body: who wrote, in which conversation, with which ids; the content is
// parsed by package xmlmsg when [Event.Payload] is first called. [Identify] reads only what the HTTP
// path needs before it answers: the identity of the message and its conversation. [NewHandler] is the
// HTTP side: it authenticates, reads, identifies, hands over, and answers.
//
// The envelope has two dialects, wrapped (wrapped.go) and flat (flat.go), and control packets.
package callback

// Package xmlmsg turns the content of a WeChat message into Go values and back.
//
// A [Message] is what an envelope holds: the message type, the content without the group prefix, and
// the msgsource beside it. [Parse] makes a typed [Payload] of it: a *[Text], *[Image], *[File] and so
// on, and a *[Raw] for everything that has no type of its own or cannot be read. Parse never fails and
// never loses a message. [Rewrite] edits the XML of a received message and keeps every element that it
// does not know, which is what a forward wants; [Build] writes the XML of a new one.
//
// Each family of messages has a file of its own: file.go, image.go, link.go, text.go and so on.
package xmlmsg

// Package xmlmsg turns the content of a WeChat message into Go values and back.
//
// A [Message] is the part of a callback that describes the message: its type, the content without
// the group prefix, and the msgsource. [Parse] turns it into a typed [Payload]: a *[Text],
// *[Image], *[File] and so on, or a *[Raw] if the message has no type in this package or cannot be
// read. Parse never fails and never loses a message. [Rewrite] edits the XML of a received message
// and keeps the elements that it does not know, as a forward requires; [Build] writes the XML of a
// new message.
//
// Each family of messages has a file of its own: file.go, image.go, link.go, text.go and so on.
package xmlmsg

// Package media moves the bytes of messages: it downloads what was received, and offers what is to be sent.
//
// A [Fetcher] downloads pictures, voices, videos, stickers and files in two steps, as the service wants it: a call turns the message into a link, and the link
// is fetched. What comes from a message is not trusted: names are made safe, sizes are bounded, sums are compared, and a link never leads into a private
// network.
//
// A [Shelf] offers files by signed links that expire. The service takes no bytes: to send a file, one gives it a URL.
//
// Package media/voice converts voices; it is apart because of its codec.
package media

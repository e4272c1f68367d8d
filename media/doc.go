// Package media transfers the files of messages: it downloads what was received and serves what is
// to be sent. A [Fetcher] downloads pictures, voices, videos, stickers and files in two steps, as
// the service requires: a call turns the message into a link, and the link is fetched. Messages are
// not trusted: names are sanitised, sizes are limited, checksums are verified, and links into
// private networks are refused. A [FileServer] serves files by signed links that expire. The
// service accepts no uploads: to send a file, the bot gives it a URL. Package media/voice converts
// voices; it is a separate package because of the size of its codec.
package media

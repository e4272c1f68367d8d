package xmlmsg

import "strings"

// maxAuthor bounds the id of an author in bytes.
const maxAuthor = 128

// CutAuthor splits a content that a message of a group has, "wxid_x:\nbody", into the author and the body, without the line break between
// them. Relays write the line break in other ways, too; a body of the given type is freed of what comes with that. An author is an id: where
// what is before the colon cannot be one, the content comes back as the body, and the author is empty.
func CutAuthor(content string, msgType int) (author, body string) {
	at := strings.IndexByte(content[:min(len(content), maxAuthor)], ':')
	if at < 1 || !isID(content[:at]) {
		return "", content
	}
	length := lineBreak(content[at+1:])
	if length == 0 {
		return "", content
	}
	author, separator, body := content[:at], content[at+1:at+1+length], content[at+1+length:]
	if msgType == typeText && !strings.HasSuffix(separator, "\n") { // of a web client, which writes the text as HTML
		body = plainText(body)
	}
	return author, body
}

// isID tells whether s is written as ids are.
func isID(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '@', c == '.':
		default:
			return false
		}
	}
	return s != ""
}

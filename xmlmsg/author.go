package xmlmsg

import "strings"

// maxAuthor bounds the id of an author, in bytes.
const maxAuthor = 128

// CutAuthor splits the content of a group message, "wxid_x:\
// body", into author and body, without the line break between them. It also accepts the other line
// breaks that relays write; with <br/>, the body of a text message is unescaped as well, because
// web clients write HTML. If the part before the colon cannot be an id, author is empty and body is
// the whole content.
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
	if msgType == typeText && !strings.HasSuffix(separator, "\n") { // from a web client, which writes the text as HTML
		body = plainText(body)
	}
	return author, body
}

// isID reports whether s consists of the characters that ids have.
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

package xmlmsg

import "strings"

// AppType returns the type of an app message: the element type directly in the outermost appmsg.
// Many other elements have a type of their own. AppType is a fast alternative to Parse that reads
// no more of the content than it needs and does not allocate. It returns 0 if there is no type, or
// if the type is not a number.
func AppType(content string) int {
	rest, ok := afterAppmsg(content)
	if !ok {
		if rest, ok = afterAppmsg(Plain(content)); !ok {
			return 0
		}
	}
	depth := 0 // of the element around rest, within appmsg
	for first := true; ; first = false {
		tag, after, ok := nextTag(rest, first)
		if !ok {
			return 0
		}
		rest = after
		switch {
		case tag == "" || tag[0] == '!' || tag[0] == '?': // comment, CDATA, processing instruction
		case tag[0] == '/':
			if depth--; depth < 1 {
				return 0
			}
		case tag[len(tag)-1] == '/': // empty element
			if first {
				return 0
			}
		default:
			depth++
			if depth == 2 && isTag(tag, "type") {
				return typeIn(rest)
			}
		}
	}
}

// afterAppmsg returns what follows the name of the first appmsg.
func afterAppmsg(content string) (string, bool) {
	for {
		_, rest, ok := strings.Cut(content, "<appmsg")
		if !ok || rest == "" {
			return "", false
		}
		if c := rest[0]; isSpace(c) || c == '>' || c == '/' {
			return rest, true
		}
		content = rest
	}
}

// nextTag finds the next tag in s and returns the text between < and >. inTag says that s starts
// after the <.
func nextTag(s string, inTag bool) (tag, rest string, ok bool) {
	if !inTag {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return "", "", false
		}
		s = s[i+1:]
	}
	end := ">"
	switch {
	case inTag:
	case strings.HasPrefix(s, "![CDATA["):
		end = "]]>"
	case strings.HasPrefix(s, "!--"):
		end = "-->"
	}
	i := tagEnd(s, end)
	if i < 0 {
		return "", "", false
	}
	tag = s[:i]
	if inTag && tag == "" {
		tag = " "
	}
	return tag, s[i+len(end):], true
}

// tagEnd finds the end of a tag; a > in a quoted attribute does not count.
func tagEnd(s, end string) int {
	if len(end) > 1 {
		return strings.Index(s, end)
	}
	i := strings.IndexByte(s, '>')
	if i < 0 || strings.IndexByte(s[:i], '"') < 0 && strings.IndexByte(s[:i], '\'') < 0 {
		return i
	}
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

func isTag(tag, name string) bool {
	return strings.HasPrefix(tag, name) && (len(tag) == len(name) || isSpace(tag[len(name)]))
}

// typeIn reads the number at the start of an element's inner part, in CDATA or not.
func typeIn(s string) int {
	s = strings.TrimLeft(s, " \t\r\n")
	s = strings.TrimPrefix(s, "<![CDATA[")
	return toInt(strings.TrimLeft(s, " \t\r\n"))
}

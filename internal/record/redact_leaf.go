package record

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// patterns are the patterns by which values are recognized.
type patterns struct {
	name, number, decimal, short, clock, word, file, span, moment, ext, total, root, marks, ids *regexp.Regexp
}

var shapes = sync.OnceValue(func() patterns {
	return patterns{
		name:    regexp.MustCompile(`^[A-Za-z_][A-Za-z_-]*(?:\d{1,4}[A-Za-z_-]*)*$`),
		number:  regexp.MustCompile(`^-?\d{1,15}(?:\.\d{1,6})?$`),
		decimal: regexp.MustCompile(`^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$`),
		short:   regexp.MustCompile(`^-?\d{1,4}(?:\.0+)?$`),
		clock:   regexp.MustCompile(`^\d{2,4}[-/]\d{1,2}[-/]\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?$`),
		word:    regexp.MustCompile(`^[A-Za-z_][A-Za-z_]*\d{0,3}$`),
		span:    regexp.MustCompile(`^\d{1,5}-\d{1,5}$`),
		moment:  regexp.MustCompile(`^1\d{9}$`),
		ext:     regexp.MustCompile(`^[a-z][a-z0-9]{0,4}$`),
		total:   regexp.MustCompile(`\btotal_num=\d{1,4}\b`),
		file:    regexp.MustCompile(`(?s)^(.+)\.([A-Za-z0-9]{1,6})$`),
		marks: regexp.MustCompile(`\w+://[^\s"'<>，。]+|[\w.+-]+@[\w.-]+|(?:wxid|gh|wx|[vV]\d)_\w+|@[^@\x{2005}\n]{1,64}\x{2005}|` +
			`[0-9a-fA-F]{16,}|\d[\d -]{3,}\d`),
		ids: regexp.MustCompile(`\b(?:wxid_\w+|gh_\w+|wx_\w+|\d+@(?:im\.)?chatroom|\w+@(?:kefu\.)?openim)\b`),
		root: regexp.MustCompile(`^(?:<\?xml[^>]*\?>\s*)?<(?:msg|msgsource|sysmsg|recordinfo|recordxml|appmsg|group_notice_item|` +
			`noteinfo|op|finderFeed|solitaire|songinfo|roomtoolstips|patMsg|template)[\s/>]`),
	}
})

// isName reports whether a word is the name of a member rather than an id.
func isName(s string) bool {
	return len(s) <= 48 && shapes().name.MatchString(s) && !hasID(s)
}

// hasID reports whether a word of letters has an id in it, at whatever place.
func hasID(s string) bool {
	return strings.Contains(s, "wxid_") || strings.Contains(s, "gh_")
}

// isService reports whether an id is the same for all accounts.
func isService(id string) bool {
	return wxid.IsService(id) || id == "filehelper" || id == xmlmsg.AtAll || id == xmlmsg.AtAllAnnouncement
}

// maxDepth bounds nested documents: each level costs a pass over the rest. What is deeper counts as
// words.
const maxDepth = 8

// leaf redacts the value of a member, an attribute (element@attribute) or an element, depth
// documents deep.
func (r *Redactor) leaf(name, value string, depth int) string {
	trimmed := strings.TrimSpace(value)
	if trimmed == "" || isService(trimmed) {
		return value
	}
	at := strings.LastIndexByte(name, '@')
	element, own := strings.ToLower(name[:max(at, 0)]), strings.ToLower(name[at+1:])
	s := shapes()
	switch {
	case s.short.MatchString(trimmed) && (!isWritten(own) || element == "gameext") && !isPlace(own):
		// gameext@content is the face of a dice
		return value
	case isRange(own) && s.span.MatchString(trimmed), own == "t" && s.moment.MatchString(trimmed):
		return value
	case own == "payerlist":
		return r.payers(value)
	case own == "nativeurl":
		return r.native(value)
	case isPlace(own):
		return r.p.text("0." + strings.Trim(strings.ReplaceAll(trimmed, ".", ""), "-"))
	case s.decimal.MatchString(trimmed) && strings.ContainsAny(trimmed, ".eE"): // 2.28e+18: the integer that it stands for
		if isMeasure(own) {
			return value
		}
		return r.leaf(name, strconv.FormatUint(xmlmsg.ParseID(trimmed), 10), depth)
	case isMeasure(own) && (s.number.MatchString(trimmed) || s.clock.MatchString(trimmed)):
		return value
	case isSort(element, own) && s.word.MatchString(trimmed) && len(trimmed) <= 48 && !hasID(trimmed):
		return value
	case trimmed == "null", trimmed == "true", trimmed == "false", trimmed == "lastMessage":
		return value
	case own == "fileext", own == "datafmt":
		if ext := strings.TrimPrefix(trimmed, "."); isExtension(ext) || s.ext.MatchString(ext) {
			return value
		}
	case depth >= maxDepth:
	case s.root.MatchString(trimmed):
		x := xmlScanner{Redactor: r, in: value, depth: depth + 1}
		return x.run()
	case (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid([]byte(trimmed)):
		w := walker{Redactor: r, depth: depth + 1}
		return string(w.json([]byte(trimmed)))
	}
	if !isWritten(own) {
		return r.p.text(value)
	}
	if r.KeepText {
		return r.marked(value)
	}
	if parts := s.file.FindStringSubmatch(value); parts != nil && isExtension(parts[2]) {
		return r.p.text(parts[1]) + "." + parts[2]
	}
	return r.p.text(value)
}

// payers redacts the list of a group collection, "wxid,cents,status|": the status says who has
// paid.
func (r *Redactor) payers(list string) string {
	entries := strings.Split(list, "|")
	for i, entry := range entries {
		fields := strings.Split(entry, ",")
		for j, field := range fields {
			if j < 2 || !shapes().short.MatchString(field) {
				fields[j] = r.p.text(field)
			}
		}
		entries[i] = strings.Join(fields, ",")
	}
	return strings.Join(entries, "|")
}

// native redacts the address of a red packet, and keeps the number of packets.
func (r *Redactor) native(address string) string {
	address = strings.ReplaceAll(address, "&amp;", "&")
	at := shapes().total.FindStringIndex(address)
	if at == nil {
		return r.p.text(address)
	}
	return r.p.text(address[:at[0]]) + address[at[0]:at[1]] + r.p.text(address[at[1]:])
}

// isRange reports whether a name is that of a range in the text of a solitaire list,
// "offset-length".
func isRange(name string) bool { return name == "tt" || name == "ex" || name == "tl" || name == "r" }

// isMeasure reports whether the numbers under a name measure something, rather than identify it.
func isMeasure(name string) bool {
	for _, end := range []string{"len", "length", "size", "time", "timestamp", "duration", "width", "height", "count", "flag", "bitmask",
		"type", "expireat", "expire_at"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// isSort reports whether the words under a name are those of the protocol.
func isSort(element, name string) bool {
	switch name {
	case "typename", "msgtype", "op", "action", "scene", "maptype", "htmlid":
		return true
	case "type":
		return true
	case "name":
		return element == "link"
	case "key":
		return element == "item"
	}
	return false
}

// isWritten reports whether the value under a name is written by people.
func isWritten(name string) bool {
	switch name {
	case "title", "des", "desc", "info", "datadesc", "datatitle", "textannouncement", "content", "text", "displayname", "nickname",
		"sign", "remark",
		"label", "poiname", "plain", "replacemsg", "suffix", "alias":
		return true
	}
	return false
}

// isPlace reports whether a name is that of a coordinate.
func isPlace(name string) bool {
	switch name {
	case "x", "y", "lat", "lng", "latitude", "longitude":
		return true
	}
	return false
}

// isExtension reports whether a word is a common file extension.
func isExtension(s string) bool {
	return slices.Contains([]string{
		"xlsx", "xls", "csv", "doc", "docx", "ppt", "pptx", "pdf", "txt", "md", "json", "xml", "html", "htm", "zip", "rar", "7z", "gz",
		"tar",
		"jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "svg", "mp3", "m4a", "wav", "amr", "silk", "mp4", "mov", "avi", "mkv", "apk",
		"exe",
		"dwg", "psd", "ai", "log", "sql", "epub", "fig", "key", "pages", "numbers",
	}, strings.ToLower(s))
}

// blob returns the base64 of equally many bytes, of which only the header that identifies the
// format is left.
func blob(s string) string {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		raw = make([]byte, len(s)*3/4)
	}
	kept := 0
	for _, magic := range []string{"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF8", "\x02#!SILK_V3", "#!SILK_V3", "#!AMR"} {
		if bytes.HasPrefix(raw, []byte(magic)) {
			kept = len(magic)
		}
	}
	clear(raw[kept:])
	return base64.StdEncoding.EncodeToString(raw)
}

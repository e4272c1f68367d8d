package plugin

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// finder is a word for all cards of Channels.
const finder = "finder"

// Kinds are the kinds of messages that a list of words in a field means: those of xmlmsg.Kinds, and
// finder for all cards of Channels; may are the words that are possible. An empty list is a
// mistake, as it matches nothing. An answer that quotes a message is a text.
func Kinds(field string, words []string, may ...string) ([]xmlmsg.Kind, error) {
	if err := Require(map[string][]string{field: words}); err != nil {
		return nil, err
	}
	kinds := map[xmlmsg.Kind]bool{}
	for i, word := range words {
		switch {
		case !slices.Contains(may, word):
			return nil, &FieldError{fmt.Sprintf("%s[%d]", field, i), phrase.Errorf("%q is not possible here%s; there are %s",
				word, suggest.Hint(word, may), strings.Join(may, ", "))}
		case word == finder:
			kinds[xmlmsg.KindFinderFeed], kinds[xmlmsg.KindFinderLive], kinds[xmlmsg.KindFinderCard] = true, true, true
		case word == string(xmlmsg.KindText):
			kinds[xmlmsg.KindQuote] = true
			fallthrough
		default:
			kinds[xmlmsg.Kind(word)] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds)), nil
}

// FileInfo is what a message says of the file, picture, sticker, voice or video that it has.
type FileInfo struct {
	Name string // of a file, as its sender wrote it
	Size int64  // bytes; 0 if it is not known
	MD5  string // empty if it is not known
}

// FileOf is what a message says of its file; the zero value if it has none.
func FileOf(p xmlmsg.Payload) FileInfo {
	switch m := p.(type) {
	case *xmlmsg.File:
		return FileInfo{m.Name, m.Size, strings.ToLower(m.MD5)}
	case *xmlmsg.Image:
		return FileInfo{Size: max(m.Length, m.HDLength), MD5: strings.ToLower(m.MD5)}
	case *xmlmsg.Video:
		return FileInfo{Size: m.Length, MD5: strings.ToLower(m.MD5)}
	case *xmlmsg.Emoji:
		return FileInfo{Size: m.Length, MD5: strings.ToLower(m.MD5)}
	case *xmlmsg.Voice:
		return FileInfo{Size: m.Length}
	}
	return FileInfo{}
}

package match

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Names returns the names of the account where a message was said: its nickname, and the name that
// it has in the group. It is asked only about texts with a mention that the at-list does not
// explain.
type Names interface {
	AccountNames() []string
}

// Subject is what a matcher looks at: an event, and the captures that matchers leave for the
// handler. Copies share what was said.
type Subject struct {
	Event *callback.Event

	names    Names
	memory   *speech
	captures captures
}

// speech is what was said, worked out once for an event.
type speech struct {
	once      sync.Once
	said      string
	addressed bool // the account is among those whose mentions open the text
	folding   sync.Once
	folded    string
}

// NewSubject is a subject without captures. names are those of the account; if it is nil, only the
// at-list identifies mentions.
func NewSubject(e *callback.Event, names Names) *Subject {
	return &Subject{Event: e, names: names, memory: &speech{}}
}

// Text is what the sender wrote, unchanged: the body of a text, or of an answer that quotes a
// message. It is empty for everything else.
func (s *Subject) Text() string {
	switch p := s.Event.Payload().(type) {
	case *xmlmsg.Text:
		return p.Body
	case *xmlmsg.Quote:
		return p.Text
	}
	return ""
}

// Said is the text as it was said to the bot, and what all matchers, commands, forms and templates
// go by: without the mentions of the account, wherever they stand, without marks that cannot be
// seen, and without white space around it. Mentions of others stay. Text is what the sender wrote.
func (s *Subject) Said() string { return s.speech().said }

// Folded is Said in the form in which words are compared: full-width letters are
// narrow, and capital letters small.
func (s *Subject) Folded() string {
	m := s.speech()
	m.folding.Do(func() { m.folded = matching.Fold(m.said) })
	return m.folded
}

func (s *Subject) speech() *speech {
	m := s.memory
	if m == nil { // a Subject that was not made by this package
		m = &speech{}
	}
	m.once.Do(func() { m.said, m.addressed = s.hear() })
	return m
}

// hear works out what was said, and whether the mentions that open the text include the account.
func (s *Subject) hear() (said string, addressed bool) {
	text := s.Text()
	if isPlain(text) {
		return strings.TrimSpace(text), false
	}
	clean := (&cutter{}).cutMentions(text)
	if strings.IndexFunc(clean, isAt) < 0 {
		return clean, false
	}
	at, atMe := s.mentioned(), s.AtMe()
	if !atMe && slices.ContainsFunc(at, isPerson) {
		return clean, false // others are meant, whatever they are called
	}
	first, found := nextMention(clean)
	if !found && !atMe {
		return clean, false
	}
	_, more := nextMention(clean[first.end:])
	certain := atMe && len(at) == 1 && !more && first.marked && strings.IndexFunc(first.name, unicode.IsSpace) < 0
	cut := cutter{sure: atMe}
	if !certain && s.names != nil {
		cut.names = nameBytes(s.names.AccountNames())
		said = cut.cutMentions(clean)
	}
	if atMe && !cut.cut {
		cut = cutter{sure: true, names: nameBytes([]string{nameOf(clean, at, s.Event.Wxid)})}
		said = cut.cutMentions(clean)
	}
	if !cut.cut {
		return clean, false
	}
	return said, cut.leading
}

// mentioned is the at-list.
func (s *Subject) mentioned() []string {
	if t, ok := s.Event.Payload().(*xmlmsg.Text); ok {
		return t.At
	}
	return xmlmsg.ParseSource(s.Event.Source).At
}

// isPerson reports whether an entry of an at-list is not everybody.
func isPerson(id string) bool { return id != xmlmsg.AtAll && id != xmlmsg.AtAllAnnouncement }

// AtMe reports whether the message mentions the account by name.
func (s *Subject) AtMe() bool { return s.Event.AtMe() }

// maxMentions bounds how many mentions are compared with the at-list.
const maxMentions = 100

// nameOf guesses how a text calls the account that it mentions: the at-list is in the order of the
// mentions. It is empty if that does not tell.
func nameOf(text string, at []string, wxid string) string {
	var all, marked []string
	for len(all) <= maxMentions {
		m, ok := nextMention(text)
		if !ok {
			break
		}
		text = text[m.end:]
		all = append(all, m.name)
		if m.marked {
			marked = append(marked, m.name)
		}
	}
	place := max(slices.Index(at, wxid), 0)
	switch {
	case len(all) == 0:
		return ""
	case len(at) == len(marked):
		return marked[place]
	case len(at) == len(all):
		return all[place]
	case len(at) <= 1:
		return all[0]
	}
	return ""
}

// nameBytes are the names as they can stand in a text, the longest first.
func nameBytes(names []string) [][]byte {
	var clean [][]byte
	for _, n := range names {
		if n = (&cutter{}).cutMentions(n); n != "" {
			clean = append(clean, []byte(n))
		}
	}
	slices.SortFunc(clean, func(a, b []byte) int { return len(b) - len(a) })
	return clean
}

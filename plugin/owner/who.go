package owner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router/match"
)

// Who is a person who may use commands. In a file the wxid may stand for it.
type Who struct {
	Wxid string   `yaml:"wxid" of:"people" help:"The person."`
	May  []string `yaml:"may" help:"The only commands that the person may use, such as status; without it the person is in charge."`
}

// UnmarshalShort reads the wxid of a person in charge.
func (w *Who) UnmarshalShort(wxid string) error {
	w.Wxid = wxid
	return nil
}

// String is the person as a file has it.
func (w Who) String() string {
	if w.May == nil {
		return w.Wxid
	}
	return fmt.Sprintf("{wxid: %s, may: [%s]}", w.Wxid, strings.Join(w.May, ", "))
}

// Check returns the mistakes in the fields.
func (w Who) Check() (wrong []*plugin.FieldError) {
	if len(w.May) == 0 {
		err := phrase.Errorf("it is missing or empty, so the person may do nothing; there are %s", strings.Join(words(), ", "))
		wrong = append(wrong, &plugin.FieldError{Field: "may", Err: err})
	}
	for i, word := range w.May {
		if err := known(word); err != nil {
			wrong = append(wrong, &plugin.FieldError{Field: fmt.Sprintf("may[%d]", i), Err: err})
		}
	}
	return wrong
}

// words are the commands that a file names.
func words() []string {
	return []string{"status", "pause", "resume", "quiet", "reload", "errors", "plugins", "on", "off", "block", "unblock", "send"}
}

// known is the mistake in the name of a command; nil if there is one.
func known(word string) error {
	if slices.Contains(words(), word) {
		return nil
	}
	return phrase.Errorf("%q is not possible here%s; there are %s", word, suggest.Hint(word, words()), strings.Join(words(), ", "))
}

// asked is the matcher of a command: it lets pass the people in charge, and those who may use it, in
// private and in the groups of the file.
func (p *owner) asked(word string) match.Matcher {
	return match.Func("May("+word+")", func(s *match.Subject) bool {
		return p.usable(s.Event.Conversation) && p.may(s.Event.Sender, word)
	})
}

// usable reports whether commands work in a chat.
func (p *owner) usable(at callback.Conversation) bool {
	return at.IsPrivate() || slices.Contains(p.c.Groups, at.ID)
}

// may reports whether somebody may use a command.
func (p *owner) may(wxid, word string) bool {
	return wxid != "" && (slices.Contains(p.h.Owners(), wxid) || slices.ContainsFunc(p.c.Who, func(w Who) bool {
		return w.Wxid == wxid && slices.Contains(w.May, word)
	}))
}

// prefixed are the names of a command, with what must stand before them.
func (p *owner) prefixed(names ...string) (all []string, more []match.Matcher) {
	switch p.c.Prefix {
	case "":
		return names, nil
	case "/":
		return names, []match.Matcher{match.Prefix("/", "／")}
	}
	for _, name := range names {
		all = append(all, p.c.Prefix+name)
	}
	return all, nil
}

// hint is how a command is written in an answer.
func (p *owner) hint(name string) string {
	if p.c.Prefix == "" {
		return "/" + name
	}
	return p.c.Prefix + name
}

package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/simulator"
)

// difference compares what the bot has sent with what a step expects. It returns a line for each
// difference: "- " for what is missing, "+ " for what is too much.
func (t *trial) difference(s *step, got []sent) (lines []phrase.Text, err error) {
	left := slices.Clone(got)
	for i := range s.Expect.sends {
		x := &s.Expect.sends[i]
		chat, err := t.expectedChat(s, x)
		if err != nil {
			return nil, err
		}
		found := slices.IndexFunc(left, func(m sent) bool { return m.chat == chat }) // order matters in a chat
		if found >= 0 && x.matches(t, left[found]) {
			left = slices.Delete(left, found, found+1)
			continue
		}
		lines = append(lines, phrase.New("- to %s: %v", t.nameOf(chat), x.text()))
		if found >= 0 {
			lines = append(lines, phrase.New("+ to %s: %v", t.nameOf(chat), left[found]))
			left = slices.Delete(left, found, found+1)
		}
	}
	for _, m := range left {
		lines = append(lines, phrase.New("+ to %s: %v", t.nameOf(m.chat), m))
	}
	return lines, nil
}

// expectedChat is the chat of a send that is expected.
func (t *trial) expectedChat(s *step, x *expectation) (string, error) {
	switch {
	case x.To != "":
		return t.chatID(x.To)
	case s.In != "":
		return t.chatID(s.In)
	}
	return t.chatID(cmp.Or(s.As, "alice"))
}

// matches reports whether a message is as expected.
func (x *expectation) matches(t *trial, m sent) bool {
	text := cmp.Or(x.Reply, x.Text)
	for _, want := range []struct{ want, got string }{
		{text, m.text}, {x.Kind, m.kind}, {x.File, m.text}, {x.Link, m.text},
	} {
		if want.want != "" && want.want != want.got {
			return false
		}
	}
	for _, words := range x.Contains {
		if !strings.Contains(m.text, words) {
			return false
		}
	}
	for _, name := range x.Mention {
		if id, err := t.chatID(name); err != nil || !slices.Contains(m.at, id) {
			return false
		}
	}
	kind := map[bool]string{x.Image: simulator.KindImage, x.File != "": simulator.KindFile, x.Link != "": simulator.KindLink}[true]
	return (kind == "" || kind == m.kind) && x.Held == (m.held != "")
}

// text describes an expectation.
func (x *expectation) text() phrase.Text {
	var all []phrase.Text
	add := func(format, value string) {
		if value != "" {
			all = append(all, phrase.New(format, value))
		}
	}
	add("text %q", cmp.Or(x.Reply, x.Text))
	add("kind %q", x.Kind)
	add("file %q", x.File)
	add("link %q", x.Link)
	add("text with %q", strings.Join(x.Contains, ", "))
	add("mentioning %q", strings.Join(x.Mention, ", "))
	if x.Image {
		all = append(all, phrase.New("a picture"))
	}
	if x.Held {
		all = append(all, phrase.New("held"))
	}
	if len(all) == 0 {
		return phrase.New("any message")
	}
	return phrase.Join(all, phrase.New(", "))
}

// String describes a message.
func (m sent) String() string {
	text := fmt.Sprintf("%s %q", m.kind, m.text)
	if m.held != "" {
		text += ", held: " + m.held
	}
	return text
}

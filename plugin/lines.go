package plugin

import (
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/router"
)

// Line is a message of a chat, as a note about a later one quotes it.
type Line struct{ Name, Text string }

const (
	keepLines = 6 * time.Hour
	// MaxLine is how many characters of a line are kept.
	MaxLine = 300
)

func linesOf(s *router.Store) *router.Log[Line] { return router.NewLog[Line](s, "lines", keepLines) }

// LastLines are the latest lines that NoteLine has kept for the chat of a store, of the last six
// hours, the oldest first.
func LastLines(c *router.Context, s *router.Store, n int) (lines []Line, err error) {
	newest, err := linesOf(s).Newest(c, n)
	for _, line := range newest {
		lines = append(lines, line.Data)
	}
	return lines, err //nolint:wrapcheck // it names the log
}

// NoteLine keeps what is said in the chat of an event.
func NoteLine(c *router.Context) error {
	text := Short(strings.TrimSpace(c.Said()), MaxLine)
	if text == "" {
		return nil
	}
	return linesOf(c.Store(router.ByChat)).Append(c, Line{c.SenderName(), text}) //nolint:wrapcheck // it names the log
}

// Short is a text of at most n characters, with … after what is left of a longer one.
func Short(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return text
}

// Package rules is the bot without Go code: rules that answer and forward, as a configuration file
// writes them.
package rules

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Rule is one rule: a kind of message, what narrows it, and what the rule does. Rules are tried in
// order; the first that matches handles the message.
type Rule struct {
	// Name is unique; it shows up in logs and in `hongyan routes`.
	Name string
	// On is the kind of message: text, image, file, link, or any other of xmlmsg.Kinds. Texts
	// include answers that quote a message; a rule on quote gets these first.
	On xmlmsg.Kind

	In      []string // conversations: ids of groups or friends
	From    []string // wxids of senders
	Private bool     // only private messages
	Group   bool     // only group messages
	AtMe    bool     // only messages that mention the account

	// The text of the message, without mentions of the account; see match.Subject.Said.
	Keyword       []string       // the text contains one of these words, see match.Keyword
	ExactSpelling bool           // Keyword matches this spelling only, see match.KeywordExact
	Exact         []string       // the text is one of these
	Regexp        *regexp.Regexp // the text matches; named groups fill the placeholders of Reply

	Ext     []string // the file has one of these extensions
	MinSize int64    // the file has at least this many bytes; 0 means any
	MaxSize int64    // the file has at most this many bytes; 0 means any

	// MaxAge is how old a message may be. 0 means the limit of the bot (bot.Config.MaxAge), less
	// than 0 any age.
	MaxAge time.Duration

	// Watch lets the rule handle messages of chats that the bot only listens to; see router.Watch.
	Watch bool

	// Reply is a text to answer with: a template, see router.ParseTemplate.
	Reply string
	// Forward sends the message on.
	Forward Forward
}

// Forward says where a message goes.
type Forward struct {
	To      []string // ids of groups or friends
	Caption string   // a text sent before: a template, see router.ParseTemplate
	Title   string   // another title, or file name; empty leaves it
}

// Error is a mistake in a rule.
type Error struct {
	Index int    // of the rule, from 0
	Field string // as in the configuration file: "regexp", "forward.to" …
	Err   error
}

// Error names the field and the cause; the caller knows the file and the line.
func (e *Error) Error() string { return fmt.Sprintf("rules: %s: %v", e.Field, e.Err) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a plugin of rules. It reports the mistakes that Check reports.
func New(rules []Rule) (bot.Plugin, error) {
	if err := Check(rules); err != nil {
		return nil, err
	}
	made := plugin(slices.Clone(rules))
	return &made, nil
}

type plugin []Rule

func (plugin) Name() string { return "rules" }

func (plugin) Close() error { return nil }

func (p plugin) Setup(h *bot.Handle) error {
	for _, r := range p {
		if err := r.register(h.Group); err != nil {
			return err
		}
	}
	return nil
}

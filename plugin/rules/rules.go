// Package rules is the bot without Go code: rules that answer, forward and do other things, as a
// configuration file writes them.
package rules

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Rule is one rule: kinds of messages, what narrows them, and what the rule does. Rules are tried
// in order; the first that matches handles the message. The tags are those of a configuration file.
type Rule struct {
	// Name is unique; it shows up in logs and in `hongyan routes`, and what the rule remembers is
	// stored under it.
	Name     string `yaml:"name" required:"true" help:"Unique; shows up in logs."`
	Disabled bool   `yaml:"enabled,not" default:"true" help:"Whether the rule works."`
	// On are the kinds of message: text, image, file, link, or any other of xmlmsg.Kinds. Texts
	// include answers that quote a message; a rule on quote gets these first.
	On []xmlmsg.Kind `yaml:"on" also:"event" required:"true" help:"The kinds of message: text, image, file, link …"`

	// Where and who. In and NotIn are ids of groups or friends, or private, groups, all; From and
	// NotFrom are wxids, or owners, admins, all. An absent list does not narrow; an empty one is a
	// mistake.
	Account []string `yaml:"account" help:"Accounts, by app_id."`
	In      []string `yaml:"in" of:"chats" help:"Chats, or private, groups, all."`
	NotIn   []string `yaml:"not_in" of:"chats" help:"Chats in which the rule does not work."`
	From    []string `yaml:"from" of:"people" help:"People, or owners, admins, all."`
	NotFrom []string `yaml:"not_from" of:"people" help:"People for whom the rule does not work."`
	Private bool     `yaml:"private" help:"Only private messages."`
	Group   bool     `yaml:"group" help:"Only group messages."`
	AtMe    bool     `yaml:"at_me" help:"Only messages that mention the account."`
	// Watch lets the rule handle messages of chats that the bot only listens to; see router.Watch.
	Watch bool `yaml:"watch" help:"Also messages of chats that the bot only listens to."`

	// The text of the message, without mentions of the account; see match.Subject.Said.
	Keyword       []string       `yaml:"keyword" help:"The text contains one of these words."`
	ExactSpelling bool           `yaml:"exact_spelling" help:"Keyword matches this spelling only."`
	Not           []string       `yaml:"not" help:"The text contains none of these words."`
	Starts        []string       `yaml:"starts" help:"The text begins with one of these."`
	Exact         []string       `yaml:"exact" help:"The text is one of these."`
	Regexp        *regexp.Regexp `yaml:"regexp" help:"The text matches; named groups become placeholders."`

	Ext     []string `yaml:"ext" help:"The extensions of files."`
	MinSize int64    `yaml:"min_size,bytes" help:"The smallest file."` // 0 means any
	MaxSize int64    `yaml:"max_size,bytes" help:"The largest file."`  // 0 means any

	// MaxAge is how old a message may be. 0 means the limit of the bot (bot.Config.MaxAge), less
	// than 0 any age.
	MaxAge time.Duration `yaml:"max_age,off" help:"How old a message may be, instead of the max_age of the bot; off for any age."`
	// Hours is the part of the day in which messages were sent; empty means the whole day.
	Hours outbox.Window `yaml:"hours" help:"The part of the day in which the rule works."`
	// If is an expression; docs/en/rules.md has its names. Empty means true.
	If string `yaml:"if" help:"An expression that must be true."`
	// Probability is how likely the rule takes a message that matches: 0 means always. The same
	// message always has the same answer.
	Probability float64 `yaml:"probability" help:"How likely the rule takes a message, from 0 to 1."`

	Cooldown Cooldown `yaml:"cooldown" help:"How long the rule rests after a message."`
	// Continue lets the rules after this one see the message as well.
	Continue bool `yaml:"continue" was:"next" help:"Go on with the next rules."`
	// Stop is the default, for files that want to say so.
	Stop   bool     `yaml:"stop" help:"The rules after this one do not see the message: the default."`
	DryRun bool     `yaml:"dry_run" help:"Do everything but act: the log says what would have been done."`
	Notify []string `yaml:"notify" of:"chats" help:"Who is told when an action fails for good: chats, people, or owners."`
	// Delay is the time before the rule acts; a revoke in between stops it.
	Delay outbox.Range `yaml:"delay" help:"The time before the rule acts."`

	// What the rule does, in this order. Ask comes first, before the delay.
	Ask    *Ask   `yaml:"ask" help:"A question to a person, who has to agree first."`
	Hold   string `yaml:"hold" help:"Why replies and forwards wait for a person, who releases them."`
	Accept bool   `yaml:"accept" help:"Accept the friend request."`
	Label  string `yaml:"label" help:"A label for the sender."`
	Remark string `yaml:"remark" help:"The name that the account gives the sender: a template."`
	Invite string `yaml:"invite" of:"chats" help:"A group to invite the sender to."`
	// Reply is what to answer with; Pick says how much of it: all, which is the default, random for
	// one of them, or first for the first that is not refused.
	Reply   []Part        `yaml:"reply" help:"What to answer with: a text, or a list."`
	Pick    string        `yaml:"pick" enum:"all,random,first" help:"What of a list to answer with."`
	Forward Forward       `yaml:"forward" help:"Where the message goes."`
	Call    *Call         `yaml:"call" help:"A URL to post the message to."`
	Append  *Append       `yaml:"append" help:"A table to add a line to."`
	Tell    *Tell         `yaml:"tell" help:"Who gets a note about the message."`
	Mute    time.Duration `yaml:"mute" help:"How long the bot is silent in the chat afterwards."`
}

// Cooldown is how long a rule rests after a message that it took.
type Cooldown struct {
	Per string        `yaml:"per" enum:"chat,sender,account" help:"For whom it rests; the default is chat."`
	For time.Duration `yaml:"for" was:"time" help:"How long."` // 0 means that it does not rest
}

// UnmarshalShort reads the time.
func (c *Cooldown) UnmarshalShort(value string) (err error) {
	c.For, err = parseDuration(value)
	return err
}

// Part is one message of an answer: one of its texts and files.
type Part struct {
	Text    string `yaml:"text" help:"A text: a template."`
	Quote   bool   `yaml:"quote" help:"The text quotes the message."`
	Mention bool   `yaml:"mention" help:"The text mentions the sender."`
	Image   string `yaml:"image" help:"The path of a picture, or its link, of which a copy is kept."`
	File    string `yaml:"file" help:"The path of a file."`
	Voice   string `yaml:"voice" help:"The path of a voice, in SILK."`
	Link    *Link  `yaml:"link" help:"A link card."`
	Card    string `yaml:"card" of:"people" help:"A person whose card is sent."`
}

// UnmarshalShort reads a text.
func (p *Part) UnmarshalShort(value string) error {
	p.Text = value
	return nil
}

// Text is a reply of texts: templates, see router.ParseTemplate.
func Text(texts ...string) []Part {
	parts := make([]Part, len(texts))
	for i, t := range texts {
		parts[i].Text = t
	}
	return parts
}

// Link is a link card. Its texts are templates.
type Link struct {
	Title string `yaml:"title" help:"The title."`
	Desc  string `yaml:"desc" help:"The line below the title."`
	URL   string `yaml:"url" help:"Where the link leads."`
	Thumb string `yaml:"thumb" help:"The URL of a small picture."`
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
	return &ruleset{rules: slices.Clone(rules)}, nil
}

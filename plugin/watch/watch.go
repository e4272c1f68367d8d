// Package watch is a plugin that tells a person which messages, in any of the chats of the account,
// have certain words.
package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Words    []string      `yaml:"words" help:"Words or regular expressions; without any, all messages of the people in from."`
	NotWords []string      `yaml:"not_words" help:"Words or regular expressions of messages that do not count."`
	To       []string      `yaml:"to" of:"chats" default:"owners" help:"Who gets the notes: chats, people, or owners."`
	Before   int           `yaml:"before" default:"0" help:"How many messages before it a note quotes."`
	Wait     time.Duration `yaml:"wait" default:"20s" help:"How long a note waits for the same text in other chats."`
	Cooldown Cooldown      `yaml:"cooldown" help:"How often there may be a note."`
	SameText time.Duration `yaml:"same_text" default:"24h" help:"How long the same text, in whichever chat, makes no second note."`
	Hours    outbox.Window `yaml:"hours" help:"The part of the day in which it watches; always if it is absent."`
	Summary  Summary       `yaml:"summary" help:"What happens when there are many notes."`
	Urgent   []string      `yaml:"urgent" help:"Words or regular expressions whose notes also come in the quiet hours."`
}

// Cooldown says how often there may be a note.
type Cooldown struct {
	Time time.Duration `yaml:"time" default:"10m" help:"The time after a note without another one; the next one tells how many there were."`
	Per  string        `yaml:"per" default:"group" enum:"group,sender,word" help:"What it is counted for."`
}

// Summary says what happens when there are many notes.
type Summary struct {
	Over  int           `yaml:"over,off" default:"10" help:"How many notes come one by one in the time of every."`
	Every time.Duration `yaml:"every" default:"1h" help:"How often the others come together."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("watch", "Tells a person which messages, in any chat, have certain words.", New).
		WithExample("watch: {in: all, words: [招标, 采购]}\n")
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In})}
	if len(c.Words) == 0 && (len(c.From) == 0 || slices.Contains(c.From, plugin.All)) {
		errs = append(errs, &plugin.FieldError{Field: "words", Err: errors.New("it is empty, and from names nobody")})
	}
	p := &part{c: c}
	for _, list := range []struct {
		field string
		words []string
		to    *[]*regexp.Regexp
	}{{"words", c.Words, &p.words}, {"not_words", c.NotWords, &p.not}, {"urgent", c.Urgent, &p.urgent}} {
		for i, word := range list.words {
			re, err := regexp.Compile("(?i)" + word)
			switch {
			case strings.TrimSpace(word) == "":
				err = errors.New("it is empty, and would match everything")
			case err != nil:
				err = phrase.Errorf("%q is neither a word nor a regular expression: write \\ before signs such as + and (", word)
			case re.MatchString(""):
				err = phrase.Errorf("%q matches everything", word)
			}
			if err != nil {
				errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf("%s[%d]", list.field, i), Err: err})
				continue
			}
			*list.to = append(*list.to, re)
		}
	}
	if c.Hours.From != c.Hours.To {
		var err error
		if p.hours, err = c.Hours.Hours(); err != nil {
			errs = append(errs, &plugin.FieldError{Field: "hours", Err: err})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("watch", p), nil
}

type part struct {
	c                  Config
	words, not, urgent []*regexp.Regexp
	hours              *outbox.Hours // nil: always
	h                  *bot.Handle
}

// Close implements plugin.Part.
func (p *part) Close() error { return nil }

// Setup implements plugin.Part.
func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.see, router.Watch()).Named("see")
	h.Task("note", p.note)
	h.Task("summary", p.summary)
	return nil
}

// note is a message that somebody is told.
type note struct {
	Hash, Group, Sender, Time, Text string
	Before                          []plugin.Line
	More                            int // hits since the note before, which the cooldown has kept back
	Urgent                          bool
}

// hit is where a text was seen.
type hit struct{ Event, Chat string }

// see looks at a message, and has a note made of it.
func (p *part) see(c *router.Context) error {
	text := c.Said()
	if c.Event.Self || c.Sender() == "" || strings.TrimSpace(text) == "" || p.isTarget(c) {
		return nil
	}
	var before []plugin.Line
	if p.c.Before > 0 {
		var err error
		if before, err = plugin.LastLines(c, c.Store(router.ByChat), p.c.Before); err != nil {
			return err
		}
		if err := plugin.NoteLine(c); err != nil {
			return err
		}
	}
	word, found := p.match(text)
	if !found || p.hours != nil && !p.hours.Contains(c.Now()) {
		return nil
	}
	sum := sha256.Sum256([]byte(c.Folded()))
	hash := hex.EncodeToString(sum[:12])
	first, err := c.Store().Claim(c, "same/"+hash, p.c.SameText)
	if err != nil {
		return err
	}
	if !first {
		return p.again(c, hash)
	}
	more, err := p.cooled(c, word)
	if err != nil || more < 0 {
		return err
	}
	n := note{
		Hash: hash, Group: c.GroupName(), Sender: c.SenderName(),
		Time: c.Event.Time.In(c.Now().Location()).Format("15:04"),
		Text: cut(text), Before: before, More: more, Urgent: anyMatch(p.urgent, text),
	}
	if err := p.again(c, hash); err != nil {
		return err
	}
	return c.Later("note", hash, p.c.Wait, n, bot.InChat(c.Account(), c.Conversation().ID))
}

// match is the first of the words that a text has.
func (p *part) match(text string) (string, bool) {
	if anyMatch(p.not, text) {
		return "", false
	}
	if len(p.words) == 0 {
		return "", true // from says whose messages count
	}
	for _, re := range p.words {
		if re.MatchString(text) {
			return re.String(), true
		}
	}
	return "", false
}

func anyMatch(list []*regexp.Regexp, text string) bool {
	return slices.ContainsFunc(list, func(re *regexp.Regexp) bool { return re.MatchString(text) })
}

// isTarget reports whether the notes go to the chat of the event: people there see the message.
func (p *part) isTarget(c *router.Context) bool {
	return slices.ContainsFunc(plugin.Chats(p.h, p.c.To), func(to string) bool {
		id, err := p.h.Contacts().Find(c, c.Account(), to)
		return err == nil && id == c.Conversation().ID
	})
}

// maxHits bounds the chats that a note lists.
const maxHits = 100

// again notes in which chat a text was seen.
func (p *part) again(c *router.Context, hash string) error {
	h := hit{c.Event.Key(), c.GroupName()}
	_, err := router.Update(c, c.Store(), "hits/"+hash, p.c.SameText, func(list []hit) ([]hit, error) {
		if len(list) >= maxHits || slices.ContainsFunc(list, func(x hit) bool { return x.Event == h.Event }) {
			return list, nil
		}
		return append(list, h), nil
	})
	return err
}

// held are the hits that a cooldown has kept back, by event: a handler may run again.
type held struct {
	N    int
	Last string
}

// cooled returns how many hits were kept back since the last note; -1 if this one is, too.
func (p *part) cooled(c *router.Context, word string) (int, error) {
	per := "group/" + c.ChatKey()
	switch p.c.Cooldown.Per {
	case "sender":
		per = "sender/" + c.Account() + "/" + c.Sender()
	case "word":
		per = "word/" + word
	}
	left, err := c.Store().Cooldown(c, "cooldown/"+per, p.c.Cooldown.Time)
	if err != nil {
		return 0, err
	}
	more := -1
	_, err = router.Update(c, c.Store(), "held/"+per, 24*time.Hour, func(h held) (held, error) {
		switch {
		case left <= 0:
			more = h.N
			if h.Last == c.Event.Key() { // the handler runs again after the note was asked for
				return h, nil
			}
			return held{N: 0, Last: c.Event.Key()}, nil
		case h.Last != c.Event.Key():
			h.N, h.Last = h.N+1, c.Event.Key()
		}
		return h, nil
	})
	return more, err
}

// note sends a note, or leaves it to the summary.
func (p *part) note(t *bot.Task[note]) error {
	n := t.Data
	if p.c.Summary.Over > 0 && !n.Urgent {
		count, err := t.Store().Window(t, "notes", p.c.Summary.Every)
		if err != nil {
			return err
		}
		if count > p.c.Summary.Over {
			if err := p.late(t.Store()).Append(t, n); err != nil {
				return err
			}
			return t.Later("summary", "summary", p.c.Summary.Every, t.Account(), bot.Keep())
		}
	}
	text, err := router.Remember(t.Context, "text", func() (string, error) {
		var hits []hit
		_, err := t.Store().Get(t, "hits/"+n.Hash, &hits)
		return n.text(hits), err
	})
	if err != nil {
		return err
	}
	return p.tell(t.Context, text, n.Urgent)
}

func (p *part) tell(c *router.Context, text string, urgent bool) error {
	var options []router.SendOption
	if urgent {
		options = append(options, router.AsAnswer())
	} else {
		options = append(options, router.AsProactive())
	}
	var errs []error
	for _, to := range plugin.Chats(p.h, p.c.To) {
		errs = append(errs, c.To(to).SendText(text, options...))
	}
	return router.Each(errs...)
}

// text is what a note says.
func (n *note) text(hits []hit) string {
	where := n.Group
	if where == "" {
		where = "私聊"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "【%s】%s %s\n", where, n.Sender, n.Time)
	for _, line := range n.Before {
		fmt.Fprintf(&b, "> %s：%s\n", line.Name, line.Text)
	}
	b.WriteString(n.Text)
	var also []string
	for _, h := range hits {
		if h.Chat != "" && h.Chat != n.Group && !slices.Contains(also, h.Chat) {
			also = append(also, h.Chat)
		}
	}
	if len(also) > 0 {
		fmt.Fprintf(&b, "\n（同一条还出现在：%s）", strings.Join(also, "、"))
	}
	if n.More > 0 {
		fmt.Fprintf(&b, "\n（此前另有 %d 条）", n.More)
	}
	return b.String()
}

// late are the notes that come in the summary.
func (p *part) late(s *router.Store) *router.Log[note] {
	return router.NewLog[note](s.Account("summary"), "late", 48*time.Hour)
}

// summary sends the notes that were too many, together.
func (p *part) summary(t *bot.Task[string]) error {
	text, err := router.Remember(t.Context, "text", func() (string, error) {
		var from time.Time
		if _, err := t.Store().Get(t, "summarised", &from); err != nil {
			return "", err
		}
		var list []string
		n := 0
		for line, err := range p.late(t.Store()).Range(t, from, t.Due) {
			if err != nil {
				return "", err
			}
			if n++; n <= 20 {
				list = append(list, fmt.Sprintf("%d. 【%s】%s：%s", n, line.Data.Group, line.Data.Sender, plugin.Short(line.Data.Text, 60)))
			}
		}
		if n == 0 {
			return "", nil
		}
		return fmt.Sprintf("关键词提醒较多，另有 %d 条：\n%s", n, strings.Join(list, "\n")), nil
	})
	if err != nil {
		return err
	}
	if text != "" {
		if err := p.tell(t.Context, text, false); err != nil {
			return err
		}
	}
	return t.Store().Set(t, "summarised", t.Due, 0)
}

func cut(text string) string { return plugin.Short(strings.TrimSpace(text), plugin.MaxLine) }

package relay

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	mostLines  = 20             // of a message
	mostQuoted = 60             // characters of a quote
	repeated   = 24 * time.Hour // how long it is remembered what was repeated
	retryFor   = 10 * time.Minute
)

type part struct {
	c      Config
	h      *bot.Handle
	kinds  []xmlmsg.Kind
	skip   []*regexp.Regexp
	prefix *router.Template
	notice plugin.Text
}

func (*part) Close() error { return nil }

// turn is what one person has said, in one piece: lines, or one message of another kind.
type turn struct {
	Lines []line `json:"lines"`
	Media bool   `json:"media,omitempty"` // the message of the task is forwarded
	Late  bool   `json:"late,omitempty"`  // it has waited for its turn once: it stands before others
}

type line struct {
	ID    string `json:"id"`
	Quote string `json:"quote,omitempty"`
	Text  string `json:"text"`
}

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.heard, match.Kind(p.kinds...)).Named("heard")
	h.Task("repeat", p.repeat, bot.RetryFor(retryFor))
	plugin.NoteRevokes(h, p.revoked)
	return nil
}

// heard has a message repeated, by one of the accounts that hear it. Lines of one person are
// collected, whichever account hears them; all else ends the turn before it.
func (p *part) heard(c *router.Context) error {
	if c.Event.Self || !c.Conversation().IsGroup() || p.c.OneWay && !p.is(c, p.c.Between[0]) {
		return nil
	}
	if !p.meant(c) {
		return nil
	}
	t, wait := turn{Media: true, Lines: []line{{ID: plugin.MessageID(c)}}}, time.Duration(0)
	if text, quote, ok := p.textOf(c); ok {
		if text == "" || p.skips(text) {
			return nil
		}
		if echo, err := p.isEcho(c, text); err != nil || echo {
			return err
		}
		t, wait = turn{Lines: []line{{plugin.MessageID(c), quote, text}}}, max(p.c.Merge, 0)
	}
	if mine, err := plugin.Mine(c, "heard", plugin.MessageID(c), repeated); err != nil || !mine {
		return err
	}
	return c.Later("repeat", c.Conversation().ID+"/"+c.Sender(), wait, t, p.collect(wait))
}

// meant reports whether a message is one of those that only lets through.
func (p *part) meant(c *router.Context) bool {
	if len(p.c.Only) == 0 {
		return true
	}
	q, quotes := c.Payload().(*xmlmsg.Quote)
	return quotes && q.Refer.Sender == c.Event.Wxid && slices.Contains(p.c.Only, onlyQuoted) ||
		c.AtMe() && slices.Contains(p.c.Only, onlyMentioned)
}

func (p *part) skips(text string) bool {
	return slices.ContainsFunc(p.skip, func(re *regexp.Regexp) bool { return re.MatchString(text) })
}

// is reports whether the event is in a chat.
func (p *part) is(c *router.Context, chat string) bool {
	id, err := p.h.Contacts().Find(c, c.Account(), chat)
	return err == nil && id == c.Conversation().ID
}

// textOf is what a text or an answer says, without mentions of the account, and what it quotes.
func (p *part) textOf(c *router.Context) (text, quote string, ok bool) {
	switch m := c.Payload().(type) {
	case *xmlmsg.Text:
	case *xmlmsg.Quote:
		if !p.c.NoQuotes {
			quote = "> " + quoted(c, m.Refer)
		}
	default:
		return "", "", false
	}
	return strings.TrimSpace(c.Said()), quote, true
}

// quoted is a quoted message on one line. What the bot has repeated says itself who has said it.
func quoted(c *router.Context, r xmlmsg.Refer) string {
	said := "[" + string(r.Kind()) + "]"
	switch m := r.Payload.(type) {
	case *xmlmsg.Text:
		said = m.Body
	case *xmlmsg.Quote:
		said = m.Text
	case *xmlmsg.File:
		said = m.Name
	case *xmlmsg.Link:
		said = m.Title
	}
	said = strings.Join(strings.Fields(said), " ")
	if utf8.RuneCountInString(said) > mostQuoted {
		said = string([]rune(said)[:mostQuoted]) + "…"
	}
	if r.Sender == c.Event.Wxid || r.Name == "" {
		return said
	}
	return r.Name + ": " + said
}

// collect joins a turn to the one of the same person that waits. Turns that cannot be one have the
// earlier one done at once.
func (p *part) collect(wait time.Duration) router.LaterOption {
	return func(r *router.TaskRequest) {
		r.Most = 4 * wait
		r.Merge = func(stored json.RawMessage, data any) (json.RawMessage, error) {
			var before turn
			if err := json.Unmarshal(stored, &before); err != nil {
				return nil, err
			}
			now := data.(turn)
			if before.Media || now.Media || len(before.Lines)+len(now.Lines) > mostLines {
				return nil, router.ErrTurnFull
			}
			if now.Late {
				before, now = now, before
			}
			return json.Marshal(turn{Lines: append(before.Lines, now.Lines...), Late: before.Late})
		}
	}
}

// repeat repeats a turn in the other groups, unless it was revoked.
func (p *part) repeat(t *bot.Task[turn]) error {
	to, err := p.others(t.Context)
	if err != nil {
		return err
	}
	lines, err := p.standing(t)
	if err != nil || len(lines) == 0 {
		return err
	}
	if err := p.announce(t, to); err != nil {
		return err
	}
	wait, err := p.room(t, len(to))
	switch {
	case err != nil || wait < 0:
		return err
	case wait > 0:
		return t.Later("repeat", t.Key, wait, turn{lines, t.Data.Media, true}, p.collect(wait))
	}
	prefix, err := p.prefix.Render(t.Context)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := t.Store(router.ByChat).Set(t, "repeated/"+l.ID, prefix, repeated); err != nil {
			return err
		}
	}
	if t.Data.Media {
		return t.ForwardAll(to, router.Caption(escaped(prefix)))
	}
	text := compose(prefix, lines)
	if err := t.Store().Set(t, "echo/"+fingerprint(text), true, repeated); err != nil { // before it is out
		return err
	}
	var errs []error
	for _, chat := range to {
		errs = append(errs, t.To(chat).SendText(text, router.AsAnswer()))
	}
	return router.Each(errs...)
}

// announce tells a group, and those that hear it, once that they are joined: people should know who
// reads them.
func (p *part) announce(t *bot.Task[turn], others []string) error {
	if p.notice.Empty() {
		return nil
	}
	joined := append([]string{t.Conversation().ID}, others...)
	var names []string
	for _, chat := range joined {
		names = append(names, p.h.Contacts().Contact(t, t.Account(), chat))
	}
	text := p.notice.Fill(map[string]string{"Groups": strings.Join(names, "、")})
	var errs []error
	for _, chat := range joined {
		first, err := t.Store().Claim(t, "told/"+chat, 0)
		if err == nil && first {
			err = t.To(chat).SendText(text, router.AsAnswer()) // before what is repeated, also at night
		}
		errs = append(errs, err)
	}
	return router.Each(errs...)
}

// others are the ids of the groups that hear of an event.
func (p *part) others(c *router.Context) (ids []string, err error) {
	for _, chat := range p.c.Between {
		id, err := p.h.Contacts().Find(c, c.Account(), chat)
		if err != nil {
			return nil, err
		}
		if id != c.Conversation().ID {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// standing are the lines of a turn that were not revoked, and that no other plugin disallows.
// Another run repeats the same lines: some groups may have them.
func (p *part) standing(t *bot.Task[turn]) ([]line, error) {
	return router.Remember(t.Context, "lines", func() (lines []line, err error) {
		for _, l := range t.Data.Lines {
			gone, err := plugin.Gone(t.Context, p.h, l.ID)
			if err != nil {
				return nil, err
			}
			if !gone {
				lines = append(lines, l)
			}
		}
		return lines, nil
	})
}

// compose makes one message of lines.
func compose(prefix string, lines []line) string {
	var all []string
	for _, l := range lines {
		if l.Quote != "" {
			all = append(all, l.Quote)
		}
		all = append(all, l.Text)
	}
	if len(all) == 1 {
		return prefix + ": " + all[0]
	}
	return prefix + ":\n" + strings.Join(all, "\n")
}

// escaped is a text as a template that renders to it.
func escaped(text string) string { return strings.ReplaceAll(text, "{{", `{{"{{"}}`) }

// revoked says in the other groups that a message was revoked which they have heard.
func (p *part) revoked(c *router.Context, id string) error {
	var prefix string
	heard, err := c.Store(router.ByChat).Get(c, "repeated/"+id, &prefix)
	if err != nil || !heard || p.c.Revokes != "note" {
		return err
	}
	to, err := p.others(c)
	if err != nil {
		return err
	}
	var errs []error
	for _, chat := range to {
		errs = append(errs, c.To(chat).SendText(prefix+" 撤回了一条消息", router.AsAnswer(), router.Queued()))
	}
	return router.Each(errs...)
}

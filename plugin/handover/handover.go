// Package handover is a plugin that hands a chat over to a person.
package handover

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Words       []string      `yaml:"words" help:"What customers write to get a person, alone or at the beginning of a message."`
	AfterMisses int           `yaml:"after_misses,off" default:"2" help:"After how many messages that nothing answers a person is called."`
	Stops       []string      `yaml:"stops" default:"llm" help:"The plugins that are quiet meanwhile, or all."`
	Silence     time.Duration `yaml:"silence" default:"30m" help:"For how long they are quiet."`
	Phone       Phone         `yaml:"phone" help:"How long after a line that is typed on the phone; a time, or off."`
	Back        []string      `yaml:"back" help:"What a customer writes, or the phone types, to have the bot again."`
	Hours       outbox.Window `yaml:"hours" help:"When people are there; always if it is absent."`

	Notify []Told `yaml:"notify" help:"Who is told, and may take over: chats, people, or owners; a name, or {chat: NAME, hours: 09:00-18:00}."`

	NotifyHours map[string]outbox.Window `yaml:"notify_hours" of:"chats" old:"notify: [{chat: NAME, hours: 09:00-18:00}]"`

	Summary Summary `yaml:"summary" help:"What the person who takes over gets to read of what was said before."`

	Open   []plugin.Clock `yaml:"open_at" help:"When, each day, they get a list of who waits or is taken over."`
	Text   string         `yaml:"text" default:"已通知人工，请稍候。" help:"The answer to a customer who wants a person; {{Waiting}} is how many wait, with this one."`
	Nobody string         `yaml:"nobody" default:"现在不在工作时间，我们会尽快回复您。" help:"The answer outside of hours."`
}

// Told is who is told. In a file the name may stand alone.
type Told struct {
	Chat  string        `yaml:"chat" of:"chats" required:"true" help:"A chat, a person, or owners."`
	Hours outbox.Window `yaml:"hours" help:"When they are told: 09:00-18:00; always if it is absent."`
}

// UnmarshalShort reads the name.
func (t *Told) UnmarshalShort(chat string) error {
	t.Chat = chat
	return nil
}

// Phone says how long plugins are quiet after a line that is typed on the phone.
type Phone struct {
	Silence time.Duration `yaml:"silence,off" default:"10m" help:"For how long they are quiet."`
	Fixed   bool          `yaml:"sliding,not" default:"true" help:"Whether each line makes it that long from then on, and not only the first."`
}

// UnmarshalShort reads for how long.
func (p *Phone) UnmarshalShort(silence string) (err error) {
	if silence == conf.Off {
		p.Silence = -1
	} else if p.Silence, err = conf.ParseDuration(silence); err == nil && p.Silence <= 0 {
		err = phrase.Errorf("%q is no time: write one above 0, or off", silence)
	}
	return err
}

const example = `handover: {in: [private], notify: [客服群]}
`

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("handover", "Hands a chat over to a person, and keeps the model quiet meanwhile.", New).WithExample(example)
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if c.Words == nil {
		c.Words = []string{"转人工", "人工客服", "投诉"}
	}
	if c.Back == nil {
		c.Back = []string{"/bot on", "转机器人"}
	}
	p := &handover{c: c}
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "words": c.Words, "back": c.Back})}
	for field, text := range map[string]struct {
		text string
		to   **router.Template
	}{"text": {c.Text, &p.text}, "nobody": {c.Nobody, &p.nobody}} {
		t, err := router.ParseTemplate(text.text)
		if err == nil {
			err = t.Check("Waiting")
		}
		if *text.to = t; err != nil {
			errs = append(errs, &plugin.FieldError{Field: field, Err: err})
		}
	}
	errs = append(errs, p.c.Summary.check())
	if c.Hours != (outbox.Window{}) {
		var err error
		if p.hours, err = c.Hours.Hours(); err != nil {
			errs = append(errs, &plugin.FieldError{Field: "hours", Err: err})
		}
	}
	errs = append(errs, p.makeNotify()...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("handover", p), nil
}

type handover struct {
	c            Config
	text, nobody *router.Template
	hours        *outbox.Hours // nil: always
	notify       []told
	h            *bot.Handle
	quiet        *bot.Quiet
}

// number is the argument of the commands.
type number struct {
	N int `arg:"号" help:"第几号"`
}

func (p *handover) Setup(h *bot.Handle) error {
	stops := p.c.Stops
	if slices.Contains(stops, plugin.All) {
		stops = nil
	}
	p.h, p.quiet = h, h.Quiet(stops...)
	desk := h.Anywhere().Where(match.Func("who is told", p.isDesk))
	desk.Command("接入", p.take, router.Alias("take"), router.Help("接手一位客户", "接入 2"))
	desk.Command("放回", p.giveBack, router.Alias("release"), router.Help("把客户还给机器人", "放回 2"))
	desk.Command("排队", p.list, router.Alias("waiting"), router.Help("谁在等人工"))
	h.Text(func(c *router.Context, _ *xmlmsg.Text) error { return p.back(c) }, match.Exact(p.c.Back...))
	h.Text(func(c *router.Context, _ *xmlmsg.Text) error { return p.call(c) }, match.Func("wants a person", p.wanted))
	h.Unhandled(p.missed)
	p.setUpSummary()
	plugin.Daily(h, p.c.Scope, p.c.Open, openLate, p.remind)
	if p.c.Phone.Silence > 0 {
		h.Self(p.back, match.Exact(p.c.Back...))
		h.Self(p.typed)
	}
	return nil
}

func (p *handover) Close() error { return nil }

// wanted reports whether a message asks for a person: by a word alone, or a word at its beginning.
// A short word must end there, as 人工 is not 人工智能.
func (p *handover) wanted(s *match.Subject) bool {
	said := strings.TrimSpace(s.Said())
	for _, word := range p.c.Words {
		rest, begins := strings.CutPrefix(said, word)
		next, _ := utf8.DecodeRuneInString(rest)
		if begins && (rest == "" || utf8.RuneCountInString(word) > 2 || !unicode.IsLetter(next) && !unicode.IsDigit(next)) {
			return true
		}
	}
	return false
}

// call calls a person, once for each chat.
func (p *handover) call(c *router.Context) error {
	if on, err := p.isOpen(c); on || err != nil {
		return err
	}
	told, there := p.told(c.Now())
	answer := p.nobody
	if there {
		answer = p.text
	}
	n, waiting, err := p.enter(c)
	if err != nil {
		return err
	}
	words, err := answer.RenderWith(c, map[string]string{"Waiting": strconv.Itoa(waiting)})
	if err != nil {
		return err //nolint:wrapcheck // it names the template
	}
	if words != "" {
		if err := c.ReplyAt(words); err != nil {
			return err
		}
	}
	if there { // else nobody answers if the bot does not
		if err := p.hush(c, c.Account(), c.Conversation().ID, p.c.Silence); err != nil {
			return err
		}
	}
	said := []rune(c.Said())
	return told.Tell(c, p.h, c.Account(), fmt.Sprintf("%d 号 %s 找人工：%s\n发“接入 %d”接手，发“放回 %d”还给机器人。",
		n, name(c), string(said[:min(len(said), 100)]), n, n))
}

// name is what the people who are told call a customer.
func name(c *router.Context) string {
	if c.Conversation().IsGroup() {
		return c.SenderName() + "（" + c.GroupName() + "）"
	}
	return c.SenderName()
}

// missesWithin is how close together the messages are that nothing answers.
const missesWithin = 30 * time.Minute

// missed counts a message that nothing answers. In a group only those to the bot count.
func (p *handover) missed(c *router.Context) error {
	if p.c.AfterMisses < 1 || c.Conversation().IsGroup() && !c.AtMe() || p.isDesk(&c.Subject) {
		return router.Next
	}
	if on, err := p.isOpen(c); on || err != nil {
		return err
	}
	s := c.Store(router.BySender)
	few, err := plugin.Limit{Most: p.c.AfterMisses - 1, Per: missesWithin}.Take(c, s, "misses", c.Event.Key())
	if err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	if few {
		return router.Next
	}
	if err := p.call(c); err != nil {
		return err
	}
	return s.Delete(c, "misses") //nolint:wrapcheck // it names the value
}

// back gives the chat back to the bot, if it is handed over.
func (p *handover) back(c *router.Context) error {
	on, err := p.isOpen(c)
	switch {
	case err != nil:
		return err
	case !on:
		return router.Next
	}
	return p.end(c, c.Account(), c.Conversation().ID)
}

// typed is a line that the owner of the account has typed in the chat: a person has taken over.
func (p *handover) typed(c *router.Context) error {
	if p.c.Phone.Fixed {
		if on, err := p.isOpen(c); on || err != nil {
			return err
		}
	}
	return p.hush(c, c.Account(), c.Conversation().ID, p.c.Phone.Silence)
}

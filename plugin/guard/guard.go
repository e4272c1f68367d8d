// Package guard is a plugin that keeps advertising out of groups: it warns, tells the people in
// charge, and removes members.
package guard

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin. What is absent is not looked for.
type Config struct {
	plugin.Scope

	Words        []string     `yaml:"words" help:"Words that must not be said, or files (.txt) with a word in each line."`
	Patterns     []string     `yaml:"patterns" help:"Regular expressions that must not match."`
	Links        *Links       `yaml:"links" help:"Links are not allowed, except to some hosts."`
	QRCodes      bool         `yaml:"qr_codes" default:"false" help:"Pictures and stickers with a QR code are not allowed."`
	Nicknames    bool         `yaml:"nicknames" default:"false" help:"Words, patterns and links are not allowed in nicknames either."`
	Cards        bool         `yaml:"cards" default:"false" help:"Cards of people and official accounts are not allowed."`
	MiniPrograms bool         `yaml:"mini_programs" default:"false" help:"Mini programs are not allowed."`
	MaxLength    int          `yaml:"max_length,off" help:"How many characters a text has at most."`
	Flood        Flood        `yaml:"flood" help:"How many messages a person may write in a time."`
	Repeats      Repeats      `yaml:"repeats" help:"How often a person may say the same in a time."`
	NewMembers   NewMembers   `yaml:"new_members" help:"What new members must not do, too."`
	Blacklist    Blacklist    `yaml:"blacklist" help:"Who has to leave all groups of the plugin."`
	Votes        Votes        `yaml:"votes" help:"How members report a message."`
	Model        Model        `yaml:"model" help:"A language model that is asked before anything is done about a text."`
	Exempt       []string     `yaml:"exempt" of:"people" default:"admins" help:"Who may do all that: wxids, names, admins, owners."`
	Strikes      Strikes      `yaml:"strikes" help:"When the last step of then comes."`
	Then         []string     `yaml:"then" help:"The steps: warn, notify, remove. Without it warn and notify."`
	Warn         string       `yaml:"warn" default:"{{.Mention}} 请不要在群里发这些（{{.Strike}}/{{.Strikes}}）" help:"The warning."`
	RemoveCap    int          `yaml:"remove_cap" default:"10" help:"How many are removed from a group in 24 hours at most."`
	Wait         outbox.Range `yaml:"wait" default:"5s-15s" help:"How long a removal waits: who revokes meanwhile is warned."`
}

// Links are the links that are allowed.
type Links struct {
	Allow []string `yaml:"allow" help:"Hosts, with all below them."`
}

// Flood is too many messages.
type Flood struct {
	Messages int           `yaml:"messages,off" help:"How many messages are allowed; off if it is absent."`
	In       time.Duration `yaml:"in" default:"10s" help:"In this time."`
}

// Repeats is the same text again and again.
type Repeats struct {
	Times int           `yaml:"times,off" help:"How often the same is allowed; off if it is absent."`
	In    time.Duration `yaml:"in" default:"10m" help:"In this time."`
}

// NewMembers is what new members must not do.
type NewMembers struct {
	For     time.Duration `yaml:"for,off" help:"How long a member is new; off if it is absent."`
	NoLinks bool          `yaml:"links,not" default:"true" help:"Whether they may send links, to hosts that are allowed."`
	NoCards bool          `yaml:"cards,not" default:"true" help:"Whether they may send cards and mini programs."`
}

// Strikes is when the last step comes.
type Strikes struct {
	Count int           `yaml:"count" default:"3" help:"From this strike on."`
	In    time.Duration `yaml:"in" default:"10m" help:"How long a strike counts."`
}

// The steps.
const (
	warn   = "warn"
	notify = "notify"
	remove = "remove"
)

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("guard", "Keeps advertising out of groups: warns, tells, and removes members.", New).
		WithExample("guard: {in: [产品群], words: [加微信返利, 刷单], then: notify}\n")
}

type guard struct {
	c        Config
	h        *bot.Handle
	words    []string // as compare returns them
	patterns []*regexp.Regexp
	warning  plugin.Text
	reported plugin.Text // the warning of those whom others have reported
	trial    func() bool // whether it only tells
}

// Rehearse implements plugin.Rehearser.
func (g *guard) Rehearse(on func() bool) { g.trial = on }

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if len(c.Then) == 0 {
		c.Then = []string{warn, notify}
	}
	g := &guard{c: c, trial: func() bool { return false }}
	errs := []error{plugin.Require(map[string][]string{"in": c.In})}
	mistake := func(field string, err error) { errs = append(errs, &plugin.FieldError{Field: field, Err: err}) }
	words, err := plugin.ReadWords("words", c.Words)
	errs = append(errs, err)
	for _, word := range words {
		g.words = append(g.words, compare(word))
	}
	g.patterns, err = plugin.ReadPatterns("patterns", c.Patterns)
	errs = append(errs, err)
	for i, step := range c.Then {
		if step != warn && step != notify && step != remove {
			mistake(fmt.Sprintf("then[%d]", i), phrase.Errorf("%q is not one of warn, notify, remove", step))
		}
	}
	for i, step := range c.Votes.Then {
		if step != warn && step != notify {
			mistake(fmt.Sprintf("votes.then[%d]", i), phrase.Errorf("%q is not one of warn, notify: votes remove nobody", step))
		}
	}
	errs = append(errs, plugin.CheckPeople("blacklist.people", c.Blacklist.People), c.Votes.check(), g.c.Model.Check("model"))
	if c.Nicknames && len(c.Words)+len(c.Patterns) == 0 && c.Links == nil {
		mistake("nicknames", errors.New("there are no words, patterns or links that could be in one"))
	}
	if c.Strikes.Count < 1 {
		mistake("strikes.count", errors.New("it is less than 1"))
	}
	if len(c.Words)+len(c.Patterns) == 0 && c.Links == nil && !c.QRCodes && !c.Cards && !c.MiniPrograms && c.MaxLength <= 0 &&
		c.Flood.Messages <= 0 && c.Repeats.Times <= 0 && c.NewMembers.For <= 0 && !c.Blacklist.on() && c.Votes.Count <= 0 {
		mistake("words", errors.New("nothing is looked for, so the plugin would do nothing"))
	}
	g.warning, err = plugin.ParseText("warn", c.Warn, "Mention", "Name", "Strike", "Strikes", "GroupName")
	errs = append(errs, err)
	g.reported, err = plugin.ParseText("votes.warn", c.Votes.Warn, "Mention", "Name", "Count", "GroupName")
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return c.Bind("guard", g), nil
}

func (g *guard) Setup(h *bot.Handle) error {
	g.h = h
	h.Any(g.check, match.Group()).Named(h.Name() + "/check").Passes()
	h.MemberJoined(g.joined).Named(h.Name() + "/joined").Passes()
	if g.c.Votes.Count > 0 {
		h.Quote(g.vote, match.Group(), match.Exact(g.c.Votes.Word)).Named(h.Name() + "/vote").Passes()
	}
	if g.c.Blacklist.on() {
		g.blacklistCommands(h)
	}
	plugin.NoteRevokes(h, nil) // for removals that wait
	h.Task("qr", g.qr, bot.RetryFor(time.Hour))
	h.Task("judge", g.judge, bot.RetryFor(time.Hour), bot.TaskTimeout(g.c.Model.Timeout+time.Minute))
	h.Task("remove", g.remove, bot.RetryFor(time.Hour))
	return nil
}

func (g *guard) Close() error { return nil }

// check looks at a message, and takes it if it is not allowed: no other plugin answers it.
func (g *guard) check(c *router.Context) error {
	if c.Sender() == "" || !c.Event.IsMessage() || c.Event.Kind() == xmlmsg.KindRevoke || g.exempt(c, c.Sender()) {
		return router.Next
	}
	on, err := g.blacklisted(c, c.Sender())
	if err != nil {
		return err
	}
	if on {
		return g.expel(c, offenceOf(c, onBlacklist))
	}
	why, err := g.reason(c)
	switch {
	case err != nil:
		return err
	case why.text != "" && why.arguable && g.c.Model.On():
		return c.Later("judge", c.Event.Key(), 0, offenceOf(c, why.text)) // the model may take its time
	case why.text != "":
		return g.strike(c, offenceOf(c, why.text))
	}
	if kind := c.Event.Kind(); g.c.QRCodes && (kind == xmlmsg.KindImage || kind == xmlmsg.KindEmoji) {
		if err := c.Later("qr", c.Event.Key(), 0, nil); err != nil {
			return err
		}
	}
	return router.Next
}

// exempt reports whether somebody may do all.
func (g *guard) exempt(c *router.Context, wxid string) bool {
	return plugin.Among(c, g.h, wxid, g.c.Exempt...)
}

// joined remembers who is new, and tells of names that are not allowed: nobody has said anything
// yet, so that is no strike. Who is on the blacklist has to go.
func (g *guard) joined(c *router.Context, s *xmlmsg.System) error {
	for _, p := range s.Joined() {
		if p.Username == "" {
			continue
		}
		on, err := g.blacklisted(c, p.Username)
		if err != nil {
			return err
		}
		if on && !g.exempt(c, p.Username) {
			o := offence{Person: p.Username, Name: p.Nickname, Reason: onBlacklist}
			if err := g.expel(c, o); err != nil && !errors.Is(err, router.Next) {
				return err
			}
			continue
		}
		if why := g.ofName(p.Nickname); why != "" {
			text := fmt.Sprintf("%s：新成员 %s（%s）的%s", plugin.CleanName(c.GroupName(), c.Conversation().ID),
				plugin.CleanName(p.Nickname, p.Username), p.Username, why)
			if err := g.c.Tell(c, g.h, c.Account(), text); err != nil {
				return err
			}
		}
		if g.c.NewMembers.For <= 0 {
			continue
		}
		if err := c.Store(router.ByChat).Set(c, "new/"+p.Username, true, g.c.NewMembers.For); err != nil {
			return err
		}
	}
	return router.Next
}

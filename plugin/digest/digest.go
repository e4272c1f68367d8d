// Package digest is a plugin that sums up what was said in a group: every day, or when somebody
// asks, by counting or with a language model.
package digest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	At      []plugin.Clock `yaml:"at" help:"The times of the day, such as 22:00."`
	Ready   time.Duration  `yaml:"ready,off" default:"off" help:"How long before that it is made; it covers what was said until then."`
	Zone    string         `yaml:"zone" help:"The time zone, such as Asia/Shanghai; that of the bot if it is absent."`
	Range   string         `yaml:"range" default:"since_last" help:"What it sums up: since_last, or a time such as 24h."`
	Least   int            `yaml:"least,off" default:"20" help:"With fewer messages there is no digest."`
	Most    int            `yaml:"most" default:"1500" help:"How many messages, the latest, the model reads."`
	Ranking int            `yaml:"ranking,off" default:"5" help:"How many of those who wrote most it names."`
	Model   Model          `yaml:"model" help:"A language model that writes the digest, or the name of one in models; without, it counts."`
	Prompt  string         `yaml:"prompt" default:"用中文把这段群聊总结成最多五个要点，每点一行，写明结论、待办和负责人；没有的就不写。不要引用隐私，不要编造。" help:"What the model is to do; or the path of a .txt or .md file."`
	To      []string       `yaml:"to" of:"chats" default:"same" help:"Who gets it: same is the group itself; chats, people, or owners."`
	Ask     Ask            `yaml:"ask" help:"A command that makes a digest at once."`
	Late    time.Duration  `yaml:"late" default:"1h" help:"How late it may come after the bot was down, once."`

	CostCap struct {
		PerDay float64 `yaml:"per_day"`
	} `yaml:"cost_cap" old:"model: {model: …, cost_per_day: …}"`
}

// Model is a language model that writes digests.
type Model struct {
	models.Section

	Prompt string `yaml:"prompt" old:"prompt: …, beside model"`
}

// UseModels implements models.User.
func (c *Config) UseModels(known models.Known) error { return c.Model.Fill("model", known) }

// Ask is a command of people in the group.
type Ask struct {
	Command  string        `yaml:"command" help:"The command, such as /总结; it takes a time, such as 3小时 or 9:00-12:00."`
	From     []string      `yaml:"from" of:"people" default:"all" help:"Who may use it: wxids, unique names, admins, owners, or all."`
	Cooldown time.Duration `yaml:"cooldown" default:"1h" help:"The time between two in a group."`
	Away     string        `yaml:"away" help:"A command that tells a person what they missed since they last wrote, such as /我错过了什么."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("digest", "Sums up what was said in a group, every day or when somebody asks.", New).
		WithExample("digest: {in: [项目群], at: \"22:00\"}\n")
}

// keep is how long messages are stored, and the longest time that a digest covers.
const keep = 7 * 24 * time.Hour

// maxReady is how long before it is sent a digest is made at most.
const maxReady = 12 * time.Hour

const sinceLast = "since_last"

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	c.Prompt = cmp.Or(c.Prompt, c.Model.Prompt)
	c.Model.CostPerDay = cmp.Or(c.Model.CostPerDay, c.CostCap.PerDay)
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In}), c.Model.Check("model")}
	var err error
	if c.Prompt, err = plugin.ReadText("prompt", c.Prompt); err != nil {
		errs = append(errs, err)
	}
	p := &part{c: c}
	if len(c.At) == 0 && c.Ask.Command == "" && c.Ask.Away == "" {
		errs = append(errs, &plugin.FieldError{Field: "at", Err: errors.New("it is missing: write a time such as 22:00, or ask.command")})
	}
	if c.Range != sinceLast {
		var err error
		if p.span, err = conf.ParseDuration(c.Range); err != nil || p.span <= 0 || p.span > keep {
			errs = append(errs, &plugin.FieldError{Field: "range", Err: phrase.Errorf("%q is neither since_last nor at most 7d", c.Range)})
		}
	}
	if c.Ready > maxReady {
		errs = append(errs, &plugin.FieldError{Field: "ready", Err: errors.New("it is more than 12h: write the time before, such as 10m")})
	}
	if c.Zone != "" {
		zone, err := time.LoadLocation(c.Zone)
		if err != nil {
			errs = append(errs, &plugin.FieldError{Field: "zone", Err: phrase.Errorf("%q is not a time zone: write Asia/Shanghai", c.Zone)})
		}
		p.zone = zone
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("digest", p), nil
}

type part struct {
	c     Config
	zone  *time.Location
	span  time.Duration // 0: since the last digest
	h     *bot.Handle
	round plugin.Rounds
}

// Close implements plugin.Part.
func (p *part) Close() error { return nil }

// Setup implements plugin.Part.
func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	if p.zone == nil {
		p.zone = h.Zone()
	}
	h.Observe(p.hear, match.Group()).Named("hear")
	h.Task("make", p.make, bot.TaskTimeout(p.c.Model.Timeout+time.Minute))
	var zone []bot.ScheduleOption
	if p.c.Zone != "" {
		zone = append(zone, bot.Zone(p.c.Zone))
	}
	h.Task("send", p.send)
	early := max(p.c.Ready, 0)
	at := make([]plugin.Clock, 0, len(p.c.At))
	for _, clock := range p.c.At {
		at = append(at, clock.Before(early))
	}
	plugin.Daily(h, p.c.Scope, at, p.c.Late+early, p.due, zone...)
	if name := strings.TrimPrefix(p.c.Ask.Command, "/"); name != "" {
		h.Command(name, p.ask, match.Group(), router.Help("总结最近的聊天", name+" 3小时", name+" 9:00-12:00"))
	}
	if name := strings.TrimPrefix(p.c.Ask.Away, "/"); name != "" {
		h.Command(name, p.away, match.Group(), router.Help("看上次发言以后错过了什么"))
	}
	return nil
}

// heard is a message. The log of a group has those of this group alone.
type heard struct {
	Who, Name string
	Kind      xmlmsg.Kind
	Text      string // of a text; the name of a file, the title of a link
}

func heardIn(s *router.Store) *router.Log[heard] { return router.NewLog[heard](s, "heard", keep) }

const (
	maxLine  = 300 // characters of a message that are kept
	keyLast  = "last"
	keyWrote = "wrote" // when a person has last written in a group
)

// hear notes a message of a person, and the group.
func (p *part) hear(c *router.Context) error {
	line := heard{Who: c.Sender(), Kind: c.Event.Kind()}
	switch m := c.Payload().(type) {
	case *xmlmsg.Text, *xmlmsg.Quote:
		line.Kind, line.Text = xmlmsg.KindText, c.Said()
	case *xmlmsg.File:
		line.Text = m.Name
	case *xmlmsg.Link:
		line.Text = m.Title
	case *xmlmsg.Image, *xmlmsg.Voice, *xmlmsg.Video, *xmlmsg.Emoji:
	default:
		return nil
	}
	if c.Event.Self || line.Who == "" || strings.HasPrefix(line.Text, "/") { // commands are no talk
		return nil
	}
	if text := []rune(line.Text); len(text) > maxLine {
		line.Text = string(text[:maxLine]) + "…"
	}
	line.Name = c.SenderName()
	if err := p.round.Note(c); err != nil {
		return err
	}
	if p.c.Ask.Away != "" {
		if err := c.Store(router.BySender).Set(c, keyWrote, c.Now(), keep); err != nil {
			return err
		}
	}
	return heardIn(c.Store(router.ByChat)).Append(c, line)
}

// request is a digest to be made.
type request struct {
	From, Due time.Time // a zero From is for the configuration to say
	Send      time.Time // it waits until then
	Until     time.Time // it is not made later
	Asked     bool
	For       string // the wxid of the one who gets it alone, who was away
}

// apart is the time between the digests of two groups: a model answers one after the other.
const apart = 5 * time.Second

// due asks for the digest of each group.
func (p *part) due(j *bot.Job) error {
	return p.round.Each(j, "make", apart, func(delay time.Duration) any {
		send := j.Due.Add(max(p.c.Ready, 0) + delay)
		return request{Due: j.Due, Send: send, Until: send.Add(p.c.Late + time.Minute)}
	})
}

// make makes the digest of the group of the task, from the log of this group only.
func (p *part) make(t *bot.Task[request]) error {
	r := t.Data
	if t.Now().After(r.Until) { // the plugin was off in the group
		p.h.Logger().Info("a digest was left out: it is too late", zap.Time("due", r.Due))
		return nil
	}
	mine := t.Store(router.ByChat)
	text, err := router.Remember(t.Context, "text", func() (string, error) {
		from, err := p.from(t, mine)
		if err != nil {
			return "", err
		}
		x := newExtract(p.c.Most, from, r.Due, p.zone)
		for line, err := range heardIn(mine).Range(t, from, r.Due) {
			if err != nil {
				return "", err
			}
			if line.Data.Who != r.For || r.For == "" {
				x.add(line)
			}
		}
		if x.total == 0 || !r.Asked && x.total < p.c.Least {
			return "", nil
		}
		return p.write(t, x)
	})
	if err != nil {
		return err
	}
	switch {
	case r.For != "" && text == "":
		return t.ReplyAt("上次发言以后没有别人的消息。", router.AsAnswer())
	case r.For != "":
		return t.ReplyAt(text, router.AsAnswer())
	case r.Asked && text == "":
		return t.Reply("这段时间没有消息。", router.AsAnswer())
	case r.Asked:
		return t.Reply(text, router.AsAnswer())
	case text == "":
		return nil // the next one covers the time, too
	}
	d := ready{Text: text, Due: r.Due, Until: r.Until}
	if wait := r.Send.Sub(t.Now()); wait > 0 {
		return t.Later("send", fmt.Sprintf("%s %d", t.ChatKey(), r.Due.Unix()), wait, d, bot.InChat(t.Account(), t.Conversation().ID))
	}
	return p.deliver(t.Context, d)
}

// ready is a digest that is made.
type ready struct {
	Text       string
	Due, Until time.Time // as those of its request
}

// send sends a digest that was made before its time.
func (p *part) send(t *bot.Task[ready]) error {
	if t.Now().After(t.Data.Until) {
		p.h.Logger().Info("a digest was left out: it is too late", zap.Time("due", t.Data.Due))
		return nil
	}
	return p.deliver(t.Context, t.Data)
}

// deliver sends a digest to all who get it, and notes what it covers.
func (p *part) deliver(c *router.Context, d ready) error {
	var errs []error
	for _, to := range plugin.Chats(p.h, p.c.To) {
		if to == "same" {
			to = c.Conversation().ID
		}
		errs = append(errs, c.To(to).SendText(d.Text))
	}
	if err := router.Each(errs...); err != nil {
		return err
	}
	return c.Store(router.ByChat).Set(c, keyLast, d.Due, 0)
}

// from is where the time of a digest begins.
func (p *part) from(t *bot.Task[request], mine *router.Store) (time.Time, error) {
	r := t.Data
	switch {
	case !r.From.IsZero():
		return r.From, nil
	case p.span > 0:
		return r.Due.Add(-p.span), nil
	}
	var last time.Time
	if _, err := mine.Get(t, keyLast, &last); err != nil {
		return last, err
	}
	if earliest := r.Due.Add(-keep); last.Before(earliest) {
		last = earliest
	}
	return last, nil
}

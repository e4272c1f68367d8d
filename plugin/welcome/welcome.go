// Package welcome is a plugin that greets new members of groups, and tells the people in charge who
// has left.
package welcome

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope

	Text     string        `yaml:"text" help:"The greeting, with {{.Mentions}}, {{.Names}}, {{.Count}}, {{.Inviter}}, {{.GroupName}}."`
	Image    string        `yaml:"image" help:"A picture that follows the text: a file of this machine."`
	Emoji    *Emoji        `yaml:"emoji" help:"A sticker that follows the text."`
	Link     *Link         `yaml:"link" help:"A link that follows the text."`
	Mention  bool          `yaml:"mention" default:"true" help:"Begin the text with a mention, unless it has {{.Mentions}}."`
	Wait     outbox.Range  `yaml:"wait" also:"delay" default:"2s-6s" help:"How long it waits before it greets, drawn at random."`
	Batch    time.Duration `yaml:"batch,off" default:"20s" help:"Who joins within this time after another shares the greeting."`
	MaxNames int           `yaml:"max_names" default:"5" help:"How many are named; the others are counted."`
	Raid     int           `yaml:"raid,off" default:"30" help:"From how many at once nobody is greeted, and notify is told instead."`
	Members  Members       `yaml:"members" help:"Greets only in groups of so many members, such as 0-200; in all if it is absent."`
	OncePer  time.Duration `yaml:"once_per,off" default:"30d" help:"How long who comes again is not greeted again in the group."`
	Private  string        `yaml:"private" help:"What new members who are friends of the account get in private, such as the rules."`
	Leave    *Leave        `yaml:"leave" help:"Tells who has left a group. Nobody is told without it."`
}

// Link is a card with a link.
type Link struct {
	Title string `yaml:"title" required:"true" help:"Its title."`
	Desc  string `yaml:"desc" help:"A line below the title."`
	URL   string `yaml:"url" required:"true" help:"Where it leads."`
	Thumb string `yaml:"thumb" help:"The address of its picture."`
}

// Emoji is a sticker, as a message with it has it.
type Emoji struct {
	MD5  string `yaml:"md5" required:"true" help:"Its MD5, as hongyan decode shows it."`
	Size int64  `yaml:"size" required:"true" help:"Its bytes, as hongyan decode shows them."`
}

// Leave configures the notice of members who leave.
type Leave struct {
	Notify []string      `yaml:"notify" of:"chats" default:"owners" help:"Who is told."`
	Text   string        `yaml:"text" default:"{{.Names}} 离开了 {{.GroupName}}" help:"The notice."`
	Check  time.Duration `yaml:"check" default:"30m" help:"How often the lists of members are compared."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("welcome", "Greets new members of groups, and tells who has left.", New).WithExample(
		"welcome: {in: [产品群], text: \"欢迎 {{.Names}}，群规见公告\"}\n")
}

type welcome struct {
	c           Config
	h           *bot.Handle
	text, leave plugin.Text
	private     plugin.Text
	placed      bool // the text has a place for the mentions
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	w := &welcome{c: c, placed: strings.Contains(c.Text, "Mentions")}
	errs := []error{plugin.Require(map[string][]string{"in": c.In})}
	if c.Text+c.Image+c.Private == "" && c.Link == nil && c.Emoji == nil {
		errs = append(errs, &plugin.FieldError{Field: "text", Err: errors.New("nothing to say: give a text, an image, an emoji or a link")})
	}
	if e := c.Emoji; e != nil && (!isMD5.MatchString(e.MD5) || e.Size < 1) {
		errs = append(errs, &plugin.FieldError{Field: "emoji", Err: errors.New("it is not the MD5 and the size of a sticker")})
	}
	var err error
	w.text, err = plugin.ParseText("text", c.Text, "Mentions", "Names", "Name", "Count", "Inviter", "GroupName")
	errs = append(errs, err)
	w.private, err = plugin.ParseText("private", c.Private, "Name", "GroupName")
	errs = append(errs, err)
	if c.Leave != nil {
		w.leave, err = plugin.ParseText("leave.text", c.Leave.Text, "Names", "Name", "Count", "GroupName")
		errs = append(errs, err)
		if c.Leave.Check < time.Minute {
			errs = append(errs, &plugin.FieldError{Field: "leave.check", Err: errors.New("it is less than a minute")})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("welcome", w), nil
}

var isMD5 = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

func (w *welcome) Setup(h *bot.Handle) error {
	w.h = h
	h.MemberJoined(w.joined).Named(h.Name() + "/joined").Passes()
	h.Task("greet", w.greet, bot.RetryFor(time.Hour))
	if w.c.Leave != nil {
		h.Schedule("leave", "@every "+w.c.Leave.Check.String(), w.compare, bot.CatchUp(leaveCatchUp))
	}
	return nil
}

func (w *welcome) Close() error { return nil }

// newcomers are those who have joined and are not greeted yet.
type newcomers struct {
	People  []xmlmsg.Person
	Inviter string
}

// joined collects those who join; each one moves the greeting.
func (w *welcome) joined(c *router.Context, s *xmlmsg.System) error {
	came := newcomers{}
	for _, p := range s.Joined() {
		if p.Username == c.Event.Wxid && p.Username != "" || slices.Contains(w.h.Owners(), p.Username) {
			continue
		}
		came.People = append(came.People, p)
	}
	if by := s.By(); len(by) > 0 {
		came.Inviter = by[0].Nickname
	}
	if len(came.People) == 0 {
		return router.Next
	}
	wait := plugin.Draw(w.c.Wait) + max(w.c.Batch, 0)
	err := c.Later("greet", c.ChatKey(), wait, came, bot.Merge(func(before, now newcomers) newcomers {
		if before.Inviter != now.Inviter {
			before.Inviter = ""
		}
		before.People = append(before.People, now.People...)
		return before
	}))
	if err != nil {
		return err
	}
	return router.Next
}

// greet greets all who have joined.
func (w *welcome) greet(t *bot.Task[newcomers]) error {
	people, err := router.Remember(t.Context, "people", func() ([]xmlmsg.Person, error) { return w.fresh(t) })
	if err != nil || len(people) == 0 {
		return err
	}
	group := plugin.CleanName(t.GroupName(), t.Conversation().ID)
	if w.c.Raid > 0 && len(people) >= w.c.Raid {
		return w.c.Tell(t, w.h, t.Account(), group+" 一下子进了 "+strconv.Itoa(len(people))+" 个人，没有发欢迎，请看一下。")
	}
	return router.Each(w.inGroup(t, people, group), w.inPrivate(t, people, group))
}

// fresh are those who are still in the group, and were not greeted lately: each once. Notices in
// plain text have names only, and the list of members tells whose they are.
func (w *welcome) fresh(t *bot.Task[newcomers]) (all []xmlmsg.Person, err error) {
	group := t.Conversation().ID
	list, err := w.h.Client().Group.GetChatroomMemberList(t, t.Account(), group)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what failed
	}
	if !w.c.Members.has(len(list.Members)) {
		t.Logger().Info("nobody is greeted: the group is not within members", zap.Int("members", len(list.Members)))
		return nil, nil
	}
	var seen []string
	for _, p := range t.Data.People {
		i := slices.IndexFunc(list.Members, func(m api.ChatroomMember) bool {
			return m.Wxid == p.Username || p.Username == "" && m.NickName == p.Nickname
		})
		if i >= 0 {
			p.Username = list.Members[i].Wxid
		}
		if i < 0 && p.Username != "" || slices.Contains(seen, p.Username+"/"+p.Nickname) { // gone again, or named twice
			continue
		}
		seen = append(seen, p.Username+"/"+p.Nickname)
		if w.c.OncePer > 0 && p.Username != "" {
			first, err := t.Store(router.ByChat).Claim(t, "greeted/"+p.Username, w.c.OncePer)
			if err != nil {
				return nil, err
			}
			if !first {
				continue
			}
		}
		all = append(all, p)
	}
	return all, nil
}

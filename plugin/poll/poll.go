// Package poll is a plugin for polls in groups: somebody asks, people answer with a number, and the
// bot counts.
package poll

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Command   string        `yaml:"command" default:"/投票" help:"The command that starts a poll: /投票 午饭 面 饭."`
	MayStart  []string      `yaml:"may_start" of:"people" default:"all" help:"Who may start one: people, admins, owners, or all."`
	Several   bool          `yaml:"several" default:"false" help:"Whether people may choose several: 1 3."`
	Final     bool          `yaml:"change,not" default:"true" help:"Whether people may change their vote."`
	Anonymous bool          `yaml:"anonymous" default:"false" help:"Leave the names out; the numbers in the chat are seen by all."`
	Guests    bool          `yaml:"guests" default:"false" help:"Whether people may vote for guests, too: 2 +1."`
	Least     int           `yaml:"least" default:"0" help:"With fewer voters the result does not count."`
	Ends      time.Duration `yaml:"ends,off" default:"24h" help:"When a poll ends by itself; off: only by the command."`
	Show      string        `yaml:"show" default:"end" enum:"end,live" help:"When the count is shown: at the end, or also once a minute."`
	Remind    Remind        `yaml:"remind" help:"A reminder before the end."`
}

// Remind is a reminder before the end.
type Remind struct {
	Before time.Duration `yaml:"before" help:"How long before the end; none if it is absent."`
	Whom   string        `yaml:"whom" default:"not_voted" enum:"not_voted,all" help:"Whom it mentions: those who have not voted, or none."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("poll", "Polls in a group: people answer with a number, and change their mind.", New).
		WithExample("poll: {in: [同事群]}\n")
}

// notVoted are those who have not voted.
const notVoted = "not_voted"

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "may_start": c.MayStart})}
	mistake := func(field, text string) { errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New(text)}) }
	name := strings.Join(strings.Fields(strings.TrimLeft(c.Command, "/／")), " ")
	if name == "" {
		mistake("command", "it is no word: write /投票")
	}
	if c.Least < 0 {
		mistake("least", "it is less than 0")
	}
	if c.Ends == 0 {
		mistake("ends", "it is no time: write 24h, or off")
	}
	if c.Show != "end" && c.Show != "live" {
		mistake("show", fmt.Sprintf("%q is neither end nor live", c.Show))
	}
	if c.Remind.Whom != notVoted && c.Remind.Whom != plugin.All {
		mistake("remind.whom", fmt.Sprintf("%q is neither not_voted nor all", c.Remind.Whom))
	}
	if c.Remind.Before < 0 {
		mistake("remind.before", "it is less than 0")
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("poll", &part{c: c, name: name}), nil
}

type part struct {
	c    Config
	name string // of the command, without the slash
	h    *bot.Handle
}

// Close implements plugin.Part.
func (p *part) Close() error { return nil }

// Setup implements plugin.Part.
func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Command(p.name+" 结束", p.finish, match.Group(), router.Alias("结束"+p.name), router.Help("结束投票，公布结果"))
	h.Command(p.name+" 结果", p.show, match.Group(), router.Help("看现在的票数"))
	h.Command(p.name, p.start, match.Group(),
		router.Help("发起投票", p.name+" 午饭 面 饭", p.name+" 周末去哪 “爬 山” 看展 截止=2小时"))
	h.Text(p.vote, match.Group(), match.Regexp(`^\s*[0-9０-９]`)).Named(h.Name() + "/vote")
	h.Task("end", p.due, bot.RetryFor(24*time.Hour))
	h.Task("remind", p.remind)
	h.Task("count", p.count)
	return nil
}

// poll is the poll of a group: the open one, or the last.
type poll struct {
	ID        string // of the message that has started it
	By        string
	Title     string
	Choices   []string
	Several   bool
	Anonymous bool
	Begun     time.Time
	Ends      time.Time       // zero: by the command
	Votes     map[string]vote // by wxid
	Closed    string          // what has ended it; empty while it is open
}

type vote struct {
	Name    string
	Choices []int // from 0
	Guests  int
	At      int64 // Unix seconds
}

const (
	key        = "poll"
	keep       = 30 * 24 * time.Hour // after its last change
	most       = 20                  // choices
	maxTitle   = 100                 // characters
	maxChoice  = 50
	furthest   = 30 * 24 * time.Hour
	countEvery = time.Minute
)

var errBusy, errNone = errors.New("a poll is open"), errors.New("no poll is open")

func (x poll) open() bool { return x.ID != "" && x.Closed == "" }

// change changes the poll of the chat.
func change(c *router.Context, f func(x poll) (poll, error)) (poll, error) {
	return router.Update(c, c.Store(router.ByChat), key, keep+furthest, f)
}

type question struct {
	Title     string         `arg:"题目"`
	Choices   []string       `arg:"选项"`
	Several   bool           `arg:"多选,flag"`
	Anonymous bool           `arg:"匿名,flag"`
	Ends      *time.Duration `arg:"截止,flag"`
}

// start starts a poll. There is one at a time in a group.
func (p *part) start(c *router.Context, q question) error {
	if !(plugin.Scope{From: p.c.MayStart}).Handles(c, p.h) {
		return c.ReplyAt("这里只有指定的人可以发起投票。")
	}
	x := poll{
		ID: c.Event.Key(), By: c.Sender(), Title: plugin.CleanText(q.Title, maxTitle), Several: p.c.Several || q.Several,
		Anonymous: p.c.Anonymous || q.Anonymous, Begun: plugin.Written(c), Votes: map[string]vote{},
	}
	for _, choice := range q.Choices {
		if choice = plugin.CleanText(choice, maxChoice); choice != "" && !slices.Contains(x.Choices, choice) {
			x.Choices = append(x.Choices, choice)
		}
	}
	open := p.c.Ends
	if q.Ends != nil {
		open = *q.Ends
	}
	switch {
	case x.Title == "" || len(x.Choices) < 2 || len(x.Choices) > most:
		return c.ReplyAt(fmt.Sprintf("要有题目和 2 到 %d 个不同的选项，例如：%s 午饭 面 饭", most, p.name))
	case q.Ends != nil && (open < time.Minute || open > furthest):
		return c.ReplyAt("截止时间要在 1 分钟到 30 天之间，例如：截止=2小时")
	case open > 0:
		x.Ends = x.Begun.Add(open)
	}
	_, err := change(c, func(now poll) (poll, error) {
		switch {
		case now.ID == x.ID: // the handler runs again
			return now, nil
		case now.open() && !now.over(plugin.Written(c)):
			return now, errBusy
		}
		return x, nil
	})
	if errors.Is(err, errBusy) {
		return c.ReplyAt("这里已经有一个投票在进行，先发：" + p.name + " 结束")
	}
	if err != nil {
		return err
	}
	if !x.Ends.IsZero() {
		if err := c.Later("end", c.ChatKey()+" "+x.ID, x.Ends.Sub(c.Now()), x.ID); err != nil {
			return err
		}
	}
	if before := p.c.Remind.Before; before > 0 && open > before {
		if err := c.Later("remind", c.ChatKey()+" "+x.ID, x.Ends.Add(-before).Sub(c.Now()), x.ID); err != nil {
			return err
		}
	}
	return c.Reply(p.invitation(c, x))
}

// over reports whether the time of a poll is over.
func (x poll) over(at time.Time) bool { return !x.Ends.IsZero() && at.After(x.Ends) }

// invitation is what a poll looks like when it begins.
func (p *part) invitation(c *router.Context, x poll) string {
	lines := []string{"投票：" + x.Title}
	for i, choice := range x.Choices {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, choice))
	}
	how := "回复数字投票"
	if x.Several {
		how += "，可以选几个，如“1 2”"
	}
	if p.c.Guests {
		how += "，带人写“1 +2”"
	}
	if !p.c.Final {
		how += "，可以改"
	}
	if !x.Ends.IsZero() {
		how += "。" + x.Ends.In(c.Now().Location()).Format("01-02 15:04") + " 截止"
	}
	return strings.Join(append(lines, how+"。"), "\n")
}

// maxBallot bounds the text that is read as a vote, in bytes.
const maxBallot = 120

// ballot is how people vote: 2, or 1 3, or 2 +1.
var ballot = regexp.MustCompile(`^(\d{1,2}(?:[\s,，、;；]+\d{1,2})*)(?:\s*\+\s*(\d))?$`)

// vote counts a vote. A number that is none is talk.
func (p *part) vote(c *router.Context, _ *xmlmsg.Text) error {
	if len(c.Said()) > maxBallot {
		return router.Next
	}
	said := ballot.FindStringSubmatch(strings.TrimSpace(matching.Fold(c.Said())))
	if said == nil || said[2] != "" && !p.c.Guests {
		return router.Next
	}
	v := vote{Name: plugin.CleanName(c.SenderName(), "群友"), At: plugin.Written(c).Unix()}
	v.Guests, _ = strconv.Atoi(said[2])
	for _, number := range regexp.MustCompile(`\d+`).FindAllString(said[1], -1) {
		n, _ := strconv.Atoi(number)
		if !slices.Contains(v.Choices, n-1) {
			v.Choices = append(v.Choices, n-1)
		}
	}
	slices.Sort(v.Choices)
	final := false
	x, err := change(c, func(x poll) (poll, error) {
		final = false
		last := v.Choices[len(v.Choices)-1]
		if !x.open() || x.over(plugin.Written(c)) || plugin.Written(c).Before(x.Begun) || v.Choices[0] < 0 || last >= len(x.Choices) ||
			len(v.Choices) > 1 && !x.Several {
			return x, errNone
		}
		if x.Anonymous {
			v.Name = ""
		}
		before, voted := x.Votes[c.Sender()]
		switch {
		case voted && p.c.Final:
			final = !slices.Equal(before.Choices, v.Choices) || before.Guests != v.Guests
		case voted && before.At > v.At: // a message that is handled late
		default:
			x.Votes[c.Sender()] = v
		}
		return x, nil
	})
	switch {
	case errors.Is(err, errNone):
		return router.Next
	case err != nil:
		return err
	case final:
		return c.ReplyAt("你已经投过了，这次投票不能改。")
	case p.c.Show == "live":
		return c.Later("count", c.ChatKey(), countEvery, x.ID, bot.Keep())
	}
	return nil
}

// Package livecode is a plugin with a page that shows the QR code of a group with room (群活码). It
// fetches a new code before the old one ends, and takes the next group when one is full. It knows
// no regions: an address on the network says too little of where a visitor is.
package livecode

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin. In is where the keyword works: private chats if it is absent.
type Config struct {
	plugin.Scope

	Groups  []string      `yaml:"groups" of:"chats" required:"true" help:"The groups in order."`
	Listen  string        `yaml:"listen" default:"127.0.0.1:8092" help:"Its address; entries with different paths may share it."`
	Path    string        `yaml:"path" default:"/join" help:"The path of the page."`
	Public  bool          `yaml:"public" default:"false" help:"Whether others than this machine may open the page."`
	Order   string        `yaml:"order" default:"in_turn" enum:"in_turn,least,least_shown,random" help:"Which group is shown."`
	Full    int           `yaml:"full_at" default:"180" help:"From how many members on no new visitor sees a group."`
	Scans   int           `yaml:"scans,off" default:"off" help:"After how many visitors a code rests until it is renewed."`
	Renew   time.Duration `yaml:"renew" default:"5d" help:"How old a code gets before a new one is fetched. It ends after 7 days."`
	Check   time.Duration `yaml:"check" default:"10m" help:"How often the members are counted; the first code comes then."`
	Sticky  time.Duration `yaml:"sticky,off" default:"1d" help:"How long a visitor sees the same group."`
	Title   string        `yaml:"title" default:"扫码进群" help:"The title of the page."`
	Text    string        `yaml:"text" default:"长按识别二维码" help:"A line below the code."`
	Hours   outbox.Window `yaml:"hours" help:"When the page shows codes; always if it is absent."`
	Closed  string        `yaml:"closed" default:"现在不开放，请稍后再来" help:"What the page says outside of hours."`
	AllFull AllFull       `yaml:"when_all_full" help:"What the page shows when no group has room."`
	Command string        `yaml:"command" default:"/活码" help:"The command by which a person in charge sees places and visitors."`
	Keyword []string      `yaml:"keyword" help:"Words that are answered in private with the address of the page."`
	Answer  string        `yaml:"answer" default:"点这里进群：{{.URL}}" help:"That answer."`
	URL     string        `yaml:"url" help:"The address of the page as visitors know it, for the answer."`
	Warn    int           `yaml:"places_left,off" was:"notify.places_left" default:"30" help:"From how few places in all notify is told."`
}

// AllFull is what the page shows when no group has room.
type AllFull struct {
	Text  string `yaml:"text" default:"群都满了，请稍后再来" help:"A text."`
	Image string `yaml:"image" help:"A picture, such as a personal QR code: a file of this machine, up to 2 MB."`
}

const (
	// valid is how long a code works.
	valid = 7*24*time.Hour - time.Hour
	// useless is from how many members on a code does not work any more.
	useless = 200
	// maxImage bounds the picture of AllFull.
	maxImage = 2 << 20
)

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("livecode", "A page with the QR code of a group with room, always a valid one.", New).
		WithExample("livecode: {groups: [产品1群, 产品2群]}\n")
}

type livecode struct {
	c      Config
	h      *bot.Handle
	answer plugin.Text
	full   []byte // the picture of AllFull
	hours  *outbox.Hours
	visits visits
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	if len(c.In) == 0 {
		c.In = []string{plugin.Private}
	}
	l := &livecode{c: c}
	errs := []error{plugin.Require(map[string][]string{"groups": c.Groups})}
	mistake := func(field, text string) { errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New(text)}) }
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		mistake("listen", "it is not an address such as 127.0.0.1:8092")
	case !c.Public && !localhttp.Loopback(host):
		mistake("listen", "others than this machine reach it: set public, or listen at 127.0.0.1")
	}
	if !regexp.MustCompile(`^(/[A-Za-z0-9_-]+)+$`).MatchString(c.Path) {
		mistake("path", "it is not a path such as /join/product")
	}
	if c.Renew < time.Hour || c.Renew > valid-24*time.Hour {
		mistake("renew", "it is not from an hour to five days and 23 hours: a code ends after seven days")
	}
	if c.Check < time.Minute {
		mistake("check", "it is less than a minute")
	}
	if c.Full < 1 || c.Full >= useless {
		mistake("full_at", "it is not from 1 to 199: from 200 members on a code does not work")
	}
	if len(c.Keyword) > 0 && c.URL == "" {
		mistake("url", "the answer to the keyword needs it")
	}
	if c.AllFull.Image != "" {
		l.full, err = os.ReadFile(c.AllFull.Image) // the person in charge names it
		if err != nil || len(l.full) > maxImage {
			mistake("when_all_full.image", fmt.Sprintf("it cannot be read, or has more than 2 MB: %v", err))
		}
	}
	if c.Hours != (outbox.Window{}) {
		if l.hours, err = c.Hours.Hours(); err != nil {
			mistake("hours", err.Error())
		}
	}
	if strings.Trim(c.Command, "/／ ") == "" {
		mistake("command", "it is no word")
	}
	l.answer, err = plugin.ParseText("answer", c.Answer, "URL")
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return c.Bind("livecode", l), nil
}

func (l *livecode) Setup(h *bot.Handle) error {
	l.h = h
	h.Schedule("check", "@every "+l.c.Check.String(), l.check)
	h.Anywhere().Command(strings.TrimLeft(l.c.Command, "/／ "), l.report, match.Private(), match.Owner(),
		router.Help("看每个群的位置和扫码人数")).Named(h.Name() + "/report").Passes()
	if len(l.c.Keyword) > 0 {
		h.Text(l.reply, match.Private(), match.Keyword(l.c.Keyword...)).Named(h.Name() + "/keyword")
	}
	var page http.Handler = http.HandlerFunc(l.page)
	if !l.c.Public {
		page = localhttp.Guard(localhttp.Config{Address: l.c.Listen, Direct: true}, page)
	}
	_, err := h.Serve(l.c.Listen, l.c.Path, page)
	return err
}

func (l *livecode) Close() error { return nil }

// reply answers the keyword.
func (l *livecode) reply(c *router.Context, _ *xmlmsg.Text) error {
	return c.Reply(l.answer.Fill(map[string]string{"URL": l.c.URL}))
}

// code is what is known of a group.
type code struct {
	Name    string `json:"-"` // in the list
	Group   string // its id
	Account string
	Members int
	Image   []byte
	Fetched time.Time
}

// good reports whether the code works.
func (c *code) good(now time.Time) bool {
	return len(c.Image) > 0 && now.Sub(c.Fetched) < valid && c.Members < useless
}

// tooNew is how long an account that has just begun asks for no code: WeChat may restrict it.
const tooNew = 3 * 24 * time.Hour

var errTooNew = errors.New("账号接入不满三天，先不取二维码")

// key is the key of a group in the store, by its place in the list, as names may mean it.
func key(name string) string { return "code/" + name }

// check counts the members of each group, and fetches codes.
func (l *livecode) check(j *bot.Job) error {
	errs := []error{l.count(j)}
	places := 0
	for _, name := range l.c.Groups {
		var c code
		if _, err := l.h.Store().Get(j, key(name), &c); err != nil {
			return err
		}
		err := l.look(j, name, &c)
		errs = append(errs, l.h.Store().Set(j, key(name), c, 0))
		if err != nil {
			l.h.Logger().Warn("the QR code of a group could not be renewed", zap.String("group", name), zap.Error(err))
			rest := "现在没有能用的二维码"
			if now := l.h.Now(); c.good(now) {
				rest = "旧的还能用到 " + c.Fetched.Add(valid).In(now.Location()).Format("01-02 15:04")
			}
			errs = append(errs, l.tellOnce(j, "failed/"+name, "活码：“"+name+"”的二维码没有更新，"+rest+"。原因："+short(err)))
		}
		places += max(l.c.Full-c.Members, 0)
	}
	if l.c.Warn > 0 && places < l.c.Warn {
		errs = append(errs, l.tellOnce(j, "places", fmt.Sprintf("活码 %s：所有群一共只剩 %d 个位置。", l.c.Path, places)))
	}
	return errors.Join(errs...)
}

// look counts the members of a group, and fetches its code if that is due.
func (l *livecode) look(j *bot.Job, name string, c *code) error {
	chat := j.To(name)
	if err := chat.Err(); err != nil {
		return err
	}
	c.Group, c.Account = chat.ID(), chat.Account()
	list, err := l.h.Client().Group.GetChatroomMemberList(j, c.Account, c.Group)
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	c.Members = len(list.Members)
	now := l.h.Now()
	if now.Sub(c.Fetched) < l.c.Renew {
		return nil
	}
	if since := l.h.Since(c.Account); !since.IsZero() && now.Sub(since) < tooNew {
		return errTooNew
	}
	answer, err := l.h.Client().Group.GetChatroomQRCode(j, c.Account, c.Group)
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	image, err := api.DecodeImage(answer.Image)
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	c.Image, c.Fetched = image, now
	return nil
}

// tellOnce tells the same once a day.
func (l *livecode) tellOnce(j *bot.Job, what, text string) error {
	first, err := l.h.Store().Claim(j, what, 24*time.Hour)
	if err != nil || !first {
		return err
	}
	return l.c.Tell(j, l.h, j.Account, text)
}

// short is the text of an error for a chat.
func short(err error) string {
	return strings.ToValidUTF8(err.Error()[:min(len(err.Error()), 200)], "")
}

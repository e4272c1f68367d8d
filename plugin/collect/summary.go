package collect

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Summary is what a page says, in a few lines.
type Summary struct {
	When       string        `yaml:"when" enum:"asked,always" default:"asked" help:"When somebody asks, or of each new page."`
	Command    string        `yaml:"command" default:"总结" help:"What people write in an answer that quotes the link, or before it."`
	Model      Model         `yaml:"model" help:"The language model, or the name of one in models; without it there are no summaries."`
	Prompt     string        `yaml:"prompt" default:"用中文把这个网页总结成最多三个要点，每点一行。不要编造。" help:"What the model is to do; or the path of a .txt or .md file."`
	Cooldown   time.Duration `yaml:"cooldown" default:"1m" help:"The time between two in a chat that were asked for."`
	AllowHosts []string      `yaml:"allow_hosts" help:"Hosts that need not be on the public internet, such as 10.0.0.5:9000."`
}

// Model is a language model that sums pages up.
type Model struct {
	models.Section

	Prompt string `yaml:"prompt" old:"prompt: …, beside model"`
}

// UseModels implements models.User.
func (c *Config) UseModels(known models.Known) error {
	return c.Summary.Model.Fill("summary.model", known)
}

const (
	always      = "always"
	maxPage     = 2 << 20            // bytes
	shortest    = 80                 // characters of a page that says something
	longestRead = 20_000             // characters of a page that the model gets
	keepSummary = 7 * 24 * time.Hour // for whoever asks again
	tooOld      = 10 * time.Minute   // nobody waits for an answer any more
	unreadable  = "这个网页读不到，可能要登录，或者不给机器人看。"
)

func (s *Summary) on() bool { return s.Model.On() }

func (s *Summary) check() error {
	var err error
	s.Prompt, err = plugin.ReadText("summary.prompt", s.Prompt)
	errs := []error{s.Model.Check("summary.model"), err}
	if s.When == always && !s.on() {
		errs = append(errs, &plugin.FieldError{Field: "summary.model.url", Err: errors.New("it is missing")})
	}
	if s.on() && strings.TrimSpace(s.Command) == "" {
		errs = append(errs, &plugin.FieldError{Field: "summary.command", Err: errors.New("it is no word")})
	}
	return errors.Join(errs...)
}

// page is a page to be summed up.
type page struct {
	URL     string // without what differs between two who share it
	Address string // as it was written
	Title   string
	Asked   bool
}

func (p *part) setUpSummary() {
	if !p.c.Summary.on() {
		return
	}
	word := p.c.Summary.Command
	p.h.Quote(func(c *router.Context, q *xmlmsg.Quote) error {
		return p.asked(c, q.Refer.Payload)
	}, match.Exact(word)).Named(p.h.Name() + "/quote")
	p.h.Text(func(c *router.Context, t *xmlmsg.Text) error {
		if rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(c.Said()), word)); !strings.HasPrefix(rest, "http") {
			return router.Next // talk
		}
		return p.asked(c, t)
	}, match.Prefix(word)).Named(p.h.Name() + "/summary")
	p.h.Task("summarise", p.summarise, bot.RetryFor(2*time.Minute), bot.TaskTimeout(p.c.Summary.Model.Timeout+time.Minute))
}

// asked has the page of a message summed up for the one who asks. What is no page of those that are
// collected, such as an invitation to a group, is not looked at.
func (p *part) asked(c *router.Context, about xmlmsg.Payload) error {
	for _, r := range found(about) {
		if !isPage(r) || !p.wants(r) {
			continue
		}
		left, err := c.Store(router.ByChat).Cooldown(c, "summary", p.c.Summary.Cooldown)
		switch {
		case err != nil:
			return err //nolint:wrapcheck // it names the value
		case left > 0:
			return c.ReplyAt(fmt.Sprintf("刚总结过一个，%d 秒后再来。", (left+time.Second-1)/time.Second))
		}
		return c.Later("summarise", c.Event.Key(), 0, page{r.URL, r.address, r.Title, true})
	}
	return router.Next
}

// summarise fetches a page, and has the model say what is in it.
func (p *part) summarise(t *bot.Task[page]) error {
	if t.Now().Sub(t.Event.Time) > tooOld {
		return nil
	}
	key := "summary/" + hashed(t.Data.URL)
	text, err := router.Remember(t.Context, "text", func() (string, error) {
		var known string
		if found, err := t.Store().Get(t, key, &known); err != nil || found {
			return known, err
		}
		return p.read(t)
	})
	switch {
	case err != nil:
		return err //nolint:wrapcheck // it names the step
	case text == "" && t.Data.Asked:
		return t.ReplyAt(unreadable, router.AsAnswer())
	case text == "":
		return nil
	}
	if err := t.Store().Set(t, key, text, keepSummary); err != nil {
		return err
	}
	if !t.Data.Asked {
		return t.Reply(text)
	}
	return t.ReplyAt(text, router.AsAnswer())
}

// read is what the model says of a page; empty if it cannot be read.
func (p *part) read(t *bot.Task[page]) (string, error) {
	got, err := plugin.Fetch(t, p.h, t.Data.Address, maxPage, p.c.Summary.AllowHosts...)
	if err != nil {
		p.h.Logger().Info("a page was not summed up", zap.Error(err))
		return "", nil
	}
	title, words := textOf(got.Body, got.Type)
	if len([]rune(words)) < shortest {
		p.h.Logger().Info("a page was not summed up: there is hardly a word on it", zap.String("host", hostOf(t.Data.URL)))
		return "", nil
	}
	if t.Data.Title != "" {
		title = t.Data.Title
	}
	s := &p.c.Summary
	said, err := s.Model.Write(t, p.h, t.Store(), s.Prompt, []string{plugin.CleanText(title+"\n"+words, longestRead)})
	if err != nil || said == "" {
		return "", err //nolint:wrapcheck // it names what failed
	}
	return "《" + plugin.CleanText(strings.Join(strings.Fields(title), " "), maxTitle) + "》\n" + said, nil
}

package guard

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Votes is how members report a message: by an answer that quotes it.
type Votes struct {
	Count int           `yaml:"count,off" help:"How many members have to report a message; off if it is absent."`
	In    time.Duration `yaml:"in" default:"2m" help:"In this time."`
	Word  string        `yaml:"word" default:"举报" help:"What they write in a quote of the message."`
	Then  []string      `yaml:"then" default:"notify" help:"The steps: warn, notify. Votes remove nobody."`
	Warn  string        `yaml:"warn" default:"{{.Mention}} {{.Count}} 人举报了你，请看群规" help:"The warning."`
}

func (v Votes) check() error {
	switch {
	case v.Count == 1:
		return &plugin.FieldError{Field: "votes.count", Err: errors.New("one member could have anybody warned: write 2 or more, or off")}
	case v.Count > 0 && v.Word == "":
		return &plugin.FieldError{Field: "votes.word", Err: errors.New("it is empty")}
	}
	return nil
}

const (
	maxReports = 5 // of a person in an hour: reports are a weapon, too
	typeText   = 1
)

// vote counts the report of a member. That of an administrator is a decision, and counts as a
// strike.
func (g *guard) vote(c *router.Context, q *xmlmsg.Quote) error {
	who, id := q.Refer.Sender, q.Refer.NewMsgID
	if who == "" || id == 0 || who == c.Sender() || who == c.Event.Wxid || g.exempt(c, who) {
		return router.Next
	}
	o := offence{Person: who, Name: q.Refer.Name, Message: strconv.FormatUint(id, 10)}
	if q.Refer.Type == typeText {
		o.Text = plugin.Short(q.Refer.Content, maxShown)
	}
	chat, done := c.Store(router.ByChat), "decided/"+o.Message
	if g.exempt(c, c.Sender()) {
		if first, err := chat.Claim(c, done, g.c.Votes.In); err != nil || !first {
			return err
		}
		o.Reason = "管理员举报"
		return g.strike(c, o)
	}
	few, err := plugin.Limit{Most: maxReports, Per: time.Hour}.Take(c, c.Store(router.BySender), "reports", c.Event.Key())
	if err != nil || !few {
		return err //nolint:wrapcheck // it names the value
	}
	voters, err := router.Update(c, chat, "votes/"+o.Message, g.c.Votes.In, func(all []string) ([]string, error) {
		if !slices.Contains(all, c.Sender()) {
			all = append(all, c.Sender())
		}
		return all, nil
	})
	if err != nil || slices.Index(voters, c.Sender()) != g.c.Votes.Count-1 {
		return err
	}
	if first, err := chat.Claim(c, done, g.c.Votes.In); err != nil || !first {
		return err
	}
	o.Reason = fmt.Sprintf("%d 位群友举报", g.c.Votes.Count)
	return g.act(c, o, g.c.Votes.Then, g.reported)
}

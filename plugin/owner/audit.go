package owner

import (
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// use is a line of the audit: that of a command, without its words.
type use struct {
	Time    time.Time `json:"time"`
	Account string    `json:"account"`
	Chat    string    `json:"chat"`
	Person  string    `json:"person"`
	Command string    `json:"command"`
	Done    bool      `json:"done"` // false: who wrote it may not, or not there
}

// note logs the use of a command, and keeps it in the audit.
func (p *owner) note(c *router.Context, done bool) error {
	word, _ := c.Command()
	text := "a command of a person in charge"
	if !done {
		text = "a command was left alone: its sender is not in charge, or not in this chat"
	}
	p.h.Logger().Info(text, zap.String("command", word), zap.String("person", c.Sender()), zap.String("event", c.Event.Key()))
	if p.c.Audit == "" {
		return nil
	}
	line := use{c.Event.Time, c.Account(), c.Conversation().ID, c.Sender(), word, done}
	return c.Once("audit", func() error { return table.AppendJSON(p.h.Path(p.c.Audit), []use{line}) })
}

// attempted notes commands of people who may not use them. It takes nothing.
func (p *owner) attempted(c *router.Context) error {
	if _, ok := c.Payload().(*xmlmsg.Text); !ok || c.Event.Self || !strings.HasPrefix(c.Folded(), p.hint("")) {
		return nil
	}
	said, _ := c.Command()
	word, is := p.words[said]
	if !is || p.usable(c.Conversation()) && p.may(c.Sender(), word) {
		return nil
	}
	return p.note(c, false)
}

package watch

import (
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	writeAfter = 2 * time.Second // messages of that time are written together
	writeMost  = 20 * time.Second
	retryFor   = 72 * time.Hour
)

// row is a message with one of the words.
type row struct {
	At                       time.Time
	Group, Sender, Text, Key string
}

// list puts a message into the table.
func (p *part) list(c *router.Context, text string) error {
	if p.c.CSV == "" {
		return nil
	}
	rows := []row{{c.Event.Time, c.GroupName(), c.SenderName(), cut(text), c.Event.Key()}}
	return c.Later("write", "table", writeAfter, rows, bot.Merge(func(before, now []row) []row { return append(before, now...) }),
		func(r *router.TaskRequest) { r.Most = writeMost })
}

// write writes messages into the table.
func (p *part) write(t *bot.Task[[]row]) error {
	found := table.Table{Header: []string{"time", "group", "sender", "text", "key"}, ID: []int{4}}
	rows := make([][]string, len(t.Data))
	for i, r := range t.Data {
		at := r.At.In(p.h.Zone()).Format(time.DateTime)
		rows[i] = []string{at, plugin.Cell(r.Group), plugin.Cell(r.Sender), plugin.Cell(r.Text), r.Key}
	}
	return found.Write(p.h.Path(p.c.CSV), rows)
}

// wordsOf are the words of a message: what was said, the name of a file, the title of a card.
func wordsOf(c *router.Context) string {
	switch m := c.Payload().(type) {
	case *xmlmsg.File:
		return m.Name
	case *xmlmsg.Link:
		return m.Title + "\n" + m.Desc
	case *xmlmsg.MiniProgram:
		return m.Title
	}
	return c.Said()
}

// isText reports whether a note has the whole message.
func isText(c *router.Context) bool {
	switch c.Payload().(type) {
	case *xmlmsg.Text, *xmlmsg.Quote:
		return true
	}
	return false
}

package collect

import (
	"fmt"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
)

// linksTable is the table: a row is a link with the time of its first mention.
var linksTable = table.Table{
	Header: []string{"first", "group", "who", "type", "title", "url", "source", "mentions", "last"}, ID: []int{0, 5},
}

// cells are the row as it stands in the table.
func (r row) cells() []string {
	return []string{
		r.First.Format(time.DateTime), plugin.Cell(r.Group), plugin.Cell(r.Who), r.Type, plugin.Cell(r.Title), plugin.Cell(r.URL),
		plugin.Cell(r.Source), strconv.Itoa(r.Mentions), r.Last.Format(time.DateTime),
	}
}

// write writes mentions into the files.
func (p *part) write(t *bot.Task[[]row]) error {
	for i := range t.Data {
		r, zone := &t.Data[i], p.h.Zone()
		r.First, r.Last = r.First.In(zone), r.Last.In(zone)
	}
	if p.c.CSV != "" {
		var rows [][]string
		for _, r := range t.Data {
			rows = append(rows, r.cells())
		}
		if err := linksTable.Write(p.h.Path(p.c.CSV), rows); err != nil {
			return fmt.Errorf("collect: csv: %w", err)
		}
	}
	if p.c.JSONL == "" {
		return nil
	}
	if err := t.Once("jsonl", func() error { return table.AppendJSON(p.h.Path(p.c.JSONL), t.Data) }); err != nil {
		return fmt.Errorf("collect: jsonl: %w", err)
	}
	return nil
}

// post posts a mention to the webhook.
func (p *part) post(t *bot.Task[row]) error { return p.c.Webhook.Post(t, p.h, t.Key, t.Data) }

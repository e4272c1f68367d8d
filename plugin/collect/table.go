package collect

import (
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
)

const (
	columnFirst = 0
	columnURL   = 5
)

func header() []string {
	return []string{"first", "group", "who", "type", "title", "url", "source", "mentions", "last"}
}

// cells are the row as it stands in the table.
func (r row) cells() []string {
	return []string{
		r.First.Local().Format(time.DateTime), plugin.Cell(r.Group), plugin.Cell(r.Who), r.Type, plugin.Cell(r.Title), plugin.Cell(r.URL),
		plugin.Cell(r.Source), strconv.Itoa(r.Mentions), r.Last.Local().Format(time.DateTime),
	}
}

// writeTable puts rows into a CSV file, each in the place of the one with the same address and
// first time.
func writeTable(file string, rows []row) error {
	all := make([][]string, len(rows))
	for i, r := range rows {
		all[i] = r.cells()
	}
	return table.Write(file, header(), all, func(cells []string) string { return cells[columnFirst] + " " + cells[columnURL] })
}

package digest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// extract is what a digest is made of: counts of all messages, and the texts of the latest.
type extract struct {
	most         int
	from, to     time.Time
	zone         *time.Location
	total        int
	count        map[string]int    // by wxid
	name         map[string]string // by wxid, the latest
	hours        map[int]int
	files, links []string
	texts        []string
}

func newExtract(most int, from, to time.Time, zone *time.Location) *extract {
	return &extract{most: most, from: from, to: to, zone: zone, count: map[string]int{}, name: map[string]string{}, hours: map[int]int{}}
}

// maxListed bounds the files and links that a digest names.
const maxListed = 5

func (x *extract) add(line router.Line[heard]) {
	m, at := line.Data, line.Time.In(x.zone)
	if x.total == 0 && at.After(x.from) {
		x.from = at
	}
	x.total++
	x.count[m.Who]++
	x.name[m.Who] = m.Name
	x.hours[at.Hour()]++
	text := strings.Join(strings.Fields(m.Text), " ")
	switch m.Kind {
	case xmlmsg.KindText:
	case xmlmsg.KindFile:
		x.files, text = listed(x.files, text), "[文件] "+text
	case xmlmsg.KindLink:
		x.links, text = listed(x.links, text), "[链接] "+text
	default:
		return
	}
	if len(x.texts) >= 2*x.most {
		x.texts = append(x.texts[:0], x.texts[len(x.texts)-x.most:]...)
	}
	x.texts = append(x.texts, at.Format("15:04 ")+m.Name+": "+text)
}

func listed(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) || len(list) >= maxListed {
		return list
	}
	return append(list, text)
}

// latest are the texts that the model reads.
func (x *extract) latest() []string { return x.texts[max(0, len(x.texts)-x.most):] }

// ranking names those who wrote most.
func (x *extract) ranking(n int) string {
	people := slices.SortedFunc(maps.Keys(x.count), func(a, b string) int {
		return cmp.Or(cmp.Compare(x.count[b], x.count[a]), cmp.Compare(x.name[a], x.name[b]), cmp.Compare(a, b))
	})
	var list []string
	for _, who := range people[:min(n, len(people))] {
		list = append(list, fmt.Sprintf("%s %d", x.name[who], x.count[who]))
	}
	return strings.Join(list, "、")
}

// write writes the text of a digest: by the model, and otherwise by counting.
func (p *part) write(t *bot.Task[request], x *extract) (string, error) {
	const clock = "01-02 15:04"
	lines := []string{fmt.Sprintf("【%s】小结 %s 到 %s：%d 条消息，%d 人发言", t.GroupName(), x.from.In(x.zone).Format(clock),
		x.to.In(x.zone).Format(clock), x.total, len(x.count))}
	summary, err := p.c.Model.Write(t, p.h, t.Store(), p.c.Prompt, x.latest())
	if err != nil {
		return "", err
	}
	if summary != "" {
		lines = append(lines, summary)
	} else {
		busiest := slices.MaxFunc(slices.Sorted(maps.Keys(x.hours)), func(a, b int) int { return cmp.Compare(x.hours[a], x.hours[b]) })
		lines = append(lines, fmt.Sprintf("最热闹：%d 点（%d 条）", busiest, x.hours[busiest]))
		for _, list := range []struct {
			word  string
			texts []string
		}{{"文件", x.files}, {"链接", x.links}} {
			if len(list.texts) > 0 {
				lines = append(lines, list.word+"："+strings.Join(list.texts, "、"))
			}
		}
	}
	if p.c.Ranking > 0 {
		lines = append(lines, "发言最多："+x.ranking(p.c.Ranking))
	}
	return strings.Join(lines, "\n"), nil
}

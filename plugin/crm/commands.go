package crm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

const (
	maxNotes  = 20
	maxListed = 50
	maxNote   = 200 // characters
)

// person is whom a command means.
type person struct {
	Name string `arg:"人,rest" help:"wxid，或者唯一的名字"`
}

// note is what a command says of a person.
type note struct {
	Name string `arg:"人" help:"wxid，或者唯一的名字"`
	Text string `arg:"内容,rest"`
}

func (p *part) commands(g *router.Group) {
	g.Command("客户名单", p.listed, router.Help("有这个标签的客户"), match.Owner())
	g.Command("客户", p.show, router.Help("看一个客户的标签、备注和记录"), match.Owner())
	g.Command("备注", p.remarkOf, router.Help("改客户的微信备注"), match.Owner())
	g.Command("标签", p.labelOf, router.Help("给客户加一个标签"), match.Owner())
	g.Command("记录", p.noteOf, router.Help("给客户记一笔"), match.Owner())
}

// find calls do with the id of a person; a name that is not one of a person is answered.
func (p *part) find(c *router.Context, name string, do func(who string) error) error {
	who, err := p.h.Contacts().Find(c, c.Account(), strings.TrimSpace(name))
	if err != nil {
		return c.Reply("没有成功：" + err.Error())
	}
	return do(who)
}

func (p *part) show(c *router.Context, a person) error {
	return p.find(c, a.Name, func(who string) error {
		cust, err := p.load(c, c.Account(), who)
		if err != nil {
			return err
		}
		if cust.Since.IsZero() {
			return c.Reply("还没有这个客户的记录。")
		}
		lines := []string{
			fmt.Sprintf("%s（%s）", plugin.CleanName(cust.Name, "没有名字"), who),
			"标签：" + orNone(strings.Join(cust.Labels, "、")),
			"备注：" + orNone(cust.Remark),
			"开始：" + cust.Since.In(c.Now().Location()).Format(time.DateOnly) + " " + cust.Source,
		}
		if !cust.Last.IsZero() {
			lines = append(lines, "最近：“"+cust.LastText+"”，"+cust.Last.In(c.Now().Location()).Format(time.DateTime))
		}
		return c.Reply(strings.TrimSpace(strings.Join(append(lines, cust.Notes...), "\n")))
	})
}

// listed lists the customers with a label.
func (p *part) listed(c *router.Context, a struct {
	Label string `arg:"标签,rest"`
},
) error {
	who, err := plugin.Labelled(c, p.h, c.Account(), strings.TrimSpace(a.Label))
	if errors.Is(err, plugin.ErrNoLabel) {
		return c.Reply("没有“" + strings.TrimSpace(a.Label) + "”这个标签。")
	}
	if err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("“%s”有 %d 人。", strings.TrimSpace(a.Label), len(who))}
	for _, id := range who[:min(len(who), maxListed)] {
		line := plugin.CleanName(p.h.Contacts().Contact(c, c.Account(), id), id)
		cust, err := p.load(c, c.Account(), id)
		if err != nil {
			return err
		}
		if !cust.Last.IsZero() {
			line += "，" + cust.Last.In(c.Now().Location()).Format(time.DateOnly) + " 说过话"
		}
		lines = append(lines, line)
	}
	return c.Reply(strings.Join(lines, "\n"))
}

func orNone(text string) string {
	if text == "" {
		return "无"
	}
	return text
}

func (p *part) remarkOf(c *router.Context, a note) error {
	return p.find(c, a.Name, func(who string) error {
		if err := p.askChange(c, change{Who: who, Remark: strings.TrimSpace(a.Text), Over: true}, 0); err != nil {
			return err
		}
		return c.Reply("好的，备注改为“" + strings.TrimSpace(a.Text) + "”。")
	})
}

func (p *part) labelOf(c *router.Context, a note) error {
	return p.find(c, a.Name, func(who string) error {
		label := strings.TrimSpace(a.Text)
		if slices.Contains(p.c.Never, label) {
			if _, err := p.update(c, c.Account(), who, func(cust *customer) { cust.Never = label }); err != nil {
				return err
			}
		}
		if err := p.askChange(c, change{Who: who, Labels: []string{label}}, 0); err != nil {
			return err
		}
		if err := p.begin(c, who, []string{label}); err != nil {
			return err
		}
		return c.Reply("好的，加上标签“" + label + "”。")
	})
}

func (p *part) noteOf(c *router.Context, a note) error {
	return p.find(c, a.Name, func(who string) error {
		line := c.Event.Time.In(c.Now().Location()).Format(time.DateOnly) + " " + plugin.CleanText(a.Text, maxNote)
		name := p.h.Contacts().Contact(c, c.Account(), who)
		_, err := p.update(c, c.Account(), who, func(cust *customer) {
			if cust.Since.IsZero() {
				cust.Name, cust.Since = name, c.Event.Time
			}
			if !slices.Contains(cust.Notes, line) {
				cust.Notes = append(cust.Notes[max(len(cust.Notes)+1-maxNotes, 0):], line)
			}
		})
		if err == nil {
			err = p.table(c, who)
		}
		if err != nil {
			return err
		}
		return c.Reply("记下了。")
	})
}

// table has the row of a customer written.
func (p *part) table(c *router.Context, who string) error {
	if p.c.CSV == "" {
		return nil
	}
	return c.Later("csv", c.Account(), table.After, []string{who}, plugin.Gather[string](table.Most))
}

// customers is the table of the customers: a row for each person and account.
var customers = table.Table{
	Header: []string{"account", "wxid", "name", "remark", "labels", "source", "since", "last", "notes"},
	ID:     []int{0, 1},
}

// write writes rows of the table.
func (p *part) write(t *bot.Task[[]string]) error {
	var all [][]string
	slices.Sort(t.Data)
	for _, who := range slices.Compact(t.Data) {
		c, err := p.load(t, t.Account(), who)
		if err != nil {
			return err
		}
		if c.Since.IsZero() {
			continue
		}
		day := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.In(t.Now().Location()).Format(time.DateTime)
		}
		all = append(all, []string{
			t.Account(), who, plugin.Cell(c.Name), plugin.Cell(c.Remark), plugin.Cell(strings.Join(c.Labels, " ")), c.Source,
			day(c.Since), day(c.Last), plugin.Cell(strings.Join(c.Notes, "; ")),
		})
	}
	if len(all) == 0 {
		return nil
	}
	if err := customers.Write(p.h.Path(p.c.CSV), all); err != nil {
		return fmt.Errorf("crm: csv: %w", err)
	}
	return nil
}

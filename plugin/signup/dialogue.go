package signup

import (
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// dialogue asks somebody the questions of a form, and again for what they want to change.
type dialogue struct {
	p       *form
	c       *router.Context
	options []router.AskOption
	answers []string
	n       int // questions so far
}

func (p *form) dialogue(c *router.Context, answers []string) *dialogue {
	options := []router.AskOption{
		router.Timeout(p.c.Timeout), router.OnTimeout("太久没有回答，这次没有提交。再发“" + strings.TrimSpace(c.Said()) + "”重新开始。"),
		router.CancelWords(append(p.c.Cancel[:len(p.c.Cancel):len(p.c.Cancel)], "取消"+p.c.Start[0])...),
	}
	if c.Conversation().IsGroup() {
		options = append(options, router.Mention())
	}
	return &dialogue{p: p, c: c, options: options, answers: answers}
}

// ask asks a question.
func (d *dialogue) ask(i int) (err error) {
	q := d.p.c.Ask[i]
	if err := d.next(q.Text); err != nil {
		return err
	}
	d.answers[i], err = q.ask(d.c, d.n, d.options)
	return err
}

// next counts a question, and has the person reminded of it.
func (d *dialogue) next(question string) error {
	d.n++
	return d.p.remindLater(d.c, d.n, question)
}

// review shows the answers until the person says yes, and asks again for what they want to change.
func (d *dialogue) review() error {
	for ok := d.p.c.Direct; !ok; {
		if err := d.next("确认无误就回复“是”"); err != nil {
			return err
		}
		var err error
		if ok, err = d.c.Confirm(d.summary(), d.options...); err != nil || ok {
			return err
		}
		if err := d.change(); err != nil {
			return err
		}
	}
	return nil
}

// change asks which answer is to be another one, and for that.
func (d *dialogue) change() error {
	var names []string
	for _, q := range d.p.c.Ask {
		names = append(names, q.Name)
	}
	if len(names) == 1 {
		return d.ask(0)
	}
	name, err := d.c.Choose("改哪一项？", names, d.options...)
	if err != nil {
		return err //nolint:wrapcheck // the router knows it as it is
	}
	return d.ask(slices.Index(names, name))
}

func (d *dialogue) summary() string {
	lines := []string{"请核对："}
	for i, q := range d.p.c.Ask {
		answer := d.answers[i]
		if q.isFile() && answer != "" {
			answer = "已收到"
		}
		lines = append(lines, q.Name+"："+answer)
	}
	return strings.Join(append(lines, "回复“是”提交，“否”修改，“"+d.p.c.Cancel[0]+"”放弃。"), "\n")
}

// own is the last entry of the sender of a message, with its answers and its place in the list.
type own struct {
	Entry   entry
	Answers []string
	Place   int // -1 if there is none
}

func (p *form) own(c *router.Context) (o own, err error) {
	all, err := p.entries(c)
	o.Place = -1
	for i, e := range all {
		if e.Wxid == c.Sender() {
			o.Entry, o.Place = e, i
		}
	}
	if err == nil && o.Place >= 0 {
		_, err = c.Store().Get(c, rowPrefix+o.Entry.ID, &o.Answers)
	}
	for len(o.Answers) < len(p.c.Ask) { // of a form that had fewer questions
		o.Answers = append(o.Answers, "")
	}
	return o, err //nolint:wrapcheck // it names the value
}

// edit changes the answers of somebody who has signed up. They keep their place.
func (p *form) edit(c *router.Context) error { return p.reminded(c, p.change) }

func (p *form) change(c *router.Context) error {
	if said, err := p.closed(c); said || err != nil {
		return err
	}
	before, err := router.Remember(c, "before", func() (own, error) { return p.own(c) })
	switch {
	case err != nil:
		return err
	case before.Place < 0:
		return c.ReplyAt("你没有报名。")
	}
	d := p.dialogue(c, before.Answers[:len(p.c.Ask)])
	if err := d.change(); err != nil {
		return err
	}
	if err := d.review(); err != nil {
		return err
	}
	now, err := router.Remember(c, "change", func() (own, error) {
		now, err := p.own(c)
		if err == nil && now.Entry.ID == before.Entry.ID {
			err = c.Store().Set(c, rowPrefix+now.Entry.ID, d.answers, 0)
		}
		return now, err
	})
	switch {
	case err != nil:
		return err
	case now.Entry.ID != before.Entry.ID: // cancelled in another chat, meanwhile
		return c.ReplyAt("你没有报名。")
	}
	if err := p.record(c, p.header(), p.row(now.Entry, d.answers, p.status(now.Place))); err != nil {
		return err
	}
	return c.ReplyAt("已修改。" + p.place(now.Place))
}

// closed answers somebody who cannot use the form here and now, and reports whether it has.
func (p *form) closed(c *router.Context) (said bool, err error) {
	switch {
	case p.over(c):
		return true, c.ReplyAt("报名已经截止。")
	case p.c.Where == plugin.Private && c.Conversation().IsGroup():
		return true, c.ReplyAt("请私聊我发“" + strings.TrimSpace(c.Said()) + "”，这里不收集个人信息。")
	}
	return false, nil
}

package signup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// form is a form with questions. All its groups share the places.
type form struct{ *part }

// Setup implements plugin.Part.
func (p *form) Setup(h *bot.Handle) error {
	p.setup(h, p.header())
	h.Task("moved", p.moved)
	h.Task("remind", p.remind)
	first := strings.Join(strings.Fields(strings.TrimLeft(p.c.Start[0], "/／")), " ")
	in := h.Where()
	if p.c.Where == plugin.Private {
		in = h.Anywhere() // the members of the groups ask in private
	}
	command := func(name string, handler func(*router.Context) error, help string, aliases ...string) {
		in.Command(name, p.guarded(handler), router.Alias(aliases...), router.Help(help)).Named(h.Name() + "/" + name)
	}
	command("取消"+first, p.cancel, "取消自己的报名")
	command("修改"+first, p.edit, "修改自己报名时的回答")
	command(first+"名单", p.people, "看谁报了名（负责人和管理员）")
	command(first, p.signUp, "报名", p.c.Start[1:]...)
	return nil
}

// guarded lets those pass who may use the form here: where the plugin is on, and in private also
// the members of its groups. A word after the command is talk.
func (p *form) guarded(handler func(*router.Context) error) func(*router.Context) error {
	return func(c *router.Context) error {
		if c.ArgText() != "" {
			return router.Next
		}
		chat := c.Conversation()
		may := p.h.On(c, c.Account(), chat.ID)
		if !may && !chat.IsGroup() {
			var err error
			if may, err = router.Remember(c, "may", func() (bool, error) { return p.member(c) }); err != nil {
				return err
			}
		}
		if !may {
			return router.Next
		}
		return handler(c)
	}
}

// member reports whether the sender is in one of the groups of the plugin.
func (p *form) member(c *router.Context) (bool, error) {
	groups, err := p.h.Groups(c, c.Account())
	if err != nil {
		return false, err
	}
	for _, group := range groups {
		list, err := p.h.Contacts().Members(c, c.Account(), group)
		if err != nil {
			return false, err //nolint:wrapcheck // it says what failed
		}
		if slices.ContainsFunc(list.Members, func(m api.ChatroomMember) bool { return m.Wxid == c.Sender() }) {
			return true, nil
		}
	}
	return false, nil
}

// entry is somebody who has signed up. The answers are in a value of their own.
type entry struct {
	ID, Wxid, Name, Account, Chat string
	At                            time.Time
}

const (
	keyEntries = "entries"
	rowPrefix  = "row/"
	maxShown   = 50 // people in a list for the administrators
)

// signUp signs somebody up.
func (p *form) signUp(c *router.Context) error { return p.reminded(c, p.fill) }

// reminded runs a dialogue, and forgets the reminder when that has ended.
func (p *form) reminded(c *router.Context, run func(*router.Context) error) error {
	err := run(c)
	if p.c.Remind > 0 && !errors.Is(err, router.ErrWaiting) {
		if _, e := p.h.CancelTask(c, "remind", remindKey(c)); err == nil {
			err = e
		}
	}
	return err
}

// fill asks the questions. It runs from its start for each answer.
func (p *form) fill(c *router.Context) error {
	if said, err := p.closed(c); said || err != nil {
		return err
	}
	before, err := router.Remember(c, "before", func() (string, error) { return p.before(c) })
	switch {
	case err != nil:
		return err
	case before != "":
		return c.ReplyAt(before)
	}
	d := p.dialogue(c, make([]string, len(p.c.Ask)))
	for i := range p.c.Ask {
		if err := d.ask(i); err != nil {
			return err
		}
	}
	if err := d.review(); err != nil {
		return err
	}
	return p.add(c, d.answers)
}

// before is why a person cannot sign up; empty if they can.
func (p *form) before(c *router.Context) (string, error) {
	all, err := p.entries(c)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(all, func(e entry) bool { return e.Wxid == c.Sender() }); i >= 0 && !p.c.Again {
		return p.place(i) + "要修改就发“修改" + p.c.Start[0] + "”，要取消就发“取消" + p.c.Start[0] + "”。", nil
	}
	if len(all) >= maxPlaces {
		return "报名的人太多了，不再接受。", nil
	}
	return "", nil
}

func (p *form) entries(c *router.Context) (all []entry, err error) {
	_, err = c.Store().Get(c, keyEntries, &all)
	return all, err //nolint:wrapcheck // it names the value
}

// place says in which place of the list somebody is.
func (p *form) place(i int) string {
	if p.c.Places > 0 && i >= p.c.Places {
		return fmt.Sprintf("名额已满，你在候补第 %d 位。", i-p.c.Places+1)
	}
	return fmt.Sprintf("你已报名，第 %d 位。", i+1)
}

// add signs the person up.
func (p *form) add(c *router.Context, answers []string) error {
	e := entry{
		ID: c.Event.Key(), Wxid: c.Sender(), Name: plugin.CleanName(c.SenderName(), "群友"),
		Account: c.Account(), Chat: c.Conversation().ID, At: plugin.Written(c),
	}
	i, err := router.Remember(c, "add", func() (int, error) {
		if err := c.Store().Set(c, rowPrefix+e.ID, answers, 0); err != nil {
			return 0, err
		}
		all, err := router.Update(c, c.Store(), keyEntries, 0, func(all []entry) ([]entry, error) {
			if !slices.ContainsFunc(all, func(x entry) bool { return x.ID == e.ID || x.Wxid == e.Wxid && !p.c.Again }) {
				all = append(all, e)
			}
			return all, nil
		})
		return slices.IndexFunc(all, func(x entry) bool { return x.ID == e.ID }), err
	})
	switch {
	case err != nil:
		return err
	case i < 0: // by a form in another chat, meanwhile
		return c.ReplyAt("你已经报过名了。")
	}
	if err := p.record(c, p.header(), p.row(e, answers, p.status(i))); err != nil {
		return err
	}
	return c.ReplyAt(p.place(i))
}

// status is that of the row of somebody at a place of the list.
func (p *form) status(i int) string {
	if p.c.Places > 0 && i >= p.c.Places {
		return statusWaiting
	}
	return statusIn
}

func (p *form) header() []string {
	header := []string{"id", "time", "name"}
	for _, q := range p.c.Ask {
		header = append(header, q.Name)
	}
	return append(header, "status")
}

func (p *form) row(e entry, answers []string, status string) []string {
	sum := sha256.Sum256([]byte(e.ID))
	row := []string{hex.EncodeToString(sum[:6]), e.At.Local().Format(time.DateTime), e.Name}
	for i, answer := range answers {
		if i < len(p.c.Ask) && p.c.Ask[i].isFile() {
			if short, err := filepath.Rel(p.h.Data(), answer); err == nil && filepath.IsLocal(short) {
				answer = short
			}
		}
		row = append(row, answer)
	}
	for len(row) < len(p.header())-1 { // of a form that had fewer questions
		row = append(row, "")
	}
	return append(row[:len(p.header())-1], status)
}

// people tells the people in charge and the administrators who has signed up, by name only.
func (p *form) people(c *router.Context) error {
	if !(plugin.Scope{From: []string{plugin.Admins, plugin.Owners}}).Handles(c, p.h) {
		return router.Next
	}
	text, err := router.Remember(c, "people", func() (string, error) {
		all, err := p.entries(c)
		lines := []string{fmt.Sprintf("报名 %d 人", len(all))}
		for i, e := range all[:min(len(all), maxShown)] {
			line := fmt.Sprintf("%d. %s", i+1, e.Name)
			if p.c.Places > 0 && i >= p.c.Places {
				line += "（候补）"
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n"), err
	})
	if err != nil {
		return err
	}
	return c.Reply(text)
}

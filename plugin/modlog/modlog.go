// Package modlog is a plugin that keeps a log of what happens to the members of groups: who joins,
// how, and by whom, who leaves or is removed, new names and announcements.
package modlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope

	Events []string      `yaml:"events" help:"What is logged; all but revoke if it is absent."`
	File   string        `yaml:"file" default:"logs/modlog.jsonl" help:"The file of the log, with a line of JSON for each event."`
	Keep   time.Duration `yaml:"keep" default:"365d" help:"How long lines are kept."`
	Check  time.Duration `yaml:"check" default:"30m" help:"How often the lists of members are compared, to see who has left."`
	Mirror Mirror        `yaml:"mirror" help:"Chats that are told."`
	Ask    Ask           `yaml:"ask" help:"The command that says when somebody joined."`
}

// Mirror is who is told of events.
type Mirror struct {
	To    []string      `yaml:"to" of:"chats" help:"Chats that get the events, merged into one message; none if it is absent."`
	Every time.Duration `yaml:"every" default:"1m" help:"How often they get one at most."`
}

// Ask is the command that says when somebody joined.
type Ask struct {
	Command string   `yaml:"command" default:"/入群" help:"The command, which a name or a wxid follows."`
	Invites string   `yaml:"invites" default:"/邀请排行" help:"The command that says who has invited how many; a time such as 7d may follow."`
	From    []string `yaml:"from" of:"people" default:"admins" help:"Who may ask in a group: wxids, unique names, admins, owners."`
}

// The events.
const (
	join         = "join"
	leave        = "leave"
	removed      = "remove"
	rename       = "rename"
	announcement = "announcement"
	ownerChanged = "owner"
	revoke       = "revoke"
	guarded      = "guard"
)

func known() []string {
	return []string{join, leave, removed, rename, announcement, ownerChanged, revoke, guarded}
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("modlog", "Logs who joins groups, how and by whom, who leaves, and what is moderated.", New).
		WithExample("modlog: {in: [产品群]}\n")
}

type part struct {
	c   Config
	h   *bot.Handle
	ask plugin.Scope
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	if c.Events == nil {
		c.Events = slices.DeleteFunc(known(), func(event string) bool { return event == revoke })
	}
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In, "events": c.Events})}
	mistake := func(field string, err error) { errs = append(errs, &plugin.FieldError{Field: field, Err: err}) }
	for i, event := range c.Events {
		if !slices.Contains(known(), event) {
			mistake(fmt.Sprintf("events[%d]", i), phrase.Errorf("%q is not possible here; there are %s", event, strings.Join(known(),
				", ")))
		}
	}
	for field, d := range map[string]time.Duration{"check": c.Check, "mirror.every": c.Mirror.Every, "keep": c.Keep} {
		if d < time.Minute {
			mistake(field, errors.New("it is less than a minute"))
		}
	}
	for field, command := range map[string]string{"ask.command": c.Ask.Command, "ask.invites": c.Ask.Invites} {
		if strings.Trim(command, "/／ ") == "" {
			mistake(field, errors.New("it is no word"))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("modlog", &part{c: c, ask: plugin.Scope{From: c.Ask.From}}), nil
}

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.seen, match.Group()).Named(h.Name() + "/seen")
	h.Task("write", p.write, bot.RetryFor(72*time.Hour))
	h.Task("mirror", p.mirror, bot.RetryFor(time.Hour))
	h.Task("noted", p.noted)
	if p.wants(leave) {
		h.Schedule("leave", "@every "+p.c.Check.String(), p.compare, bot.CatchUp(p.c.Check))
	}
	if p.wants(guarded) {
		h.Schedule("guard", "@every 1m", p.moderated, bot.CatchUp(time.Hour))
	}
	h.Schedule("keep", "30 3 * * *", p.prune, bot.CatchUp(24*time.Hour))
	h.Anywhere().Command(p.c.Ask.Command, p.asked, router.Help("看一个人什么时候、怎么进的群")).Named(h.Name() + "/ask")
	h.Anywhere().Command(p.c.Ask.Invites, p.invited, router.Help("看谁邀请了多少人")).Named(h.Name() + "/invites")
	return nil
}

func (p *part) Close() error { return nil }

func (p *part) wants(event string) bool { return slices.Contains(p.c.Events, event) }

// event is a line of the log.
type event struct {
	Time      time.Time `json:"time"`
	Account   string    `json:"account"`
	Group     string    `json:"group"`
	GroupName string    `json:"group_name"`
	Event     string    `json:"event"`
	Person    string    `json:"person,omitempty"` // wxid; empty if the notice has only a name
	Name      string    `json:"name,omitempty"`
	By        string    `json:"by,omitempty"`
	ByName    string    `json:"by_name,omitempty"`
	Way       string    `json:"way,omitempty"`  // of a join: invitation or qr_code
	Text      string    `json:"text,omitempty"` // the new name, the announcement, or the reason
}

// The ways to join.
const (
	byInvitation = "invitation"
	byQRCode     = "qr_code"
)

const maxText = 200 // characters of an announcement

// seen logs what a notice tells. It takes nothing.
func (p *part) seen(c *router.Context) error {
	e := event{Time: c.Event.Time, Account: c.Account(), Group: c.Conversation().ID}
	switch m := c.Payload().(type) {
	case *xmlmsg.System:
		return p.notice(c, m, e)
	case *xmlmsg.Announcement:
		e.Event, e.Person, e.Text = announcement, m.Publisher, plugin.CleanText(m.Text, maxText)
		if e.Person == "" {
			e.Person = c.Sender()
		}
	case *xmlmsg.Revoke:
		e.Event, e.Person, e.Name = revoke, c.Sender(), m.By()
		e.Text = plugin.CleanText(m.Text, maxText)
	default:
		return nil
	}
	if e.Person != "" {
		e.Name = p.h.Contacts().Member(c, e.Account, e.Group, e.Person)
	}
	return p.log(c, []event{e})
}

func (p *part) notice(c *router.Context, m *xmlmsg.System, e event) error {
	if by := m.By(); len(by) > 0 {
		e.By, e.ByName = by[0].Username, by[0].Nickname
	}
	people := []xmlmsg.Person{{}} // an event about nobody
	switch m.Notice {
	case xmlmsg.NoticeMemberInvited, xmlmsg.NoticeSelfInvited:
		e.Event, e.Way, people = join, byInvitation, m.Joined()
	case xmlmsg.NoticeMemberJoinedQR:
		e.Event, e.Way, people = join, byQRCode, m.Joined()
	case xmlmsg.NoticeMemberRemoved:
		e.Event, people = removed, m.People("kickoutname")
	case xmlmsg.NoticeRenamed:
		e.Event, e.Text = rename, m.GroupName
		if by := m.By(); len(by) > 0 {
			people = by
		}
	case xmlmsg.NoticeOwnerChanged:
		e.Event, people = ownerChanged, m.People("ownername")
	default:
		return nil
	}
	var all []event
	for _, person := range people {
		e.Person, e.Name = person.Username, person.Nickname
		all = append(all, e)
	}
	return p.log(c, all)
}

// log logs events of a chat, if they are wanted.
func (p *part) log(c *router.Context, all []event) error {
	if len(all) == 0 {
		return nil
	}
	store, name := c.Store(router.ByChat), c.GroupName()
	for i := range all {
		e := &all[i]
		e.GroupName = name
		for _, who := range []string{e.Person, e.Name} {
			if who == "" {
				continue
			}
			var err error
			switch e.Event {
			case join:
				err = store.Set(c, "join/"+who, *e, p.c.Keep)
			case removed: // the comparison of lists finds them missing, too
				err = store.Set(c, "removed/"+who, true, 2*p.c.Check+time.Hour)
			}
			if err != nil {
				return err
			}
		}
	}
	if !p.wants(all[0].Event) {
		return nil
	}
	return p.keep(c.Later, all)
}

// later asks for a task: that of a context or of a job.
type later func(task, key string, delay time.Duration, data any, options ...router.LaterOption) error

// keep has events written and mirrored.
func (p *part) keep(later later, all []event) error {
	err := later("write", "file", table.After, all, plugin.Gather[event](table.Most))
	if err != nil || len(p.c.Mirror.To) == 0 {
		return err
	}
	return later("mirror", all[0].Account, p.c.Mirror.Every, all, plugin.Gather[event](p.c.Mirror.Every))
}

// compare logs who has left.
func (p *part) compare(j *bot.Job) error {
	return plugin.Leavers(j, p.h, func(left plugin.Left) error {
		var all []event
		for _, person := range left.People {
			removed, err := p.removed(j, left, person)
			if err != nil {
				return err
			}
			if !removed {
				all = append(all, event{
					Time: j.Due, Account: left.Account, Group: left.Group, Event: leave, Person: person.Username, Name: person.Nickname,
					GroupName: p.h.Contacts().Contact(j, left.Account, left.Group),
				})
			}
		}
		if len(all) == 0 {
			return nil
		}
		return p.keep(j.Later, all)
	})
}

// removed reports whether the log has it that somebody was removed, by their wxid or their name.
func (p *part) removed(ctx context.Context, left plugin.Left, person xmlmsg.Person) (known bool, err error) {
	for _, who := range []string{person.Username, person.Nickname} {
		if _, err = p.h.Store().Chat(left.Account, left.Group).Get(ctx, "removed/"+who, &known); err != nil || known {
			break
		}
	}
	return known, err
}

// moderated logs what other plugins did about members since the last time.
func (p *part) moderated(j *bot.Job) error {
	store := p.h.Store()
	var from time.Time
	if _, err := store.Get(j, "moderated", &from); err != nil {
		return err
	}
	if from.IsZero() {
		from = j.Due.Add(-time.Minute)
	}
	var all []event
	for line, err := range plugin.Moderated(p.h).Range(j, from, j.Due) {
		if err != nil {
			return err
		}
		m := line.Data
		if !p.h.On(j, m.Account, m.Group) {
			continue
		}
		all = append(all, event{
			Time: line.Time, Account: m.Account, Group: m.Group, GroupName: p.h.Contacts().Contact(j, m.Account, m.Group), Event: guarded,
			Person: m.Person, Name: m.Name, By: m.Plugin, Text: m.Reason + "：" + m.Action,
		})
	}
	if len(all) > 0 {
		if err := j.Later("noted", j.Due.String(), 0, noted{all, j.Due}); err != nil {
			return err
		}
	}
	return store.Set(j, "moderated", j.Due, 0)
}

// noted are events that a run of the schedule has found.
type noted struct {
	Events []event
	Due    time.Time
}

// noted has them kept by a task, so that a run that is tried again keeps them once.
func (p *part) noted(t *bot.Task[noted]) error { return p.keep(t.Later, t.Data.Events) }

package guard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// Blacklist is who has to leave all groups of the plugin.
type Blacklist struct {
	People []string      `yaml:"people" of:"people" help:"Who is on it: wxids, unique names."`
	Keep   time.Duration `yaml:"keep,off" help:"How long those are on it whom the plugin has removed from a group; off if it is absent."`
}

func (b Blacklist) on() bool { return len(b.People) > 0 || b.Keep > 0 }

func (b Blacklist) check() error {
	var errs []error
	for i, who := range b.People {
		if slices.Contains([]string{"", plugin.All, plugin.Owners, plugin.Admins}, who) {
			err := phrase.Errorf("%q is nobody: write wxids or names", who)
			errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf("blacklist.people[%d]", i), Err: err})
		}
	}
	return errors.Join(errs...)
}

const (
	onBlacklist = "在黑名单里"
	maxListed   = 50 // people that a command shows
	keepListed  = 10 * 365 * 24 * time.Hour
)

// listed is somebody who was put on the blacklist.
type listed struct {
	Person, Name  string
	Group, Reason string
}

// list is the store of the blacklist, which all guards of a bot share.
func (g *guard) list() *router.Store { return g.h.Bot().Store() }

func blackKey(wxid string) string { return "guard/blacklist/" + wxid }

// log has all who were ever put on the blacklist: keys cannot be listed.
func (g *guard) log() *router.Log[listed] {
	return router.NewLog[listed](g.list(), "guard blacklist", keepListed)
}

// blacklisted reports whether somebody is on the blacklist.
func (g *guard) blacklisted(c *router.Context, wxid string) (on bool, err error) {
	if !g.c.Blacklist.on() {
		return false, nil
	}
	if plugin.Among(c, g.h, wxid, g.c.Blacklist.People...) {
		return true, nil
	}
	return g.list().Get(c, blackKey(wxid), &listed{})
}

// expel does about somebody on the blacklist what the last strike does, without a warning, and once
// a day: what they write meanwhile is only kept from the other plugins.
func (g *guard) expel(c *router.Context, o offence) error {
	first, err := c.Store(router.ByChat).Claim(c, "expelled/"+o.Person, 24*time.Hour)
	if err != nil || !first {
		return err
	}
	steps := []string{notify}
	for _, step := range g.c.Then {
		if step == remove {
			steps = append(steps, remove)
		}
	}
	return g.act(c, o, steps, plugin.Text{})
}

// remember puts somebody on the blacklist who was removed from a group.
func (g *guard) remember(c *router.Context, o offence) error {
	if g.c.Blacklist.Keep <= 0 {
		return nil
	}
	return g.put(c, listed{o.Person, o.Name, c.GroupName(), o.Reason}, g.c.Blacklist.Keep)
}

func (g *guard) put(c *router.Context, who listed, keep time.Duration) error {
	if err := g.list().Set(c, blackKey(who.Person), who, keep); err != nil {
		return err
	}
	return g.log().Append(c, who)
}

// person is whom a command means.
type person struct {
	Name string `arg:"人,rest" help:"wxid，或者唯一的名字"`
}

// blacklistCommands are for the people in charge, in private: whoever was put on the list by
// mistake must get off it.
func (g *guard) blacklistCommands(h *bot.Handle) {
	in := h.Anywhere().Where(match.Owner())
	in.Command("黑名单", g.showBlacklist, router.Help("谁在群的黑名单里")).Named(h.Name() + "/blacklist")
	in.Command("加入黑名单", g.enlist, router.Help("把人列入群的黑名单", "加入黑名单 wxid_spammer")).Named(h.Name() + "/enlist")
	in.Command("移出黑名单", g.pardon, router.Help("把人从群的黑名单移出", "移出黑名单 wxid_spammer")).Named(h.Name() + "/pardon")
}

func (g *guard) showBlacklist(c *router.Context) error {
	text, err := router.Remember(c, "list", func() (string, error) {
		lines := []string{}
		seen := map[string]bool{}
		for at, err := range g.log().Range(c, time.Time{}, c.Now().Add(time.Second)) {
			if err != nil {
				return "", err
			}
			who := at.Data
			on, err := g.list().Get(c, blackKey(who.Person), &listed{})
			if err != nil {
				return "", err
			}
			if on && !seen[who.Person] {
				lines = append(lines, fmt.Sprintf("%s %s（%s）：%s，%s", at.Time.In(g.h.Zone()).Format(time.DateOnly),
					plugin.CleanName(who.Name, "?"), who.Person, plugin.CleanName(who.Group, "?"), who.Reason))
			}
			seen[who.Person] = true
		}
		if len(lines) == 0 {
			return "黑名单是空的。", nil
		}
		return strings.Join(lines[max(0, len(lines)-maxListed):], "\n"), nil
	})
	if err != nil {
		return err
	}
	return c.Reply(text)
}

// find is the id of the person whom a command means; if there is none, it has said so.
func (g *guard) find(c *router.Context, a person) (string, error) {
	id, err := g.h.Contacts().Find(c, c.Account(), strings.TrimSpace(a.Name))
	if err != nil {
		return "", c.Reply("没有成功：" + err.Error())
	}
	return id, nil
}

func (g *guard) enlist(c *router.Context, a person) error {
	id, err := g.find(c, a)
	if err != nil || id == "" {
		return err
	}
	who := listed{id, g.h.Contacts().Contact(c, c.Account(), id), "", "由负责人列入"}
	if err := g.put(c, who, 0); err != nil {
		return err
	}
	return c.Reply("已把 " + id + " 列入黑名单。发“/移出黑名单 " + id + "”撤销。")
}

func (g *guard) pardon(c *router.Context, a person) error {
	id, err := g.find(c, a)
	if err != nil || id == "" {
		return err
	}
	if err := g.list().Delete(c, blackKey(id)); err != nil {
		return err
	}
	if plugin.Among(c, g.h, id, g.c.Blacklist.People...) {
		return c.Reply(id + " 写在配置文件里，请改配置文件。")
	}
	return c.Reply("已把 " + id + " 移出黑名单。")
}

package guard

import (
	"cmp"
	"time"

	"github.com/hongyan-go/hongyan/bot"
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

const onBlacklist = "在黑名单里"

// list is the blacklist, which all guards of a bot share.
func (g *guard) list() *plugin.Roster { return plugin.NewRoster(g.h.Bot().Store(), "guard/blacklist") }

// blacklisted reports whether somebody is on the blacklist.
func (g *guard) blacklisted(c *router.Context, wxid string) (on bool, err error) {
	if !g.c.Blacklist.on() {
		return false, nil
	}
	if plugin.Among(c, g.h, wxid, g.c.Blacklist.People...) {
		return true, nil
	}
	return g.list().Has(c, wxid)
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
	return g.list().Put(c, plugin.Listed{Person: o.Person, Name: o.Name, Group: c.GroupName(), Reason: o.Reason}, g.c.Blacklist.Keep)
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
	text, err := router.Remember(c, "list", func() (string, error) { return g.list().Text(c, g.h.Zone()) })
	if err != nil {
		return err
	}
	return c.Reply(cmp.Or(text, "黑名单是空的。"))
}

func (g *guard) enlist(c *router.Context, a plugin.PersonArg) error {
	id, err := a.Find(c, g.h)
	if err != nil || id == "" {
		return err
	}
	if err := g.list().Put(c, a.Listed(c, g.h, id), 0); err != nil {
		return err
	}
	return c.Reply("已把 " + id + " 列入黑名单。发“/移出黑名单 " + id + "”撤销。")
}

func (g *guard) pardon(c *router.Context, a plugin.PersonArg) error {
	id, err := a.Find(c, g.h)
	if err != nil || id == "" {
		return err
	}
	if err := g.list().Remove(c, id); err != nil {
		return err
	}
	if plugin.Among(c, g.h, id, g.c.Blacklist.People...) {
		return c.Reply(id + " 写在配置文件里，请改配置文件。")
	}
	return c.Reply("已把 " + id + " 移出黑名单。")
}

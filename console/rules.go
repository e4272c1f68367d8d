package console

import (
	"context"
	"strings"

	"github.com/hongyan-go/hongyan/router"
)

// ruleLine is a route in the list: a rule of the file, a route of a plugin, or one of the program.
type ruleLine struct {
	Order    int      `json:"order"`
	Name     string   `json:"name"`
	Plugin   string   `json:"plugin,omitempty"`
	Kind     string   `json:"kind,omitempty"` // empty: any
	Matchers []string `json:"matchers,omitempty"`
	Observer bool     `json:"observer,omitempty"`
	Site     string   `json:"site,omitempty"`
	Seen     routeSeen
	Off      bool `json:"off,omitempty"` // its plugin is off everywhere
}

// rules are the routes in the order in which they are tried.
func (c *Console) rules() []ruleLine {
	var all []ruleLine
	_ = c.bot.Walk(func(r router.RouteInfo) error { // f returns no error
		line := ruleLine{
			Order: len(all) + 1, Name: r.Name, Kind: string(r.Kind), Matchers: r.Matchers, Observer: r.Observer, Site: r.Site,
		}
		line.Seen, _ = c.seen.route(r.Name)
		all = append(all, line)
		return nil
	})
	return all
}

// pluginLine is a plugin in the list.
type pluginLine struct {
	Name    string `json:"name"`
	Kind    string `json:"kind,omitempty"` // the name of its definition in the file
	Summary string `json:"summary,omitempty"`
	On      bool   `json:"on"`
	Why     string `json:"why"`
	Broken  bool   `json:"broken,omitempty"`
	Errors  int    `json:"errors"`
	Form    bool   `json:"form,omitempty"` // the file has a section of it
}

// plugins are those of the bot in a chat of an account; an empty chat stands for all.
func (c *Console) plugins(ctx context.Context, account, chat string) []pluginLine {
	described := map[string]Section{}
	if c.config.File != nil {
		for _, s := range c.config.File.Sections() {
			described[s.Plugin] = s
		}
	}
	failed := map[string]int{}
	for _, e := range c.bot.RecentErrors() {
		for _, p := range c.bot.Plugins(ctx, "", "") {
			if e.Route == p.Name || strings.HasPrefix(e.Route, p.Name+"/") || strings.HasPrefix(e.Route, p.Name+".") {
				failed[p.Name]++
			}
		}
	}
	all := []pluginLine{}
	for _, p := range c.bot.Plugins(ctx, account, chat) {
		if p.Name == pluginName {
			continue
		}
		s, form := described[p.Name]
		if p.On && chat == "" {
			p.Why = "" // that no chat is meant
		}
		all = append(all, pluginLine{
			Name: p.Name, Kind: s.Kind, Summary: s.Summary, On: p.On, Why: p.Why, Broken: p.Broken, Errors: failed[p.Name], Form: form,
		})
	}
	return all
}

package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/web"
)

// rulesView is the list of rules.
type rulesView struct {
	Rules   []ruleLine `json:"rules"`
	Words   string     `json:"q,omitempty"`
	Started string     `json:"-"`
	All     int        `json:"all"`
	File    string     `json:"file,omitempty"`
}

func (c *Console) rulesPage(r *http.Request) (web.Page, error) {
	v := rulesView{Words: strings.TrimSpace(r.URL.Query().Get("q")), Rules: []ruleLine{}}
	if c.config.File != nil {
		v.File = c.config.File.Path()
	}
	for _, x := range c.rules() {
		v.All++
		if v.Words == "" || strings.Contains(strings.ToLower(x.Name+" "+strings.Join(x.Matchers, " ")), strings.ToLower(v.Words)) {
			v.Rules = append(v.Rules, x)
		}
	}
	return web.Page{Name: "rules", Title: c.text(r, "nav.rules"), Nav: "rules", Data: v}, nil
}

// ruleView is one rule.
type ruleView struct {
	ruleLine
	Runs []run `json:"runs"` // the latest first
}

func (c *Console) rulePage(r *http.Request) (web.Page, error) {
	name := r.PathValue("name")
	all := c.rules()
	i := slices.IndexFunc(all, func(x ruleLine) bool { return x.Name == name })
	if i < 0 {
		return web.Page{}, errNone
	}
	v := ruleView{ruleLine: all[i], Runs: []run{}}
	_, keys := c.seen.route(name)
	for _, key := range keys {
		if runs := c.seen.runsOf(key); len(runs) > 0 && !slices.ContainsFunc(v.Runs, func(x run) bool { return x.Key == key }) {
			v.Runs = append(v.Runs, runs[len(runs)-1])
		}
	}
	return web.Page{Name: "rule", Title: name, Nav: "rules", Data: v}, nil
}

func (c *Console) pluginsPage(r *http.Request) (web.Page, error) {
	v := map[string]any{"plugins": c.plugins(r.Context(), "", ""), "file": c.config.File != nil}
	return web.Page{Name: "plugins", Title: c.text(r, "nav.plugins"), Nav: "plugins", Data: v}, nil
}

// pluginView is one plugin.
type pluginView struct {
	pluginLine
	Errors   []pluginError `json:"recent_errors"`
	Section  *Section      `json:"section,omitempty"`
	Revision string        `json:"revision,omitempty"`
	Chats    []chatSwitch  `json:"chats"`
	Rules    []ruleLine    `json:"rules"`
	Changed  *change       `json:"change,omitempty"`
}

// pluginError is a run of a handler that ended in an error.
type pluginError struct {
	At    string `json:"at"`
	Route string `json:"route"`
	Err   string `json:"error"`
}

// chatSwitch is whether a plugin is on in a chat.
type chatSwitch struct {
	chatLine
	On  bool   `json:"on"`
	Why string `json:"why"`
}

func (c *Console) pluginPage(r *http.Request) (web.Page, error) {
	v, err := c.plugin(r, r.PathValue("name"))
	if err != nil {
		return web.Page{}, err
	}
	return web.Page{Name: "plugin", Title: v.Name, Nav: "plugins", Data: v}, nil
}

// plugin is all that is known of a plugin.
func (c *Console) plugin(r *http.Request, name string) (pluginView, error) {
	ctx := r.Context()
	all := c.plugins(ctx, "", "")
	i := slices.IndexFunc(all, func(p pluginLine) bool { return p.Name == name })
	if i < 0 {
		return pluginView{}, errNone
	}
	v := pluginView{pluginLine: all[i]}
	of := func(route string) bool {
		return route == name || strings.HasPrefix(route, name+"/") || strings.HasPrefix(route, name+".")
	}
	for _, e := range c.bot.RecentErrors() {
		if of(e.Route) && len(v.Errors) < 10 {
			at := e.At.In(c.config.Zone).Format(time.DateTime)
			v.Errors = append(v.Errors, pluginError{at, e.Route, firstLine(e.Err.Error())})
		}
	}
	for _, rule := range c.rules() {
		if of(rule.Name) || rule.Plugin == name {
			v.Rules = append(v.Rules, rule)
		}
	}
	for _, chat := range c.chatRows(ctx) {
		const most = 50
		if len(v.Chats) == most {
			break
		}
		for _, p := range c.bot.Plugins(ctx, chat.Account, chat.ID) {
			if p.Name == name {
				v.Chats = append(v.Chats, chatSwitch{chat, p.On, p.Why})
			}
		}
	}
	if c.config.File == nil {
		return v, nil
	}
	for _, s := range c.config.File.Sections() {
		if s.Plugin == name {
			v.Section = &s
		}
	}
	var err error
	_, v.Revision, err = c.config.File.Read()
	return v, err
}

// pluginAction switches a plugin on or off everywhere, or changes its section in the file.
func (c *Console) pluginAction(r *http.Request) (done, error) {
	name, action, ctx := r.PathValue("name"), r.PathValue("action"), r.Context()
	d := done{on: name + " " + action, args: []any{name}, key: "flash.plugin." + action, place: root + "plugins/" + escape(name)}
	switch action {
	case "on", "off":
		if field(r, "list") != "" {
			d.place = root + "plugins"
		}
		return d, c.bot.Switch(ctx, name, "", action == "on")
	case "save":
		return c.saveSection(r, name, d)
	}
	return d, errAction
}

func (c *Console) explainPage(r *http.Request) (web.Page, error) {
	q := r.URL.Query()
	x := c.explain(r.Context(), explanation{
		Say: q.Get("say"), As: q.Get("as"), In: q.Get("in"), Account: q.Get("account"), Key: q.Get("event"),
	})
	return web.Page{Name: "explain", Title: c.text(r, "nav.explain"), Nav: "explain", Data: x}, nil
}

// reload reads the file of the bot again.
func (c *Console) reload(r *http.Request) (done, error) {
	return done{key: "flash.reloaded"}, c.bot.Reload(r.Context())
}

package router

import (
	"strings"

	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Command registers a handler for texts that begin with a word: "报名", "/报名", "报名 张三"; see
// match.Command for what makes no difference. The handler finds the rest in Args. The route is
// called "command:报名" until it is Named.
func (g *Group) Command(name string, h func(*Context) error, ms ...match.Matcher) *Route {
	if h == nil {
		panic("router: the handler of the command " + name + " at " + callSite() + " is nil")
	}
	if len(strings.Fields(name)) != 1 || strings.Trim(name, "/／") == "" {
		panic("router: the command \"" + name + "\" at " + callSite() + ": a command is one word, and more than a slash")
	}
	r := g.add(xmlmsg.KindText, false, h, append([]match.Matcher{match.Command(name)}, ms...))
	return r.Named("command:" + strings.Trim(name, "/／"))
}

// Args returns the words after the command: of "/报名 张三 2" they are "张三" and "2".
func (c *Context) Args() []string { return strings.Fields(c.ArgText()) }

// ArgText returns the text after the command, unchanged.
func (c *Context) ArgText() string {
	_, rest := c.Command()
	return rest
}

// Command echo answers private messages with what they say.
//
//	go run ./examples/echo
package main

import (
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func main() {
	b := bot.Must(bot.FromEnv()) // no token set: runs against the simulator and says so
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply(m.Body) }, match.Private())
	bot.Main(b) // signals, drain, exit code
}

// Command autoforward forwards spreadsheets from the groups A and B to the group C, with a line
// that says who sent them.
package main

import (
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The groups of the simulator.
const (
	groupA = "10000000001@chatroom"
	groupB = "20000000002@chatroom"
	groupC = "30000000003@chatroom"
)

func main() {
	b := bot.Must(bot.FromEnv())
	b.File(func(c *router.Context, _ *xmlmsg.File) error {
		return c.Forward(groupC, router.Caption("{{.SenderName}} 来自 {{.GroupName}}"))
	}, match.In(groupA, groupB), match.Ext("xlsx", "xls"), match.MinSize(10<<10))
	bot.Main(b)
}

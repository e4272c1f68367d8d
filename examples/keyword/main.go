// Command keyword answers questions by keyword, and looks up orders by a regular expression.
package main

import (
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func main() {
	b := bot.Must(bot.FromEnv())
	b.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("营业时间", "几点开门"))
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		return c.Replyf("订单 %s 查询中…", c.Capture("id"))
	}, match.Regexp(`^查单\s*(?P<id>\d{6,})$`))
	bot.Main(b)
}

// Command plugin shows a plugin: a value with a configuration, which a bot can install and
// uninstall as a whole.
package main

import (
	"fmt"
	"os"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func main() {
	b := bot.Must(bot.FromEnv())
	if err := b.Install(NewCounter(CounterConfig{Command: "/count"})); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.Reply("ask me /count") }, match.Private())
	bot.Main(b)
}

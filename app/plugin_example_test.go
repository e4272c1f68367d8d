package app_test

import (
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// Hours configures the plugin hours, whose section in bot.yaml is
//
//	hours: {text: "9:00-18:00"}
type Hours struct {
	Text string `yaml:"text" help:"the answer" required:"true"`
}

type opening struct{ Hours }

func (opening) Name() string { return "hours" }

func (p opening) Setup(h *bot.Handle) error {
	h.Text(router.Say(p.Text), match.Keyword("营业时间"))
	return nil
}

func (opening) Close() error { return nil }

// The main function of a program with a plugin of its own: mybot run -c bot.yaml.
func ExampleMain() {
	app.Main(app.Plugin("hours", "says when the shop is open", func(c Hours) (bot.Plugin, error) { return opening{c}, nil }))
}

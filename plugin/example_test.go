package plugin_test

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// Greeting configures greeter: in Go, in a file and in the schema of an editor.
type Greeting struct {
	Word string `yaml:"word" default:"hi" help:"the word that is answered"`
	Text string `yaml:"text" help:"the answer" required:"true"`
}

type greeter struct{ Greeting }

func (greeter) Name() string { return "greeter" }

func (g greeter) Setup(h *bot.Handle) error {
	h.Text(router.Say(g.Text), match.Exact(g.Word))
	return nil
}

func (greeter) Close() error { return nil }

func ExampleDefine() {
	var known plugin.Registry
	known.Register(plugin.Define("greeter", "answers a greeting", func(c Greeting) (bot.Plugin, error) {
		if c.Text == "" {
			return nil, &plugin.FieldError{Field: "text", Err: errors.New("an empty answer")}
		}
		return greeter{c}, nil
	}))
	fmt.Println(known.Names())
	d, _ := known.Lookup("greeter")
	config := d.Config().(*Greeting) // as a file fills it in
	_, err := d.New(config)
	fmt.Println(err)
	config.Text = "welcome"
	p, err := d.New(config)
	fmt.Println(p.Name(), err)
	// Output:
	// [greeter]
	// plugin: text: an empty answer
	// greeter <nil>
}

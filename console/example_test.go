package console_test

import (
	"fmt"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/console"
)

// A program that prints where its console is.
func ExampleNew() {
	serve := func(b *bot.Bot) error {
		c, err := console.New(console.Config{Print: func(url string) { fmt.Println(url) }})
		if err != nil {
			return err
		}
		return b.Install(c)
	}
	_ = serve // b.Run prints http://127.0.0.1:8081/console/login?code=…
	_, err := console.New(console.Config{})
	fmt.Println(err)
	// Output: console: nobody could come in: set Password, Token or Print
}

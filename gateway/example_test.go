package gateway_test

import (
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/gateway"
)

// A bot that programs on this machine use at http://127.0.0.1:8090.
func ExampleNew() {
	g, err := gateway.New(gateway.Config{
		Listen: "127.0.0.1:8090",
		Tokens: map[string]gateway.Token{"n8n": {Secret: "take-one-from-openssl-rand", May: []string{"send", "read"}}},
	})
	if err != nil {
		panic(err)
	}
	b := bot.Must(bot.FromEnv())
	if err := b.Install(g); err != nil {
		panic(err)
	}
	bot.Main(b)
}

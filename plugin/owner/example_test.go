package owner_test

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/owner"
)

func ExampleNew() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Owners: []string{"wxid_bob"}, Logger: zap.NewNop()}))
	fmt.Println(b.Install(owner.New(owner.Config{})))
	b.OnReload(func(context.Context) error { return nil }) // read the file again
	fmt.Println(b.Close())
	// Output:
	// <nil>
	// <nil>
}

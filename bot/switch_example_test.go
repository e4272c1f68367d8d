package bot_test

import (
	"context"
	"fmt"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/store/memory"
)

// everywhereButB is a plugin that is off in one chat.
type everywhereButB struct{ welcome }

func (everywhereButB) Scope() bot.Scope {
	return bot.Scope{Everywhere: true, NotIn: []string{"20000000002@chatroom"}}
}

func ExampleBot_Switch() {
	b := bot.Must(bot.New(bot.Config{Token: "token of the console", Store: memory.New(memory.Config{}), Logger: zap.NewNop()}))
	ctx, chat := context.Background(), "20000000002@chatroom"
	fmt.Println(b.Install(everywhereButB{}))
	fmt.Printf("%+v\n", b.Plugins(ctx, "", chat))
	fmt.Println(b.Switch(ctx, "welcome", chat, true))
	fmt.Printf("%+v\n", b.Plugins(ctx, "", chat))
	fmt.Println(b.Close())
	// Output:
	// <nil>
	// [{Name:welcome On:false Why:it is configured not to be here Place: Broken:false}]
	// <nil>
	// [{Name:welcome On:true Why:it was switched on here Place: Broken:false}]
	// <nil>
}

func ExampleBot_Replace() {
	b := bot.Must(bot.New(bot.Config{Token: "token of the console", Store: memory.New(memory.Config{}), Logger: zap.NewNop()}))
	fmt.Println(b.Install(welcome{}))
	fmt.Println(b.Replace("welcome", everywhereButB{}))
	fmt.Println(b.Close())
	// Output:
	// <nil>
	// <nil>
	// <nil>
}

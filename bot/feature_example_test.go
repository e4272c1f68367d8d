package bot_test

import (
	"context"
	"fmt"
	"os"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
)

// A send that no message asked for goes through the same ledger and pace as an answer. The key
// keeps it single: the second call returns the result of the first.
func ExampleBot_Send() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	if err := b.Simulator().AwaitCallback(ctx); err != nil {
		fmt.Println(err)
	}

	report := api.PostText{AppID: simulator.DefaultAppID, To: "wxid_alice", Content: "your report is ready"}
	first, err := b.Send(ctx, report, router.Key("report/2026-08-03"))
	fmt.Println(err)
	second, err := b.Send(ctx, report, router.Key("report/2026-08-03"))
	fmt.Println(err, first.NewMsgID == second.NewMsgID)
	messages, err := b.Simulator().Messages("alice", 0)
	fmt.Println(len(messages), err)
	stop()
	fmt.Println(<-ended)
	// Output:
	// <nil>
	// <nil> true
	// 1 <nil>
	// <nil>
}

// FromEnv does the same with the variables of the process.
func ExampleConfigFromEnv() {
	variables := map[string]string{
		"HONGYAN_TOKEN": "token of the console", "HONGYAN_LISTEN": "127.0.0.1:8080", "HONGYAN_ALLOW": "wxid_alice,10000000001@chatroom",
	}
	config, err := bot.ConfigFromEnv(func(name string) (string, bool) { v, ok := variables[name]; return v, ok })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(config.Listen, config.Allow.People, config.Allow.Groups)
	// Output: 127.0.0.1:8080 [wxid_alice] [10000000001@chatroom]
}

// Explain says which route would handle an event, and why the others would not.
func ExampleBot_Explain() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	defer b.Close()
	b.Text(router.Say("9:00-18:00"), match.Keyword("营业时间")).Named("hours")
	b.Text(router.Say("hello"), match.Private()).Named("hello")
	e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgType":1,` +
		`"FromUserName":"wxid_alice","ToUserName":"wxid_me","Content":"hi"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range b.Explain(e).Routes {
		fmt.Printf("%s: %t %s\n", v.Name, v.Handles, v.Reason)
	}
	// Output:
	// hours: false Keyword("营业时间") says no
	// hello: true
}

// Uninstall undoes all that the Setup of a plugin registered.
func ExampleBot_Uninstall() {
	b := bot.Must(bot.New(bot.Config{Simulator: true, Logger: zap.NewNop()}))
	defer b.Close()
	fmt.Println(b.Install(welcome{}))
	fmt.Println(b.Uninstall("welcome"))
	routes := 0
	fmt.Println(b.Walk(func(router.RouteInfo) error { routes++; return nil }), routes)
	// Output:
	// <nil>
	// <nil>
	// <nil> 0
}

// The callbacks of a bot are kept for a replay, without the names, ids and texts of people.
func ExampleRecording() {
	dir, err := os.MkdirTemp("", "recording")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	b := bot.Must(bot.New(bot.Config{Simulator: true, Recording: bot.Recording{Dir: dir}, Logger: zap.NewNop()}))
	fmt.Println(b.Close())
	// Output: <nil>
}

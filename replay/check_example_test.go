package replay_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/replay"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

const hello = `{"TypeName":"AddMsg","Appid":"wx_device","Wxid":"wxid_me","Data":{"NewMsgId":4000000000000002,"MsgType":1,` +
	`"FromUserName":{"string":"wxid_zhang"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"hello"},"CreateTime":1772366400}}`

// The test of a route: what does the bot call when this arrives?
func ExampleCheck() {
	TestGreeting := func(t *testing.T) {
		t.Helper()
		r := router.New()
		r.Text(router.Say("welcome"), match.Exact("hello"))
		c := replay.Check(t, r)
		c.PlaysBody(hello)
		c.ExpectText("wxid_zhang", "welcome")
	}
	_ = TestGreeting
}

// A bot with its middleware and plugins is played like a router.
func ExampleForBot() {
	p, err := replay.ForBot(bot.Config{Allow: bot.Allow{Everyone: true}}, replay.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	p.Bot().Text(router.Say("welcome"), match.Exact("hello"))
	p.Play(context.Background(), replay.Entry{Received: time.Unix(1772366401, 0), Body: []byte(hello)})
	for _, c := range p.Calls() {
		fmt.Println(c.Endpoint, c.To(), c.Text())
	}
	// Output: /message/postText wxid_zhang welcome
}

// Each line of a recording is an entry or a bare body.
func ExampleParse() {
	entries := replay.Parse([]byte(`{"received":"2026-03-01T12:00:01Z","body":{"TypeName":"Offline"}}` + "\n" + hello))
	fmt.Println(len(entries), entries[0].Received.Hour(), entries[1].Received.IsZero())
	// Output: 2 12 true
}

func ExampleDiff() {
	fmt.Print(replay.Diff("before", "welcome\n", "after", "hello\n"))
	// Output:
	// --- before
	// +++ after
	// @@ -1,2 +1,2 @@
	// -welcome
	// +hello
}

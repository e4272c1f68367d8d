package middleware_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

// serve runs a message of type msgType that from wrote through a router.
func serve(r *router.Router, from string, msgType int, content string) error {
	e, err := callback.Decode(fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgType":%d,`+
		`"FromUserName":%q,"ToUserName":"wxid_me","Content":%q}}`, msgType, from, content))
	if err != nil {
		return err
	}
	return r.Serve(context.Background(), e, router.Services{})
}

// The bot hears one group and its administrator.
func ExampleAllow() {
	r := router.New()
	r.Use(middleware.Allow(middleware.AllowConfig{
		Groups: []string{"10000000001@chatroom"}, Admins: []string{"wxid_boss"},
		Count: func(reason string) { fmt.Println("dropped:", reason) },
	}))
	r.Any(func(c *router.Context) error {
		fmt.Println("handled:", c.Conversation().ID)
		return nil
	})
	fmt.Println(serve(r, "10000000001@chatroom", 1, "wxid_alice:\nhi"))
	fmt.Println(serve(r, "wxid_boss", 1, "hi"))
	fmt.Println(serve(r, "wxid_alice", 1, "hi"))
	// Output:
	// handled: 10000000001@chatroom
	// <nil>
	// handled: wxid_boss
	// <nil>
	// dropped: not allowed
	// <nil>
}

// A bot whose owner types commands on the phone keeps the account's own messages.
func ExampleDrop() {
	r := router.New()
	r.Use(middleware.Drop(middleware.DropConfig{
		Keep: []string{middleware.DroppedSelf}, Count: func(reason string) { fmt.Println("dropped:", reason) },
	}))
	r.Any(func(c *router.Context) error {
		fmt.Println("handled:", c.Sender())
		return nil
	})
	fmt.Println(serve(r, "wxid_me", 1, "!status"))
	fmt.Println(serve(r, "gh_news", 1, "today's news"))
	// Output:
	// handled: wxid_me
	// <nil>
	// dropped: official
	// <nil>
}

// WeChat announces a file before it is complete. An announcement that comes late is dropped.
func ExampleJoinFiles() {
	r := router.New()
	r.Use(middleware.JoinFiles(middleware.JoinFilesConfig{Count: func(reason string) { fmt.Println("dropped:", reason) }}))
	r.Any(func(c *router.Context) error {
		fmt.Println("handled:", c.Event.Kind())
		return nil
	})
	const half = `<msg><appmsg><title>report.xlsx</title><type>%d</type><appattach><fileuploadtoken>v1_x</fileuploadtoken>` +
		`</appattach></appmsg></msg>`
	fmt.Println(serve(r, "wxid_alice", 49, fmt.Sprintf(half, 6)))
	fmt.Println(serve(r, "wxid_alice", 49, fmt.Sprintf(half, 74)))
	// Output:
	// handled: file
	// <nil>
	// dropped: late notice
	// <nil>
}

// One message a minute of each conversation is enough.
func ExampleRateLimit() {
	r := router.New()
	r.Use(middleware.RateLimit(middleware.RateLimitConfig{
		Events: 1, Per: time.Minute, Count: func(reason string) { fmt.Println("dropped:", reason) },
	}))
	r.Any(func(c *router.Context) error {
		fmt.Println("handled:", c.Sender())
		return nil
	})
	for _, from := range []string{"wxid_alice", "wxid_alice", "wxid_bob"} {
		if err := serve(r, from, 1, "hi"); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// handled: wxid_alice
	// dropped: rate limit
	// handled: wxid_bob
}

// The handler must pass its context to whatever it waits for.
func ExampleTimeout() {
	r := router.New()
	r.Use(middleware.Timeout(time.Millisecond))
	r.Any(func(c *router.Context) error {
		<-c.Done()
		return c.Err()
	})
	fmt.Println(serve(r, "wxid_alice", 1, "hi"))
	// Output: middleware: the handler took longer than 1ms: context deadline exceeded
}

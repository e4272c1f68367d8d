package middleware_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

func Example() {
	count := func(reason string) { fmt.Println("dropped:", reason) }
	r := router.New()
	r.Use(
		middleware.Log(middleware.LogConfig{}),
		middleware.Recover(),
		middleware.Drop(middleware.DropConfig{Count: count}),
		middleware.Allow(middleware.AllowConfig{People: []string{"wxid_alice"}, Count: count}),
		middleware.RateLimit(middleware.RateLimitConfig{Events: 1, Per: time.Minute, Count: count}),
		middleware.Timeout(time.Minute),
	)
	r.Any(func(c *router.Context) error {
		fmt.Println("handled:", c.Sender())
		return nil
	})
	for _, from := range []string{"wxid_alice", "wxid_alice", "wxid_bob", "gh_news"} {
		e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Wxid":"wxid_me","Data":{"MsgType":1,"FromUserName":"` +
			from + `","Content":"hi"}}`))
		if err == nil {
			err = r.Serve(context.Background(), e, router.Services{})
		}
		if err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// handled: wxid_alice
	// dropped: rate limit
	// dropped: not allowed
	// dropped: official
}

func ExampleRecover() {
	r := router.New()
	r.Use(middleware.Recover())
	r.Any(func(*router.Context) error { panic("boom") })
	e, _ := callback.Decode([]byte(`{"TypeName":"Offline"}`))
	err := r.Serve(context.Background(), e, router.Services{})
	fmt.Println(err)
	// Output: middleware: handler panicked: boom
}

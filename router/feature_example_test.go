package router_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Answers go to where the message came from.
func ExampleContext_Reply() {
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if err := c.Replyf("you said %q", m.Body); err != nil {
			return err // the handler runs again, and does not send a second time what was sent
		}
		return c.To("wxid_boss").SendText(c.Sender() + " has written")
	})
	fmt.Println(r.Serve(context.Background(), said("hello"), router.Services{Sender: printer{}}))
	// Output:
	// to wxid_alice: you said "hello"
	// to wxid_boss: wxid_alice has written
	// <nil>
}

// A kind without a method of its own is registered by the type of the handler's parameter.
func ExampleOn() {
	r := router.New()
	route := router.On(r.Group, func(c *router.Context, m *xmlmsg.Music) error { return c.Reply(m.Title) }, match.Private())
	fmt.Println(route.Named("songs") != nil)
	fmt.Println(r.Serve(context.Background(), said("hello"), router.Services{Sender: printer{}})) // no music
	// Output:
	// true
	// <nil>
}

// A handler that returns Next passes the event on. Passes says so, or the next route would be
// refused because it could never run.
func ExampleNext() {
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if len(m.Body) > 5 {
			return router.Next
		}
		return c.Reply("short")
	}).Passes()
	r.Text(router.Say("long"))
	for _, text := range []string{"hi", "a longer text"} {
		if err := r.Serve(context.Background(), said(text), router.Services{Sender: printer{}}); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// to wxid_alice: short
	// to wxid_alice: long
}

// A middleware runs around the handlers of its group.
func ExampleGroup_Use() {
	r := router.New()
	r.Use(func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			began := time.Now()
			err := next(c)
			fmt.Println(c.Outcome().Route, err, time.Since(began) < time.Minute)
			return err
		}
	})
	r.Text(router.Say("hello")).Named("greets")
	fmt.Println(r.Serve(context.Background(), said("hi"), router.Services{Sender: printer{}}))
	// Output:
	// to wxid_alice: hello
	// greets <nil> true
	// <nil>
}

// The options of a send: a key that the author gives keeps it single beyond this message, and a
// held send waits for a person.
func ExampleNewMessage() {
	refund := api.PostText{AppID: "wx_demo", To: "wxid_alice", Content: "refunded"}
	m := router.NewMessage(refund, router.Key("refund/18"), router.Hold("money"), router.AsAnswer())
	fmt.Println(m.Key, m.Hold, m.Class)
	// Output: key/wx_demo/refund/18 money answer
}

// Once does a step once, however often its handler runs.
func ExampleContext_Once() {
	back := memory.New(memory.Config{})
	defer back.Close()
	orders := 0
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		if err := c.Once("order", func() error { orders++; return nil }); err != nil {
			return err
		}
		if c.Attempt() == 1 {
			return errors.New("the shop does not answer")
		}
		return c.Reply("ordered")
	})
	services := router.Services{Sender: printer{}, State: back.State()}
	for attempt := 1; attempt <= 2; attempt++ {
		_, err := r.Dispatch(context.Background(), said("order"), services, router.Run{Key: "wx_demo:1", Attempt: attempt})
		fmt.Println(orders, err)
	}
	// Output:
	// 1 the shop does not answer
	// to wxid_alice: ordered
	// 1 <nil>
}

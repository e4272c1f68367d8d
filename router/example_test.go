package router_test

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// printer is a Sender that prints.
type printer struct{}

func (printer) Send(_ context.Context, o outbox.Message) (*api.SentMessage, error) {
	if t, ok := o.Send.(api.PostText); ok {
		fmt.Printf("to %s: %s\n", t.To, t.Content)
	}
	return &api.SentMessage{}, nil
}

// said is a private text of Alice.
func said(text string) *callback.Event {
	e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgType":1,` +
		`"FromUserName":"wxid_alice","ToUserName":"wxid_me","Content":"` + text + `"}}`))
	if err != nil {
		panic(err)
	}
	return e
}

func ExampleRouter() {
	r := router.New()
	r.Text(router.Say("9:00-18:00"), match.Keyword("营业时间", "几点开门"))
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		return c.Replyf("order %s: on its way", c.Capture("id"))
	}, match.Regexp(`^查单\s*(?P<id>\d{6,})$`))
	for _, text := range []string{"请问几点开门", "查单 123456", "bye"} {
		if err := r.Serve(context.Background(), said(text), router.Services{Sender: printer{}}); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// to wxid_alice: 9:00-18:00
	// to wxid_alice: order 123456: on its way
}

func ExampleRouter_Explain() {
	r := router.New()
	r.Text(router.Say("9:00-18:00"), match.Keyword("hours")).Named("hours")
	r.Text(router.Say("hello"), match.Private()).Named("hello")
	r.Any(func(*router.Context) error { return nil }).Named("rest")
	for _, v := range r.Explain(said("hi")).Routes {
		fmt.Printf("%s: %t (%s)\n", v.Name, v.Handles, v.Reason)
	}
	// Output:
	// hours: false (Keyword("hours") says no)
	// hello: true ()
	// rest: false (matches, but hello comes first)
}

func ExampleRouter_Walk() {
	r := router.New()
	r.File(func(*router.Context, *xmlmsg.File) error { return nil }, match.Ext("xlsx"), match.MinSize(10<<10)).Named("sheets")
	_ = r.Walk(func(i router.RouteInfo) error {
		fmt.Println(i.Kind, i.Name, i.Matchers)
		return nil
	})
	// Output: file sheets [Ext("xlsx") MinSize(10240)]
}

func ExampleGroup_Where() {
	r := router.New()
	private := r.Where(match.Private())
	private.Use(func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			fmt.Println("before", c.Route())
			return next(c)
		}
	})
	private.Text(router.Say("hello")).Named("hello")
	_ = r.Serve(context.Background(), said("hi"), router.Services{Sender: printer{}})
	// Output:
	// before hello
	// to wxid_alice: hello
}

func ExampleGroup_Observe() {
	r := router.New()
	r.Observe(func(c *router.Context) error { fmt.Println("saw", c.Event.Kind()); return nil })
	r.Text(func(*router.Context, *xmlmsg.Text) error { return router.Next }).Passes()
	r.Text(router.Say("the second one"))
	_ = r.Serve(context.Background(), said("hi"), router.Services{Sender: printer{}})
	// Output:
	// saw text
	// to wxid_alice: the second one
}

func ExampleParseTemplate() {
	t, err := router.ParseTemplate("{{.Sender}} asks for {{.id}}")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Check("id"))
	fmt.Println(t.Check())
	// Output:
	// <nil>
	// router: template: nothing fills {{.id}}; there are SenderName, Sender, GroupName, Group, Text, FileName, FileSize, Time, Date, Year, Month, Day, and the named groups of a regexp
}

package outbox_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store/memory"
)

// A gate holds what mentions a password, until a person releases it.
func ExampleOutbox_Gate() {
	ctx, back := context.Background(), memory.New(memory.Config{})
	defer back.Close()
	left := make(chan string, 1)
	o, err := outbox.New(outbox.Config{Store: back, Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
		left <- m.(api.PostText).Content
		return nil, nil
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	o.Gate("passwords", func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if text, ok := m.Send.(api.PostText); ok && strings.Contains(text.Content, "password") {
			v.Hold = "it mentions a password"
		}
		return v
	})
	_, err = o.Send(ctx, outbox.Message{Send: api.PostText{AppID: "wx_demo", To: "wxid_alice", Content: "the password is 1234"}})
	fmt.Println(err)
	held, err := outbox.Held(ctx, back.Ledger())
	fmt.Println(len(held), held[0].Reason, err)
	_, err = o.Release(ctx, held[0].Key)
	fmt.Println(<-left, err)
	fmt.Println(o.Close(ctx))
	// Output:
	// <nil>
	// 1 it mentions a password <nil>
	// the password is 1234 <nil>
	// <nil>
}

package outbox_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store/memory"
)

// A message that is held waits until a person decides: `hongyan outbox list` shows it.
func ExampleDrop() {
	ctx, back := context.Background(), memory.New(memory.Config{})
	defer back.Close()
	o, err := outbox.New(outbox.Config{Store: back, Send: func(context.Context, api.Send) (*api.SentMessage, error) {
		return &api.SentMessage{NewMsgID: 7}, nil
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	refund := outbox.Message{
		Send: api.PostText{AppID: "wx_demo", To: "wxid_alice", Content: "refunded"}, Key: "refund/18", Class: outbox.Answer,
		Hold: "money",
	}
	_, err = o.Send(ctx, refund)
	fmt.Println(err)
	entry, err := outbox.Drop(ctx, back.Ledger(), "refund/18")
	fmt.Println(entry.State, err)
	_, err = o.Send(ctx, refund) // a handler that runs again
	fmt.Println(err)
	fmt.Println(o.Close(ctx))
	// Output:
	// <nil>
	// refused <nil>
	// outbox: /message/postText refused: dropped by hand; it is not tried again under this key, hongyan outbox resend does
	// <nil>
}

// A running outbox sends what a person has put back into the queue at its next sweep.
func ExampleResend() {
	ctx, back := context.Background(), memory.New(memory.Config{})
	defer back.Close()
	sent := make(chan string, 1)
	o, err := outbox.New(outbox.Config{Store: back, Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
		sent <- api.TargetOf(m)
		return &api.SentMessage{NewMsgID: 7}, nil
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	refund := outbox.Message{
		Send: api.PostText{AppID: "wx_demo", To: "wxid_alice", Content: "refunded"}, Key: "refund/18", Class: outbox.Answer,
		Hold: "money",
	}
	_, err = o.Send(ctx, refund)
	fmt.Println(err)
	entry, err := outbox.Resend(ctx, back.Ledger(), "refund/18", time.Hour)
	fmt.Println(entry.State, err)
	go o.Run(ctx) // a bot does this; Close ends it
	fmt.Println("sent to", <-sent)
	fmt.Println(o.Close(ctx))
	// Output:
	// <nil>
	// queued <nil>
	// sent to wxid_alice
	// <nil>
}

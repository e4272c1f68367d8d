package outbox_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store/memory"
)

func ExampleNew() {
	o, err := outbox.New(outbox.Config{
		Pace: outbox.DefaultPace(), // another send would wait for 6 to 15 seconds
		Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
			fmt.Println(api.EndpointOf(m), api.TargetOf(m))
			return &api.SentMessage{NewMsgID: 7}, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	hello := outbox.Message{
		Send: api.PostText{AppID: "wx_demo", To: "wxid_alice", Content: "hello"}, Key: "wx_demo:1/hello/1", Class: outbox.Answer,
	}
	for range 2 { // the second one is answered from the ledger
		sent, err := o.Send(context.Background(), hello)
		fmt.Println(sent.NewMsgID, err)
	}
	fmt.Println(o.Close(context.Background()))
	// Output:
	// /message/postText wxid_alice
	// 7 <nil>
	// 7 <nil>
	// <nil>
}

func ExamplePause() {
	ctx, back := context.Background(), memory.New(memory.Config{})
	o, err := outbox.New(outbox.Config{Send: func(context.Context, api.Send) (*api.SentMessage, error) { return nil, nil },
		FailWhenPaused: true, Store: back})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(outbox.Pause(ctx, back.State(), "", "somebody complained"))
	_, err = o.Send(ctx, outbox.Message{Send: api.PostText{AppID: "wx_demo", To: "wxid_alice", Content: "hello"}, Class: outbox.Answer})
	fmt.Println(err)
	fmt.Println(outbox.Resume(ctx, back.State(), ""))
	fmt.Println(o.Close(ctx))
	// Output:
	// <nil>
	// outbox: /message/postText not sent: outbox: sending is stopped
	// <nil>
	// <nil>
}

// ExampleParseWindow asks whether a time lies in a part of the day.
func ExampleParseWindow() {
	w, err := outbox.ParseWindow("23:00-07:30")
	if err != nil {
		fmt.Println(err)
		return
	}
	hours, err := w.Hours() // in China's time, as no zone is set
	if err != nil {
		fmt.Println(err)
		return
	}
	began, quiet := hours.Began(time.Date(2026, 3, 1, 17, 0, 0, 0, time.UTC))
	fmt.Println(w, quiet, began.Format(time.DateTime))
	// Output: 23:00-07:30 true 2026-03-01 23:00:00
}

package outbox_test

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
)

func ExampleNew() {
	o := outbox.New(outbox.Config{
		Pace: outbox.DefaultPace(), // the second send would wait for 6 to 15 seconds
		Send: func(_ context.Context, m api.Send) (*api.SentMessage, error) {
			fmt.Println(m.Endpoint(), m.Target())
			return &api.SentMessage{}, nil
		},
	})
	_, err := o.Send(context.Background(), api.PostText{AppID: "wx_demo", To: "wxid_alice", Content: "hello"})
	fmt.Println(err)
	// Output:
	// /message/postText wxid_alice
	// <nil>
}
